import EMFiles
import Glibc

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
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // Threads of queues have signals masked, which children would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let own: [UnsafeMutablePointer<CChar>?] = settings.map { strdup($0) }
    let arguments: [String] = ["sh", "-c", line]
    var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
    words.append(nil)
    defer { [own, words].joined().forEach { free($0) } }
    var environment = own
    var inherited = environ
    while let entry = inherited.pointee {
      environment.append(entry)
      inherited += 1
    }
    environment.append(nil)
    var child = pid_t()
    let failure = posix_spawn(&child, "/bin/sh", &actions, &attributes, words, environment)
    guard failure == 0 else {
      throw Problem(
        "the command at the end cannot be run: \(String(cString: strerror(failure)))",
        whatToDo: "Run it by hand: \(line)")
    }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 { guard errno == EINTR else { return 127 } }
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
  }
}
