import ArgumentParser
import Ground
import Refinement

/// `fulcrum check`: the preflight alone.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check a job's input; estimate time, memory and disk.",
    usage: "fulcrum check [JOB.toml] [--set key=value ...] [options]",
    discussion: """
      Says everything that is wrong at once; writes nothing.

      Example: fulcrum check head.toml --set input.mask=head_mask.mrc
      """)

  @OptionGroup var options: JobOptions

  @Option(
    help: ArgumentHelp("MPI ranks of as many threads each, to be estimated.", valueName: "n"))
  var ranks: Int?

  func validate() throws {
    if let ranks, ranks < 1 { throw ValidationError("--ranks: give at least 1.") }
  }

  func run() throws {
    let prepared = try options.prepare()
    for warning in prepared.warnings { printProblem(warning.problem) }
    for note in prepared.notes { printOut(note) }
    printOut("Run folder: \(prepared.outputFolder)")
    let estimate = prepared.estimate
    let threads = Format.counted(prepared.input.settings.threads, "thread")
    printOut(
      "Estimate: \(Format.bytes(estimate.memory)) of memory, "
        + "\(Format.duration(estimate.seconds)) on \(threads), "
        + "\(Format.bytes(estimate.disk)) on disk.")
    if let ranks {
      let count = prepared.input.settings.threads
      let together = prepared.estimate(ranks: ranks, threads: count)
      printOut(
        "On \(Format.counted(ranks, "rank")) of \(threads): "
          + "\(Format.bytes(together.memory)) of memory each, "
          + "\(Format.duration(together.seconds)), "
          + "\(Format.percent(together.efficiency)) parallel efficiency (network of 10 Gb/s).")
    }
    printOut("Ready to run.")
  }
}
