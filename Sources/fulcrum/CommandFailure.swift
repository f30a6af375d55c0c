import Glibc
import Ground
import Runs
import Surface

/// Why a command ends with another status than 0.
struct CommandFailure: Error {
  /// The work failed.
  static let failed: Int32 = 1
  /// The input or the command line was wrong.
  static let wrongInput: Int32 = 2
  /// The work is done, but a verdict objects to the result: with --strict only.
  static let doubtful: Int32 = 3
  /// Stopped by the user: as a shell has it for SIGINT.
  static let stopped: Int32 = StopReason.user.exitStatus

  let status: Int32
  let problems: [Problem]

  init(_ status: Int32, _ problems: [Problem]) {
    self.status = status
    self.problems = problems
  }

  /// Wrong input, with one or several problems.
  static func input(_ problems: Problem...) -> CommandFailure {
    CommandFailure(wrongInput, problems)
  }

  /// Wrong input, from what a room below threw.
  static func input(_ error: any Error) -> CommandFailure {
    switch error {
    case let problem as Problem: CommandFailure(wrongInput, [problem])
    case let problems as Problems: CommandFailure(wrongInput, problems.all)
    default:
      CommandFailure(wrongInput, [Problem("\(error)", whatToDo: "See fulcrum --help.")])
    }
  }

  /// Prints each problem as one line of what and one line of what to do.
  func report() {
    for problem in problems { printProblem(problem) }
    if problems.count > 1 { printError("\(problems.count) problems; nothing was written.") }
  }
}

/// Prints a problem on standard error.
func printProblem(_ problem: Problem) {
  let label = problem.severity == .error ? "error" : "warning"
  printError("\(label): \(problem.what.plainLine)\n  \(problem.whatToDo.plainLine)")
}

/// Prints lines on standard output.
func printOut(_ text: String) { write(text, to: STDOUT_FILENO) }

/// Prints lines on standard error.
func printError(_ text: String) { write(text, to: STDERR_FILENO) }

private func write(_ text: String, to descriptor: Int32) {
  let text = text.plainText
  OutputQueue.shared.write(
    Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: descriptor)
}

/// Ends the program with a status when what it has said is written, or nobody has read for long.
func endProgram(with status: Int32) -> Never {
  OutputQueue.shared.finish()
  exit(status)
}

/// What `--version` prints.
let versionLine = RunManifest.programName
