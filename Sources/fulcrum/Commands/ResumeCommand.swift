import ArgumentParser
import EMFiles
import Runs

/// `fulcrum resume`: goes on with a run that was interrupted.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with an interrupted run.")

  @Argument(help: ArgumentHelp("The run folder.", valueName: "run"))
  var folder: String

  func run() throws {
    throw CommandFailure.input(
      Problem(
        "resume: going on with a run is not available in this version",
        whatToDo: "Start it again: fulcrum run \(folder)/job.toml"))
  }
}
