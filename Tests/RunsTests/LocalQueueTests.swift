import Dispatch
import FoundationEssentials
import Glibc
import Ground
import Jobs
import TOMLText
import TestSupport
import Testing

@testable import Runs

struct LocalQueueTests {
  private func turn(_ threads: Int, _ memory: Int, number: Int = 1) -> RunManifest.Turn {
    RunManifest.Turn(number: number, threads: threads, memory: memory)
  }

  /// Cores and memory are shared out; what needs more than there is goes alone.
  @Test func aRunBeginsWhereThereIsRoom() {
    let room = QueueRoom(cores: 8, memory: 100)
    #expect(room.has(placeFor: turn(4, 40), beside: [turn(4, 60)]))
    #expect(!room.has(placeFor: turn(4, 41), beside: [turn(4, 60)]))
    #expect(!room.has(placeFor: turn(5, 40), beside: [turn(4, 60)]))
    #expect(room.has(placeFor: turn(64, 1000), beside: []))
    #expect(!room.has(placeFor: turn(64, 1000), beside: [turn(1, 1)]))
    let slots = QueueRoom(cores: 8, memory: 100, slots: 2)
    #expect(slots.has(placeFor: turn(1, 1), beside: [turn(1, 1)]))
    #expect(!slots.has(placeFor: turn(1, 1), beside: [turn(1, 1), turn(1, 1)]))
    #expect(slots.usualThreads == 4)
    #expect(room.usualThreads == 8)
  }

  /// A smaller run begins ahead of one that does not fit yet where it is in nobody's way: beside it and all
  /// that are ahead of their turn there must be room for each that is passed by.
  @Test func onlyWhatIsInNobodysWayOvertakes() {
    let room = QueueRoom(cores: 8, memory: 100)
    let large = turn(6, 10, number: 5)
    let going = [turn(4, 10, number: 1)]
    func next(_ waiting: [RunManifest.Turn], beside going: [RunManifest.Turn]) -> Int? {
      room.next(of: waiting, beside: going)
    }
    #expect(next([turn(4, 10, number: 2)], beside: going) == 0)
    #expect(next([large, turn(2, 10, number: 6)], beside: going) == 1)
    // The large one would have to wait for it.
    #expect(next([large, turn(3, 10, number: 6)], beside: going) == nil)
    #expect(next([large, turn(2, 95, number: 6)], beside: [turn(4, 1, number: 1)]) == nil)
    // One has overtaken already, and holds what was left beside the large one; small ones that come for ever
    // never hold it up, and those that began before it end.
    let both = going + [turn(2, 10, number: 6)]
    #expect(next([large, turn(1, 1, number: 7)], beside: both) == nil)
    #expect(next([large, turn(1, 1, number: 8)], beside: [turn(2, 10, number: 6)]) == 0)
    // A smaller one further on may, past another that may not.
    #expect(next([large, turn(3, 1, number: 6), turn(1, 1, number: 7)], beside: going) == 2)
    // What needs more than there is waits until it is alone, and is not overtaken.
    #expect(next([turn(9, 1, number: 5), turn(1, 1, number: 6)], beside: going) == nil)
    #expect(next([turn(9, 1, number: 5), turn(1, 1, number: 6)], beside: []) == 0)
    // Slots count as cores do.
    let slots = QueueRoom(cores: 8, memory: 100, slots: 2)
    #expect(slots.next(of: [large, turn(1, 1, number: 6)], beside: going) == 1)
    #expect(QueueRoom(cores: 8, memory: 100, slots: 1).next(of: [large], beside: going) == nil)
  }

  /// Whatever comes: a run that is first begins once those have ended that began before it.
  @Test func overtakingHoldsNobodyUp() {
    let room = QueueRoom(cores: 8, memory: 100)
    var random = SeededGenerator(seed: 11)
    for _ in 0..<300 {
      let older = (0..<3).map { _ in turn(1 + Int(random.next() % 4), 10, number: 1) }
      var going = older.filter { _ in random.next() % 2 == 0 }
      if !room.has(placeFor: turn(0, 0), beside: going) { continue }
      var waiting = [turn(1 + Int(random.next() % 8), 1 + Int(random.next() % 60), number: 2)]
      waiting += (3..<20).map {
        turn(1 + Int(random.next() % 8), 1 + Int(random.next() % 60), number: $0)
      }
      let first = waiting[0]
      while let index = room.next(of: waiting, beside: going) {
        going.append(waiting.remove(at: index))
        if index == 0 { break }
      }
      guard waiting.first == first else { continue }
      // All that began before it have ended, and none of those that have overtaken it.
      going.removeAll { $0.number == 1 }
      #expect(room.has(placeFor: first, beside: going), "\(first) beside \(going)")
    }
  }

  @Test func theTableOfTheMachineIsRead() throws {
    let good = ComputeSettings(try parseTOML("slots = 2\ncores = 6\nmemory = 1.5"))
    #expect(good.complaints.isEmpty)
    let room = QueueRoom(good, machine: Machine(cores: 4, memory: 1 << 40))
    #expect(room == QueueRoom(cores: 4, memory: 3 << 29, slots: 2))
    let bad = ComputeSettings(try parseTOML("slots = 0\nmemory = \"much\"\nspeed = 3"))
    #expect(bad.complaints.count == 3)
    #expect(bad.complaints.contains { $0.contains("compute.speed") })
  }

  /// A run folder in the queue, made without particles.
  private func queued(
    _ name: String, number: Int, threads: Int = 1, in temporary: TemporaryFolder,
    status: RunStatus = .queued
  ) throws -> RunFolder {
    var manifest = RunManifest(name: name, threads: threads, at: 1000)
    manifest.turn = RunManifest.Turn(number: number, threads: threads, memory: 10)
    let writer = try RunWriter(
      creating: temporary("runs/" + name), job: Job(name: name), manifest: manifest)
    writer.end(status, message: "")
    return writer.folder
  }

  @Test func runsWaitInTheirOrder() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    let (late, first, second) = (
      try queued("late", number: 7, in: temporary), try queued("a", number: 2, in: temporary),
      try queued("b", number: 2, in: temporary)
    )
    // One that waits for a scheduler, or in a sweep, is not of it.
    let other = try RunWriter(
      creating: temporary("runs/other"), job: Job(), manifest: RunManifest(name: "other"))
    other.end(.queued, message: "")
    #expect(queue.members().map(\.name) == ["a", "b", "late"])
    #expect(queue.members().map(\.place) == [1, 2, 3])

    try queue.remove(first)
    #expect(try first.manifest().status == .stopped)
    #expect(throws: Problem.self) { try queue.remove(first) }
    #expect(throws: Problem.self) { try queue.add(second) }
    #expect(throws: Problem.self) { try queue.remove(other.folder) }
    // Behind all others, or where it was.
    try queue.add(first)
    #expect(queue.members().map(\.name) == ["b", "late", "a"])
    try queue.remove(first)
    try queue.remove(late)
    try queue.add(first, keepsTurn: true)
    try queue.add(late, keepsTurn: true)
    #expect(queue.members().map(\.name) == ["b", "late", "a"])
    let elsewhere = RunFolder(temporary("elsewhere"))
    #expect(throws: Problem.self) { try queue.add(elsewhere) }
  }

  @Test func theOrderIsChanged() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    for (name, number) in [("a", 2), ("b", 2), ("c", 5), ("d", 9)] {
      _ = try queued(name, number: number, in: temporary)
    }
    func names() -> String { queue.members().map(\.name).joined() }
    #expect(try queue.move(RunFolder(temporary("runs/d")), to: 2) == 2)
    #expect(names() == "adbc")
    try queue.move(RunFolder(temporary("runs/a")), to: 3)
    #expect(names() == "dbac")
    #expect(try queue.move(RunFolder(temporary("runs/d")), to: 100) == 4)
    #expect(names() == "bacd")
    // What comes now is behind all.
    let stopped = try queued("e", number: 1, in: temporary, status: .stopped)
    #expect(throws: Problem.self) { try queue.move(stopped, to: 1) }
    try queue.add(stopped)
    #expect(names() == "bacde")
  }

  /// How many go on at a time is the queue's own; threads that nobody has said follow it.
  @Test func slotsAreOfTheQueue() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    let machine = QueueRoom(cores: 8, memory: 100, slots: 1)
    #expect(queue.room(machine) == machine)
    try queue.setSlots(4)
    #expect(LocalQueue(in: temporary.path).slots == 4)
    #expect(queue.room(machine) == QueueRoom(cores: 8, memory: 100, slots: 4))
    var usual = turn(8, 10)
    #expect(queue.room(machine).share(of: usual).threads == 8)
    usual.isUsual = true
    #expect(queue.room(machine).share(of: usual).threads == 2)
    try queue.setSlots(nil)
    #expect(queue.room(machine).share(of: usual).threads == 8)
    _ = try temporary.write("many", to: "runs/.queue/slots")
    #expect(queue.slots == nil)
  }

  // MARK: The worker

  /// A program in place of this one: it says with how many threads it was started, takes the folder as one
  /// that refines does, waits until it may end, and has then finished.
  private func program(_ temporary: TemporaryFolder, _ end: String) throws -> String {
    try temporary.write(
      """
      #!/bin/sh
      # resume --threads N FOLDER
      name=$(basename "$4")
      echo "$name $3" >> "\(temporary("begun"))"
      while [ ! -e "\(temporary("go"))-$name" ]; do sleep 0.02; done
      \(end)
      """, to: "program")
    chmod(temporary("program"), 0o755)
    return temporary("program")
  }

  private let finishes = """
    sed 's/"queued"/"finished"/' "$4/run.json" > "$4/.new" && mv "$4/.new" "$4/run.json"
    """

  private func begun(_ temporary: TemporaryFolder) -> [String] {
    let text = (try? String(contentsOfFile: temporary("begun"), encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// Waits until something is so; a minute at most.
  private func wait(_ isSo: () throws -> Bool) rethrows -> Bool {
    for _ in 0..<6000 {
      if try isSo() { return true }
      usleep(10_000)
    }
    return false
  }

  @Test func theWorkerStartsThemAsThereIsRoom() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    _ = try queued("a", number: 1, threads: 2, in: temporary)
    _ = try queued("b", number: 2, threads: 1, in: temporary)
    _ = try queued("c", number: 3, threads: 3, in: temporary)
    // It would fit now, but c would have to wait for it.
    _ = try queued("d", number: 4, threads: 2, in: temporary)
    let worker = QueueWorker(
      queue, room: QueueRoom(cores: 4, memory: 1000), program: try program(temporary, finishes))
    let thread = Thread { do { try worker.run() } catch { Issue.record("\(error)") } }
    thread.start()
    #expect(wait { begun(temporary).count == 2 })
    #expect(Set(begun(temporary)) == ["a 2", "b 1"])
    // Another worker is refused, and told who works.
    let second = QueueWorker(queue, room: QueueRoom(cores: 4, memory: 1000))
    #expect(throws: Problem.self) { try second.run() }
    temporary.touch("go-b")
    #expect(wait { queue.members().count == 3 })
    #expect(begun(temporary).count == 2)
    temporary.touch("go-a")
    #expect(wait { begun(temporary).count == 3 })
    temporary.touch("go-c")
    #expect(wait { begun(temporary).count == 4 })
    #expect(begun(temporary)[2...] == ["c 3", "d 2"])
    temporary.touch("go-d")
    #expect(wait { queue.worker() == .none })
    #expect(thread.hasEnded())
    #expect(RunCatalogue.runs(in: temporary.path).allSatisfy { $0.status == .finished })
  }

  /// A run that cannot even begin fails, with what its process has said, and the next one begins.
  @Test func whatCannotBeginFails() throws {
    let temporary = try TemporaryFolder()
    let run = try queued("a", number: 1, in: temporary)
    _ = try queued("b", number: 2, in: temporary)
    for name in ["a", "b"] { temporary.touch("go-" + name) }
    let worker = QueueWorker(
      LocalQueue(in: temporary.path), room: QueueRoom(cores: 1, memory: 1000),
      program: try program(
        temporary,
        "if [ $name = a ]; then echo 'error: the stack is gone'; exit 2; fi\n" + finishes))
    try worker.run()
    #expect(begun(temporary) == ["a 1", "b 1"])
    #expect(try run.manifest().status == .failed)
    #expect(try run.manifest().message == "the stack is gone")
  }

  @Test func aStoppedQueueBeginsNothing() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    _ = try queued("a", number: 1, in: temporary)
    try queue.stop()
    #expect(queue.isStopped)
    let worker = QueueWorker(
      queue, room: QueueRoom(cores: 1, memory: 10), program: try program(temporary, finishes))
    try worker.run()
    #expect(begun(temporary).isEmpty)
    #expect(queue.members().first?.place == 1)
    #expect(queue.worker() == .none)
    // Nothing is started behind the back of whoever has stopped it.
    try queue.startWorkerIfNeeded()
    #expect(queue.worker() == .none)
  }

  /// A worker that has died is missed for the sake of the runs that died with it, too; one that came to its
  /// end is not.
  @Test func aWorkerIsMissedWhereSomethingIsLeftToDo() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    #expect(!queue.lacksWorker)
    _ = try queued("torn", number: 1, in: temporary, status: .running)
    #expect(!queue.lacksWorker)
    // A hold of a process that has ended.
    let gone = try ChildProcess(["/bin/true"])
    gone.wait()
    var holder = RunHolder()
    (holder.processID, holder.processStart) = (gone.processID, 1)
    try queue.make()
    try queue.place.write(holder, to: queue.place.lockPath)
    #expect(queue.worker() == .dead(holder))
    #expect(queue.lacksWorker)
    try queue.stop()
    #expect(!queue.lacksWorker)
  }

  /// What was running when everything died is begun again, first.
  @Test func interruptedRunsWaitAgainAtTheirTurns() throws {
    let temporary = try TemporaryFolder()
    let queue = LocalQueue(in: temporary.path)
    _ = try queued("next", number: 2, in: temporary)
    // It says that it runs, and nobody holds it.
    let run = try queued("torn", number: 1, in: temporary, status: .running)
    #expect(run.status(of: try run.manifest()) == .interrupted)
    for name in ["torn", "next"] { temporary.touch("go-" + name) }
    let worker = QueueWorker(
      queue, room: QueueRoom(cores: 1, memory: 1000), program: try program(temporary, finishes))
    try worker.run()
    #expect(begun(temporary) == ["torn 1", "next 1"])
  }
}

extension TemporaryFolder {
  fileprivate func touch(_ name: String) { _ = try? write("", to: name) }
}

/// A thread whose end can be waited for.
private final class Thread: @unchecked Sendable {
  private let body: @Sendable () -> Void
  private let end = DispatchSemaphore(value: 0)

  init(_ body: @escaping @Sendable () -> Void) { self.body = body }

  func start() {
    DispatchQueue(label: "test").async { [self] in
      body()
      end.signal()
    }
  }

  func hasEnded() -> Bool { end.wait(timeout: .now() + 60) == .success }
}
