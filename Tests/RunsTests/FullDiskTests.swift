import EMFiles
import Glibc
import Refinement
import Synchronization
import Testing

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
    #expect(texts.contains { $0.contains("There is room again") })
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
    let path = temporary("events.jsonl")
    let log = try EventLog(path: path)
    try log.append(RunEvent(.log, "one"))
    try temporary.write(try temporary.text("events.jsonl") + "{\"kind\":\"lo", to: "events.jsonl")
    try EventLog(path: path).append(RunEvent(.log, "two"))
    #expect(RunFolder(temporary.path).events().events.map(\.text) == ["one", "two"])
  }
}
