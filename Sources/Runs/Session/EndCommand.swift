import Glibc
import Ground
import Synchronization

/// A command of the user's that is run when a refinement has ended, for a note or for the next step
/// of a chain.
///
/// It is given to the shell, and finds what has happened in its environment: `FULCRUM_RUN` (the run
/// folder), `FULCRUM_STATUS` (finished, stopped or failed) and `FULCRUM_MESSAGE` (the last word).
public struct EndCommand: Sendable, Hashable {
  public let line: String

  /// Nil for an empty line.
  public init?(_ line: String?) {
    guard let line, line.contains(where: { !$0.isWhitespace }) else { return nil }
    self.line = line
  }

  /// Runs the command for a run that has ended, and waits for it. What it prints goes to
  /// `control/at-end.txt` of the run folder, never to the screen.
  ///
  /// - Parameter underway: shows the command to whoever may have to end it.
  /// - Throws: `Problem` where it cannot be run, or ends with a status other than 0.
  public func run(
    for folder: RunFolder, underway: CommandUnderway = CommandUnderway()
  ) throws(Problem) {
    let manifest = try folder.manifest()
    let log = folder.endLogPath
    let settings = [
      "FULCRUM_RUN=\(folder.path)", "FULCRUM_STATUS=\(manifest.status.rawValue)",
      "FULCRUM_MESSAGE=\(manifest.message)",
    ]
    let status = try run(settings: settings, log: try folder.newEndLog(), underway)
    if underway.isEnded {
      throw Problem(
        "the command at the end of \(folder.name) was ended with the run: \(line)",
        whatToDo: "Run it by hand where it is still wanted.")
    }
    guard status == 0 else {
      throw Problem(
        "the command at the end of \(folder.name) ended with status \(status): \(line)",
        whatToDo: "See what it printed in \(log).")
    }
  }

  /// The exit status of the shell; 128 + the number of the signal that ended it.
  private func run(
    settings: [String], log: Int32, _ underway: CommandUnderway
  ) throws(Problem) -> Int32 {
    defer { close(log) }
    do throws(ChildProcess.StartFailure) {
      let shell = try ChildProcess(
        ["/bin/sh", "-c", line], environment: settings + ChildProcess.ownEnvironment,
        output: .descriptor(log), ownGroup: true)
      underway.begin(shell)
      defer { underway.finish() }
      return shell.wait()?.shellStatus ?? 127
    } catch {
      throw Problem(
        "the command at the end cannot be run: \(error)", whatToDo: "Run it by hand: \(line)")
    }
  }
}

/// A command at the end while it works, to be ended with the run from another thread.
public final class CommandUnderway: Sendable {
  private struct State {
    var command: ChildProcess?
    var isEnded = false
  }
  private let state = Mutex(State())

  public init() {}

  /// Whether it was ended from outside.
  public var isEnded: Bool { state.withLock(\.isEnded) }

  fileprivate func begin(_ command: ChildProcess) {
    let isLate = state.withLock { state in
      state.command = command
      return state.isEnded
    }
    if isLate { command.signalGroup(SIGTERM) }
  }

  fileprivate func finish() { state.withLock { $0.command = nil } }

  /// Asks the command, and everything that it has started, to end, and kills it after some seconds.
  ///
  /// - Returns: whether there was one.
  public func end(after seconds: Double = 2) -> Bool {
    let command = state.withLock { state in
      state.isEnded = true
      return state.command
    }
    guard let command else { return false }
    command.signalGroup(SIGTERM)
    let end = MonotonicClock.now + seconds
    while MonotonicClock.now < end, state.withLock({ $0.command != nil }) { usleep(20_000) }
    // The group lives on where the shell has ended before what it had started.
    command.signalGroup(SIGKILL)
    return true
  }
}

extension RunFolder {
  /// What the command at the end has printed.
  var endLogPath: String { controlPath + "/" + RunLayout.endLog }

  /// A new file for what the command at the end prints, open for writing; what had its name is gone.
  fileprivate func newEndLog() throws(Problem) -> Int32 {
    try make(controlPath)
    let place = try place(endLogPath)
    place.remove()
    let log = place.open(O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    guard log >= 0 else {
      throw Problem(
        "\(endLogPath) cannot be written (\(String(cString: strerror(errno))))",
        whatToDo: "Check the permissions of the run folder, then run the command by hand.")
    }
    return log
  }
}
