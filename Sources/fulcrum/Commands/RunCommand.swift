import ArgumentParser
import Ground
import Jobs
import Ranks
import Runs

/// `fulcrum run`: a refinement from files to files.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Refine the particles of a job.",
    usage: "fulcrum run [JOB.toml] [--set key=value ...] [options]",
    discussion: "Example: fulcrum run head.toml --set prior.rotation_sd=5")

  @OptionGroup var options: JobOptions

  @OptionGroup var limits: LimitOptions

  @OptionGroup var batch: BatchOptions

  @Flag(help: "Refine in the application.")
  var live = false

  @Option(
    help: ArgumentHelp(
      "Shell command at the end; FULCRUM_STATUS says how.", valueName: "command"))
  var atEnd: String?

  @OptionGroup var ranks: RankOptions

  func run() throws {
    if try batch.handOver(options, timeLimit: limits.timeLimit) { return }
    let threads = options.threads.flatMap { Int($0) }
    try ranks.lead(threads: threads) { ranks in
      if try live && ranks.count == 1 && runInScreens() { return }
      if batch.resume, let folder = options.output, RunFolder(folder).exists {
        var command = ResumeCommand()
        (command.folder, command.threads, command.limits) = (folder, threads, limits)
        (command.ignoreTimes, command.takeOver) = (false, true)
        return try command.run(with: ranks)
      }
      try run(with: ranks)
    }
  }

  private func run(with ranks: Communicator) throws {
    let requests = StopRequests(
      timeLimit: limits.timeLimit, early: "before the refinement began; nothing was written.")
    let prepared = try options.prepare()
    for warning in prepared.warnings { printProblem(warning.problem) }
    for note in prepared.notes { printOut(note) }
    requests.beginMaking()
    let session: RunSession
    do {
      session = try RunSession(
        prepared, parent: options.parent, interval: limits.saveEvery, ranks: ranks,
        endCommand: EndCommand(atEnd))
    } catch { throw CommandFailure.input(error) }
    printOut("Run folder: \(prepared.outputFolder)")
    try PlainRun(session: session, requests: requests, isStrict: limits.strict).run()
  }

  /// Refines in the application; false where there can be no screens.
  private func runInScreens() throws -> Bool {
    guard let job = options.job else { return false }
    var assignments = options.allAssignments
    if options.output == nil,
      !assignments.contains(where: { $0.hasPrefix("\(Parameter.output.folder)=") })
    {
      let name = FilePath.stem(of: job)
      let folder = RunCatalogue.freeFolder(named: name, in: FilePath.currentFolder)
      assignments.append("\(Parameter.output.folder)=\(folder)")
    }
    return try ScreenOptions.parse([]).open(
      .refine(job: job), assignments: assignments, timeLimit: limits.timeLimit?.seconds,
      endCommand: atEnd)
  }
}
