import Dispatch
import Glibc
import Ground
import Jobs
import Runs
import Synchronization
import TestSupport
import Testing

/// The command that a user wants at the end of a run.
@Suite struct EndCommandTests {
  private func ended(_ folder: TemporaryFolder) throws -> RunFolder {
    let writer = try RunWriter(
      creating: folder("run"), job: Job(), manifest: RunManifest(name: "run", particles: 5))
    writer.end(.stopped, message: "Stopped by the user")
    return writer.folder
  }

  @Test func itFindsWhatHasHappened() throws {
    let folder = try TemporaryFolder()
    let run = try ended(folder)
    let command = try #require(
      EndCommand("printf '%s|%s|%s' \"$FULCRUM_RUN\" \"$FULCRUM_STATUS\" \"$FULCRUM_MESSAGE\""))
    try command.run(for: run)
    #expect(
      try folder.text("run/control/at-end.txt") == "\(run.path)|stopped|Stopped by the user")
  }

  @Test(arguments: [("exit 3", 3), ("kill -TERM $$", 143), ("no-such-program-of-ours", 127)])
  func itsFailureIsTold(_ line: String, _ status: Int) throws {
    let folder = try TemporaryFolder()
    let run = try ended(folder)
    let problem = #expect(throws: Problem.self) {
      try #require(EndCommand(line)).run(for: run)
    }
    #expect(problem?.what.contains("status \(status)") == true)
  }

  /// The command and all that it has started end with the run.
  @Test func itEndsWithAllThatItHasStarted() throws {
    let folder = try TemporaryFolder()
    let run = try ended(folder)
    let command = try #require(
      EndCommand("sleep 300 & echo $! > \"$FULCRUM_RUN/../child\"; trap '' TERM; wait; sleep 300"))
    let underway = CommandUnderway()
    let told = Mutex<String?>(nil)
    let working = DispatchGroup()
    DispatchQueue(label: "test.command").async(group: working) {
      do { try command.run(for: run, underway: underway) } catch {
        told.withLock { $0 = (error as? Problem)?.what }
      }
    }
    var child: pid_t?
    for _ in 0..<1200 where child == nil {
      usleep(25_000)
      child = (try? folder.text("child")).flatMap { pid_t($0.prefix { $0.isNumber }) }
    }
    let process = try #require(child)
    #expect(underway.end(after: 0.2))
    working.wait()
    #expect(told.withLock { $0 }?.contains("was ended with the run") == true)
    var isGone = false
    for _ in 0..<200 where !isGone {
      isGone = kill(process, 0) != 0 || Self.isZombie(process)
      usleep(10_000)
    }
    #expect(isGone)
    #expect(!underway.end())
  }

  /// Whether a process has ended and nobody has taken note of it.
  private static func isZombie(_ process: pid_t) -> Bool {
    guard let file = fopen("/proc/\(process)/stat", "r") else { return true }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 512)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).contains(") Z ")
  }

  @Test func anEmptyLineIsNone() {
    #expect(EndCommand(nil) == nil)
    #expect(EndCommand(" \t") == nil)
  }
}
