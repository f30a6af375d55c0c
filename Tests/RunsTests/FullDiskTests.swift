import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Jobs
@testable import Runs

/// Writing while there is no room.
struct FullDiskTests {
  private func writer(_ temporary: TemporaryFolder) throws -> RunWriter {
    try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run", at: 0))
  }

  private var noRoom: Problem {
    var problem = Problem("map.mrc: writing failed (No space left on device)", whatToDo: "")
    problem.systemError = ENOSPC
    return problem
  }

  @Test func aWriteWaitsForRoomAndSaysSo() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(temporary)
    let told = Mutex<[String]>([])
    writer.whileFull(stopWhen: { false }, tell: { text in told.withLock { $0.append(text) } })
    var attempts = 0
    try writer.insist { () throws(Problem) in
      attempts += 1
      guard attempts > 1 else { throw noRoom }
      // The lock says it to others meanwhile, since nothing else can be written.
      #expect(writer.folder.holder()?.notice?.contains("No space left") == true)
    }
    #expect(attempts == 2)
    #expect(told.withLock { $0.count } == 2)
    writer.heartbeat()
    #expect(writer.folder.holder()?.notice == nil)
    let texts = writer.folder.events().events.map(\.text)
    #expect(texts.contains { $0.contains("waits for room") })
    #expect(texts.contains { $0.contains("It can be written again") })
    #expect(writer.failure == nil)
  }

  @Test func aStopEndsTheWait() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(temporary)
    writer.whileFull(stopWhen: { true }, tell: { _ in })
    let problem = #expect(throws: Problem.self) {
      try writer.insist { () throws(Problem) in throw noRoom }
    }
    #expect(problem?.isFullDisk == true)
  }

  /// A network file system fails for a moment: the write is tried again, for a set time.
  @Test func whatMayPassIsTriedAgain() throws {
    let temporary = try TemporaryFolder()
    for number in [EIO, ESTALE, ETIMEDOUT] {
      var failure = Problem("map.mrc: writing failed", whatToDo: "")
      failure.systemError = number
      let name = "run\(number)"
      let writer = try RunWriter(
        creating: temporary(name), job: Job(), manifest: RunManifest(name: name), patience: 60)
      var attempts = 0
      try writer.insist { () throws(Problem) in
        attempts += 1
        if attempts == 1 { throw failure }
        #expect(writer.folder.holder()?.notice?.contains("tried again") == true)
      }
      #expect(attempts == 2 && writer.failure == nil)
      let impatient = try RunWriter(
        creating: temporary(name + "b"), job: Job(), manifest: RunManifest(name: name), patience: 0)
      #expect(throws: Problem.self) {
        try impatient.insist { () throws(Problem) in throw failure }
      }
    }
  }

  /// Lines that cannot be written wait, up to a bound; what was left out is counted.
  @Test func waitingLinesAreBounded() throws {
    let temporary = try TemporaryFolder()
    // A device that takes nothing, as a full disk.
    let device = open("/dev/full", O_RDWR | O_CLOEXEC)
    let log = EventLog(path: "events.jsonl", descriptor: device)
    let text = String(repeating: "x", count: 10_000)
    var failures = 0
    for _ in 0..<200 { do { try log.append(RunEvent(.log, text)) } catch { failures += 1 } }
    #expect(failures == 200)
    // There is room again.
    let folder = RunFolder(temporary.path)
    let file = open(folder.eventsPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    dup2(file, device)
    close(file)
    try log.flush()
    let events = folder.events().events
    let kept = events.count { $0.text == text }
    #expect((50..<110).contains(kept))
    #expect(events.last?.text.hasPrefix("\(200 - kept) lines had no place here") == true)
  }

  /// Anything but a full disk does not pass by waiting.
  @Test func otherFailuresAreThrown() throws {
    let temporary = try TemporaryFolder()
    let writer = try writer(temporary)
    #expect(throws: Problem.self) {
      try writer.insist { () throws(Problem) in throw Problem("broken", whatToDo: "") }
    }
  }

  /// A line that a killed process has begun is no line, and the next one is whole.
  @Test func aTornLineEndsWhereItIs() throws {
    let temporary = try TemporaryFolder()
    let folder = RunFolder(temporary.path)
    let log = try EventLog(folder)
    try log.append(RunEvent(.log, "one"))
    try temporary.write(try temporary.text("events.jsonl") + "{\"kind\":\"lo", to: "events.jsonl")
    try EventLog(folder).append(RunEvent(.log, "two"))
    #expect(RunFolder(temporary.path).events().events.map(\.text) == ["one", "two"])
  }
}
