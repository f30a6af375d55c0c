import Glibc
import Ground
import Runs
import Surface
import Tools

/// The command line of a tool as a person may change it before it is run.
enum ToolLine {
  /// The commands that the screens run; the others are the screens themselves.
  static let tools: Set<String> = [
    "mask", "subtract", "expand", "convert", "select", "reconstruct", "post", "orient", "frame",
    "compose", "motion", "fsc", "report",
  ]

  /// Asks for the command line.
  ///
  /// - Parameters:
  ///   - words: what is filled in.
  ///   - hint: what is to be said of it.
  static func prompt(
    _ words: [String], purpose: ToolWork.Purpose = .result, title: String, hint: String
  ) -> TextPrompt {
    let line = words.map(shellQuoted).joined(separator: " ")
    // What is still to be typed stands at the end.
    let isOpen = words.last == "--symmetry"
    return TextPrompt(
      .toolLine(purpose), title: title, text: line + (isOpen ? " " : ""),
      hint: hint, replaces: false, isLong: true, action: "Run it", objection: objection)
  }

  /// What is wrong with a line before anything is started; nil for nothing.
  static func objection(to line: String) -> Problem? {
    guard let words = shellWords(line) else {
      return Problem(
        "a quote or a backslash at the end is left open", whatToDo: "Close it, or take it out.")
    }
    guard words.first == "fulcrum", words.count > 1, tools.contains(words[1]) else {
      return Problem(
        "\"\(words.prefix(2).joined(separator: " "))\" is no tool of Fulcrum",
        whatToDo: "Begin with fulcrum and one of: \(tools.sorted().joined(separator: ", ")).")
    }
    if words.last == "--symmetry" {
      return Problem(
        "the point group is missing", whatToDo: "Type it at the end: C2, D3, T, O, I.")
    }
    guard let output = ToolWork.output(of: words), !words.contains("--force") else { return nil }
    return exists(output)
      ? Problem(
        "\(output) exists already",
        whatToDo: "Choose another name behind -o, or add --force to replace it.") : nil
  }

  /// Whether there is something; a subtraction that was begun goes on.
  private static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0 && !SubtractionState.isUnfinished(path)
  }

  /// Has a line run.
  static func run(
    _ line: String, purpose: ToolWork.Purpose, _ surroundings: Surroundings
  ) -> [Effect] {
    guard let words = shellWords(line) else { return [] }
    let work = ToolWork(words: words, purpose: purpose)
    if let other = surroundings.tool, other.isAtWork {
      return [.complain(busy(other))]
    }
    return [.work(.runTool(work)), .say("\(work.name) is at work; T stops it")]
  }

  static func busy(_ work: ToolWork) -> Problem {
    Problem(
      "\(work.name) is at work", whatToDo: "Wait for its end, or stop it: T has it in its list.")
  }
}
