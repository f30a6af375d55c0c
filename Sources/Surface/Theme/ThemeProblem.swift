/// What is wrong with a theme, for the person who wrote it.
public struct ThemeProblem: Sendable, Hashable, CustomStringConvertible {
  /// The file and, where it is known, the line.
  public var file: String
  public var line: Int?
  /// What is wrong: the role or key, and how.
  public var reason: String
  public var whatToDo: String

  public init(file: String, line: Int? = nil, reason: String, whatToDo: String) {
    self.file = file
    self.line = line
    self.reason = reason
    self.whatToDo = whatToDo
  }

  /// Where and what, in one line.
  public var what: String { file + (line.map { ":\($0)" } ?? "") + ": " + reason }
  public var description: String { "\(what)\n  \(whatToDo)" }
}

/// All that is wrong with a theme.
public struct ThemeProblems: Error, Sendable, CustomStringConvertible {
  /// Not empty.
  public var all: [ThemeProblem]

  public init(_ all: [ThemeProblem]) { self.all = all }

  public var description: String { all.map(\.description).joined(separator: "\n") }
}
