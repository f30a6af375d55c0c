import Dispatch
import Glibc
import Jobs
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Runs

struct HolderTests {
  /// A lock file as another process would have left it.
  private func leave(_ holder: RunHolder, in temporary: TemporaryFolder) throws {
    try temporary.write(JSONFile.text(holder, pretty: false) + "\n", to: "lock")
  }

  @Test func theSecondIsToldWhoHoldsTheFolder() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let lock = try RunLock(folder)
    let problem = #expect(throws: Problem.self) { _ = try RunLock(folder) }
    #expect(problem?.what.contains("process \(getpid()) on \(ProcessFacts.host)") == true)
    #expect(lock.beat(notice: "no room"))
    #expect(folder.holder()?.notice == "no room")
    lock.release()
    #expect(folder.holder() == nil)
    try RunLock(folder).release()
    #expect(temporary.names("").isEmpty)
  }

  /// A process that is gone, and a process that got the number of one that is gone.
  @Test func theDeadLoseTheFolder() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    for (processID, start) in [(Int32(1 << 22) - 1, UInt64(0)), (getpid(), UInt64(1))] {
      var dead = RunHolder()
      (dead.processID, dead.processStart) = (processID, start)
      #expect(!dead.isAlive())
      try leave(dead, in: temporary)
      let lock = try RunLock(folder)
      #expect(folder.holder()?.processStart == ProcessFacts.start(of: getpid()))
      lock.release()
    }
    #expect(temporary.names("").isEmpty)
  }

  /// Where nothing waits for the processes of others, as in a container, a killed one stays listed.
  @Test func aProcessThatHasEndedIsDeadBeforeAnybodyWaitsForIt() throws {
    let child = try ChildProcess(["/bin/sleep", "100"])
    #expect(ProcessFacts.isAlive(child.processID))
    kill(child.processID, SIGKILL)
    for _ in 0..<2000 where ProcessFacts.isAlive(child.processID) { usleep(1000) }
    #expect(kill(child.processID, 0) == 0 && !ProcessFacts.isAlive(child.processID))
    #expect(child.wait() == .killed(signal: SIGKILL))
  }

  @Test func theHeartbeatTellsOfAnotherMachine() {
    var holder = RunHolder(at: 1000)
    holder.host = "elsewhere"
    #expect(holder.isAlive(at: 1100))
    #expect(!holder.isAlive(at: 1121))
    // The same name after a restart of the machine: its processes are not to be found here.
    var restarted = RunHolder(at: 1000)
    restarted.boot = "before"
    #expect(restarted.isAlive(at: 1001) && !restarted.isAlive(at: 1121))
    // A container with its own process numbers, of this machine and by its name.
    var contained = RunHolder(at: 1000)
    (contained.namespace, contained.processID) = ("pid:[1]", 1)
    #expect(contained.isAlive(at: 1001) && !contained.isAlive(at: 1121))
    // A clock that is a day ahead says nothing about now.
    #expect(!holder.isAlive(at: 1000 - 86_400))
  }

  /// A holder elsewhere whose clock is another is watched: one that beats keeps the folder, from going on
  /// as from deleting and renaming, and one that does not loses it.
  @Test(arguments: [-200.0, 86_400]) func whoBeatsKeepsTheFolder(clock: Double) throws {
    let temporary = try TemporaryFolder()
    let writer = try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run"))
    let folder = writer.folder
    var far = RunHolder(at: WallClock.now + clock)
    far.host = "elsewhere"
    let lock = folder.lockPath
    try AtomicFile.write(JSONFile.text(far, pretty: false), to: lock)
    // On a thread of its own, as another machine would: those of the tests are busy.
    let isOver = Mutex(false)
    let beating = DispatchGroup()
    DispatchQueue(label: "test.beats").async(group: beating) { [far] in
      var holder = far
      while !isOver.withLock({ $0 }) {
        usleep(50_000)
        holder.heartbeat += 0.05
        try? AtomicFile.write(JSONFile.text(holder, pretty: false), to: lock)
      }
    }
    #expect(throws: Problem.self) { _ = try RunLock(folder) }
    #expect(throws: Problem.self) { _ = try RunLock(folder, takingOver: true) }
    #expect(throws: Problem.self) { _ = try folder.remove() }
    #expect(throws: Problem.self) { _ = try folder.rename(to: "other") }
    isOver.withLock { $0 = true }
    beating.wait()
    #expect(temporary.names("run").contains("run.json"))
    let mine = try RunLock(folder, watch: 0.3)
    #expect(mine.beat(notice: nil))
  }

  /// What cannot be read is held; there is a way out, which names what it takes.
  @Test func anUnreadableLockIsHeld() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    try temporary.write("{}", to: "run.json")
    #expect(symlink("/dev/zero", folder.lockPath) == 0)
    let problem = #expect(throws: Problem.self) { _ = try RunLock(folder, watch: 0.1) }
    #expect(problem?.whatToDo.contains("resume --take-over") == true)
    #expect(throws: Problem.self) { _ = try folder.remove() }
    #expect(folder.status(of: RunManifest(name: "x")) == .running)
    #expect(folder.takeOverNote.contains("symbolic link"))
    let lock = try RunLock(folder, takingOver: true, watch: 0.1)
    #expect(lock.beat(notice: nil))
    lock.release()
    #expect(temporary.names("") == ["run.json"])
  }

  /// The lock of an older version, which named no world of process numbers, after a kill.
  @Test func anOlderLockIsWatchedForAMoment() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    var old = RunHolder()
    old.namespace = nil
    try leave(old, in: temporary)
    #expect(throws: Problem.self) { _ = try RunLock(folder, watch: 0.1) }
    old.processStart = 1
    try leave(old, in: temporary)
    #expect(try RunLock(folder, watch: 0.1).beat(notice: nil))
  }

  /// A fresh holder elsewhere that does not beat can be taken over by whoever knows that it is gone.
  @Test func takingOverEndsTheWait() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    var gone = RunHolder()
    gone.namespace = "pid:[1]"
    try leave(gone, in: temporary)
    let problem = #expect(throws: Problem.self) { _ = try RunLock(folder, watch: 0.1) }
    #expect(problem?.whatToDo.contains("--take-over") == true)
    #expect(folder.takeOverNote.contains("process \(getpid()) on \(ProcessFacts.host)"))
    #expect(try RunLock(folder, takingOver: true, watch: 0.1).beat(notice: nil))
    // One that lives here is not taken over.
    let living = #expect(throws: Problem.self) { _ = try RunLock(folder, takingOver: true) }
    #expect(living?.what.contains("and lives") == true)
  }

  /// Of many that find a dead holder at once, one gets the folder.
  @Test func oneOfManyTakesOver() async throws {
    for _ in 0..<20 {
      let temporary = try TemporaryFolder()
      let folder = RunFolder(temporary.path)
      var dead = RunHolder()
      dead.processStart = 1
      try leave(dead, in: temporary)
      let winners = await withTaskGroup(of: RunLock?.self) { group in
        for _ in 0..<8 { group.addTask { try? RunLock(folder) } }
        return await group.reduce(into: [RunLock]()) { if let lock = $1 { $0.append(lock) } }
      }
      #expect(winners.count == 1)
      #expect(winners.first?.beat(notice: nil) == true)
    }
  }

  @Test func whoeverLostTheFolderIsTold() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let lock = try RunLock(folder)
    unlink(folder.lockPath)
    let other = try RunLock(folder)
    #expect(!lock.beat(notice: nil))
    lock.release()
    #expect(other.beat(notice: nil), "the loser does not take the winner's lock away")
  }
}
