import Ground

/// Names that a line of text may hold, offered for the word before the cursor.
struct WordCompletion: Sendable {
  let names: [String]

  /// The word before the cursor, and where it begins.
  private static func word(of text: String, cursor: Int) -> String {
    let before = text.prefix(cursor)
    let end = before.lastIndex { !($0.isLetter || $0.isNumber || "_.#-".contains($0)) }
    return String(end.map { before[before.index(after: $0)...] } ?? before)
  }

  /// The names that begin with the word before the cursor, or one of whose parts does.
  func candidates(for text: String, cursor: Int) -> [String] {
    let word = Self.word(of: text, cursor: cursor).lowercased()
    guard !word.isEmpty else { return [] }
    let whole = names.filter { $0.lowercased().hasPrefix(word) }
    let found =
      whole.isEmpty ? names.filter { $0.lowercased().contains("." + word) } : whole
    return found.count == 1 && found[0].lowercased() == word ? [] : found
  }

  /// What is to be typed in place of the word, and how many characters it has: as far as all that are
  /// offered agree. Nil where that is no more than is there.
  func completion(of text: String, cursor: Int) -> (length: Int, text: String)? {
    let found = candidates(for: text, cursor: cursor)
    guard var common = found.first else { return nil }
    for name in found { common = common.commonPrefix(with: name) }
    let word = Self.word(of: text, cursor: cursor)
    return common.count > word.count ? (word.count, common) : nil
  }
}

extension String {
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
