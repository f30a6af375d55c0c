import ArgumentParser
import Refinement
import Runs

/// `fulcrum check`: the preflight alone.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Look at all input; say what a refinement takes.",
    usage: "fulcrum check [JOB.toml] [--set key=value ...] [options]")

  @OptionGroup var options: JobOptions

  func run() throws {
    let prepared = try options.prepare()
    for warning in prepared.warnings { printProblem(warning.problem) }
    for note in prepared.notes { printOut(note) }
    printOut("Run folder: \(prepared.outputFolder)")
    let estimate = prepared.estimate
    printOut(
      "Estimate: \(Format.bytes(estimate.memory)) of memory, about "
        + "\(Format.duration(estimate.seconds)) on \(prepared.input.settings.threads) threads, "
        + "\(Format.bytes(estimate.disk)) on disk.")
    printOut("Ready to run.")
  }
}
