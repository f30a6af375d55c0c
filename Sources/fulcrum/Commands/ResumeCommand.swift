import ArgumentParser
import Ranks
import Runs

/// `fulcrum resume`: goes on with a run that was interrupted.
struct ResumeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Go on with a run that was interrupted or stopped.",
    usage: "fulcrum resume RUN [options]",
    discussion: """
      The result is that of a run without interruption, byte for byte.

      Example: fulcrum resume runs/head --time-limit 11h50m
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Option(help: ArgumentHelp("Threads that compute. (default: as before)", valueName: "n"))
  var threads: Int?

  @OptionGroup var limits: LimitOptions

  @Flag(help: "Go on although input files have a new date, where their size is the same.")
  var ignoreTimes = false

  @Flag(
    help: ArgumentHelp(
      "Take the folder from a holder that cannot be looked at and does not beat; says whose it was."
    ))
  var takeOver = false

  func validate() throws {
    if let threads, threads < 1 { throw ValidationError("--threads: give at least 1.") }
  }

  @OptionGroup var ranks: RankOptions

  func run() throws { try ranks.lead(threads: threads) { try run(with: $0) } }

  /// Leads some ranks.
  func run(with ranks: Communicator) throws {
    let requests = StopRequests(
      timeLimit: limits.timeLimit, early: "before the refinement went on; the run is as it was."
    ) { [folder] in RunFolder(folder).releaseOwnHold() }
    let session: RunSession
    if takeOver { printOut(RunFolder(folder).takeOverNote) }
    do {
      session = try RunSession(
        resuming: folder, threads: threads, ignoringTimes: ignoreTimes, takingOver: takeOver,
        interval: limits.saveEvery, ranks: ranks, beforeWriting: requests.beginMaking)
    } catch { throw CommandFailure.input(error) }
    printOut("Run folder: \(session.folder.path)")
    // And what was to be said of it: an input without a record, another processor.
    let events = session.folder.events().events
    let resumed = events.lastIndex { $0.kind == .resumed } ?? events.endIndex
    for event in events[resumed...] { printOut(event.text) }
    try PlainRun(session: session, requests: requests, isStrict: limits.strict).run()
  }
}
