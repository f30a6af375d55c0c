import ArgumentParser
import Glibc
import Ground
import Runs
import Surface

/// `fulcrum watch`: the events of a run as they come.
struct WatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch", abstract: "Follow a run, or look at its results.",
    usage: "fulcrum watch RUN [options]",
    discussion: """
      Only reads the run folder, so it works from any machine that sees it.

      Example: fulcrum watch runs/head
      """)

  @Argument(
    help: ArgumentHelp("The run folder.", valueName: "run"), completion: Completions.runs)
  var folder: String

  @Flag(help: "Print lines until the run ends, without opening the application.")
  var plain = false

  /// Listed by `fulcrum --help`.
  @OptionGroup(visibility: .hidden) var screens: ScreenOptions

  func run() throws {
    let run = RunFolder(folder)
    guard run.exists else {
      throw CommandFailure.input(
        Problem(
          "\(folder): not a run folder", whatToDo: "Give one of the folders of: fulcrum list"))
    }
    if try !plain && screens.open(.run(folder: folder)) { return }
    try follow(run)
  }

  /// Bytes of a long log that are printed before what comes.
  private static let shownBytes = 1 << 18

  /// Prints the events of a run as they come, until it ends.
  private func follow(_ run: RunFolder) throws {
    var next = run.eventsStart(bytes: Self.shownBytes)
    if next > 0 { printOut("(Earlier lines are in \(run.eventsPath).)") }
    var notice: String?
    var waitsFor: BatchJob?
    while true {
      let entry = RunCatalogue.entry(of: run)
      let page = run.events(from: next)
      next = page.next
      for event in page.events { printOut(Self.line(event)) }
      // On a full disk the events cannot grow; the holder says so in its lock.
      let hindrance = run.holder()?.notice
      if let hindrance, hindrance != notice { printOut("warning: \(hindrance)") }
      notice = hindrance
      guard let status = entry.status else {
        throw CommandFailure.input(entry.problem ?? Problem(folder, whatToDo: "Look at run.json."))
      }
      if let job = entry.batchJob, job != waitsFor { printOut("It waits as \(job.title).") }
      waitsFor = entry.batchJob
      if !status.isLive, status != .queued {
        printOut("The run is \(status.rawValue).")
        if status != .finished { printOut("To go on:  fulcrum resume \(shellQuoted(folder))") }
        if status == .failed || status == .interrupted {
          throw CommandFailure(CommandFailure.failed, [])
        }
        return
      }
      usleep(500_000)
    }
  }

  static func line(_ event: RunEvent) -> String {
    // The file may be anybody's: a time that is none is the beginning of time.
    let clock = CalendarDate(local: event.time).clock
    let level = event.kind == .warning || event.kind == .error ? "\(event.kind.rawValue): " : ""
    return "\(clock)  \(level)\(event.text.plainLine)"
  }
}
