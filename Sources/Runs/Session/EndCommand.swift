import EMFiles
import Processes

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
  /// - Throws: `Problem` where it cannot be run, or ends with a status other than 0.
  public func run(for folder: RunFolder) throws(Problem) {
    let manifest = try folder.manifest()
    let log = folder.controlPath + "/at-end.txt"
    let settings = [
      "FULCRUM_RUN=\(folder.path)", "FULCRUM_STATUS=\(manifest.status.rawValue)",
      "FULCRUM_MESSAGE=\(manifest.message)",
    ]
    let status = try run(settings: settings, log: log)
    guard status == 0 else {
      throw Problem(
        "the command at the end of \(folder.name) ended with status \(status): \(line)",
        whatToDo: "See what it printed in \(log).")
    }
  }

  /// The exit status of the shell; 128 + the number of the signal that ended it.
  private func run(settings: [String], log: String) throws(Problem) -> Int32 {
    do throws(ChildProcess.StartFailure) {
      let shell = try ChildProcess(
        ["/bin/sh", "-c", line], environment: settings + ChildProcess.ownEnvironment, output: log)
      return shell.wait()?.shellStatus ?? 127
    } catch {
      throw Problem(
        "the command at the end cannot be run: \(error)", whatToDo: "Run it by hand: \(line)")
    }
  }
}
