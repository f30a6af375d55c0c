import FoundationEssentials
import Glibc
import Ground
import Testing

/// The program in a terminal: tmux with a socket and a configuration of its own.
final class TerminalSession {
  private let socket: String
  private let folder: String
  /// Lines that the shell of the pane has set before the program starts.
  static let prompt = "ready$ "

  /// Whether there is a tmux; without it these tests say so and do nothing.
  static let isAvailable = access("/usr/bin/tmux", X_OK) == 0

  /// Opens a terminal with a shell in a folder.
  init(
    width: Int = 80, height: Int = 24, folder: String, environment: [String] = []
  ) throws {
    self.folder = folder
    socket = "fulcrum-\(getpid())-\(UInt32.random(in: 0..<(.max)))"
    let settings =
      ["LC_ALL=C.UTF-8", "HOME=\(folder)", "PS1=\(Self.prompt)", "SWIFT_BACKTRACE=enable=no"]
      + environment
    try tmux(
      [
        "-f", "/dev/null", "new-session", "-d", "-x", "\(width)", "-y", "\(height)", "-c", folder,
        "env",
      ] + settings + ["sh"])
    try wait(for: "ready$")
  }

  deinit { _ = try? command(["/usr/bin/tmux", "-L", socket, "kill-server"]) }

  @discardableResult
  private func tmux(_ words: [String]) throws -> String {
    try command(["/usr/bin/tmux", "-L", socket] + words)
  }

  /// Types a line and presses Enter.
  func type(_ line: String) throws {
    try tmux(["send-keys", "-l", line])
    try tmux(["send-keys", "Enter"])
  }

  /// Starts the program with arguments.
  func start(_ arguments: String = "") throws {
    try type("clear; '\(try StartedProgram.programPath())' \(arguments)")
  }

  /// Presses keys, by tmux's names.
  func press(_ keys: String...) throws { try tmux(["send-keys"] + keys) }

  func resize(_ width: Int, _ height: Int) throws {
    try tmux(["resize-window", "-x", "\(width)", "-y", "\(height)"])
  }

  /// Writes everything that the program sends to a file.
  func record(to path: String) throws { try tmux(["pipe-pane", "-O", "cat >> \(path)"]) }

  /// What the screen shows.
  var text: String { get throws { try tmux(["capture-pane", "-p"]) } }

  /// Ends the terminal, as a lost connection does.
  func hangUp() throws { try tmux(["kill-session"]) }

  /// Process of the program that runs in the pane.
  var programID: pid_t {
    get throws {
      let shell = try tmux(["list-panes", "-F", "#{pane_pid}"]).prefix { $0.isNumber }
      let path = "/proc/\(shell)/task/\(shell)/children"
      let children = try String(contentsOfFile: path, encoding: .utf8)
      return try #require(pid_t(children.prefix { $0.isNumber }))
    }
  }

  /// Waits until the screen shows a text.
  @discardableResult
  func wait(
    for wanted: String, seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    try wait("\"\(wanted)\"", seconds: seconds, sourceLocation: sourceLocation) {
      $0.contains(wanted)
    }
  }

  /// Waits until the screen is as it should be.
  @discardableResult
  func wait(
    _ what: String, seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation,
    until isRight: (String) -> Bool
  ) throws -> String {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(seconds)
    var last = ""
    while clock.now < deadline {
      last = try text
      if isRight(last) { return last }
      usleep(30_000)
    }
    Issue.record("\(what) did not come; the screen shows\n\(last)", sourceLocation: sourceLocation)
    throw CancellationError()
  }

  /// Runs a command and returns its output.
  private func command(_ words: [String]) throws -> String {
    let output = folder + "-tmux-\(UInt64.random(in: 0..<(.max)))"
    defer { unlink(output) }
    let settings = ["PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TERM=xterm-256color"]
    try ChildProcess(words, environment: settings, output: .file(output), errors: "/dev/null")
      .wait()
    return (try? String(contentsOfFile: output, encoding: .utf8)) ?? ""
  }
}
