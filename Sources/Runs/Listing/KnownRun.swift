import Expressions
import Ground
import Jobs
import Report

/// What lists, filters and trees know of a run: how it stands, its parameters, and its outcome.
public struct KnownRun: Sendable {
  public var entry: RunCatalogue.Entry
  /// Nil where its job cannot be read.
  public var job: Job?
  /// The outcome of a finished run.
  public var summary: RunSummary?

  public init(entry: RunCatalogue.Entry, job: Job?, summary: RunSummary?) {
    (self.entry, self.job, self.summary) = (entry, job, summary)
  }

  /// Reads a run's files.
  public init(_ folder: RunFolder) {
    self.init(
      entry: RunCatalogue.entry(of: folder), job: try? folder.job(), summary: try? folder.summary())
  }

  public var name: String { entry.name }
  public var path: String { entry.folder.path }
  /// Å inside the mask: of the result, or of the last iteration.
  public var resolution: Double? { summary?.resolutionAfter ?? entry.manifest?.resolution }
  /// The iteration under way, or the last one.
  public var iteration: Int? { summary?.iterations ?? entry.manifest?.iteration }
  /// The tags of its note, without their `#`.
  public var tags: [String] { RunTags.tags(of: entry.note) }
}

/// Tags of runs: words of the note that begin with `#`.
public enum RunTags {
  /// The tags of a note, each once, without their `#`.
  public static func tags(of note: String) -> [String] {
    var found: [String] = []
    for word in note.split(whereSeparator: \.isWhitespace) {
      if let tag = tag(word), !found.contains(tag) { found.append(tag) }
    }
    return found
  }

  /// The tag that a word of a note is; nil for other words. A sign behind it is not of it.
  private static func tag(_ word: Substring) -> String? {
    guard word.first == "#" else { return nil }
    let tag = word.dropFirst().prefix { $0.isTagLetter }
    return tag.isEmpty ? nil : String(tag)
  }

  /// A note with other tags: those that it had stay where they are, new ones stand at its end.
  ///
  /// - Parameter text: tags with or without `#`, apart by spaces or commas.
  public static func note(_ note: String, tagged text: String) -> String {
    let wanted = names(in: text)
    let kept = note.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: " ", omittingEmptySubsequences: false)
        .filter { word in tag(word).map { wanted.contains($0) } ?? true }
        .joined(separator: " ")
    }.joined(separator: "\n").trimmed
    let there = tags(of: kept)
    let new = wanted.filter { !there.contains($0) }.map { "#" + $0 }
    return ([kept] + new).filter { !$0.isEmpty }.joined(separator: " ")
  }

  /// The tags of a text as it was typed.
  static func names(in text: String) -> [String] {
    var found: [String] = []
    for word in text.split(whereSeparator: { $0.isWhitespace || $0 == "," }) {
      let name = String(word.drop { $0 == "#" })
      if !name.isEmpty, !found.contains(name) { found.append(name) }
    }
    return found
  }

  /// What is wrong with tags that were typed; nil for nothing.
  public static func objection(to text: String) -> Problem? {
    guard let wrong = names(in: text).first(where: { !$0.allSatisfy(\.isTagLetter) }) else {
      return nil
    }
    return Problem(
      "\"\(wrong)\" is no tag", whatToDo: "Use letters, digits, - and _; part tags by spaces.")
  }
}
