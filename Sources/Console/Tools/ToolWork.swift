import Ground
import Surface
import Tools

/// A tool that was started in the screens, while it works and after: what it was asked for, how far it
/// is, what it has printed and how it has ended.
struct ToolWork: Sendable, Hashable {
  /// The command line in words, the first of which is `fulcrum`.
  let words: [String]
  /// What comes after it.
  let purpose: Purpose
  /// The step at which it is; nil before it has said so.
  private(set) var progress: ProgressLine?
  /// What it has printed, without its progress.
  private(set) var lines: [String] = []
  /// Nil while it works.
  private(set) var ending: Ending?
  private var rest: [UInt8] = []

  /// What is to be done with what a tool has made.
  enum Purpose: Sendable, Hashable {
    case result
    /// Particles that were kept of a run, for a new job.
    case selection(run: String)
  }

  enum Ending: Sendable, Hashable {
    case done
    case failed(status: Int32)
    /// By who has asked for it.
    case stopped
  }

  init(words: [String], purpose: Purpose = .result) {
    (self.words, self.purpose) = (words, purpose)
  }

  /// As people call it: "fulcrum post".
  var name: String { words.prefix(2).joined(separator: " ") }

  var isAtWork: Bool { ending == nil }

  /// The command line as a shell needs it.
  var line: String { words.map(shellQuoted).joined(separator: " ") }

  /// Where it writes; nil where it was told none.
  var output: String? { Self.output(of: words) }

  /// The path behind -o of a command line.
  static func output(of words: [String]) -> String? {
    for (index, word) in words.enumerated() {
      if ["-o", "--output"].contains(word), index + 1 < words.count { return words[index + 1] }
      if word.hasPrefix("--output=") { return String(word.dropFirst("--output=".count)) }
    }
    return nil
  }

  /// What the title line says while it works.
  var status: String {
    guard isAtWork else { return "" }
    let short = words.count > 1 ? words[1] : name
    return progress.map { "\(short) \(Int($0.fraction * 100))%" } ?? "\(short) …"
  }

  // MARK: What it prints

  /// Takes what it has printed next.
  mutating func read(_ bytes: ArraySlice<UInt8>) {
    rest += bytes
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      take(String(decoding: rest[..<end], as: UTF8.self))
      rest.removeSubrange(...end)
    }
  }

  /// Takes its end.
  mutating func end(_ ending: Ending) {
    if !rest.isEmpty { take(String(decoding: rest, as: UTF8.self)) }
    rest = []
    self.ending = ending
  }

  private mutating func take(_ line: String) {
    if let progress = ProgressLine(line) {
      self.progress = progress
    } else if lines.count < 10_000 {
      lines.append(line.plainLine)
    }
  }

  /// The problems that it told: a line of what and a line of what to do each.
  var problems: [Problem] {
    lines.indices.compactMap { index in
      guard lines[index].hasPrefix("error: ") else { return nil }
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      return Problem(
        String(lines[index].dropFirst("error: ".count)),
        whatToDo: next.hasPrefix("  ") ? String(next.dropFirst(2)) : "See fulcrum --help.")
    }
  }
}
