import EMFiles
import Refinement
import Runs
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

  @Test func anEmptyLineIsNone() {
    #expect(EndCommand(nil) == nil)
    #expect(EndCommand(" \t") == nil)
  }
}
