extension YAMLReader {
  /// The content of the quotes at the beginning and what follows them; nil where they are not closed.
  static func quoted(_ text: Substring) -> (String, Substring)? {
    guard let quote = text.first else { return nil }
    var result = ""
    var index = text.index(after: text.startIndex)
    while index < text.endIndex {
      let character = text[index]
      let after = text.index(after: index)
      if character == quote {
        guard quote == "'", after < text.endIndex, text[after] == "'" else {
          return (result, text[after...])
        }
        result.append("'")
        index = text.index(after: after)
      } else if character == "\\", quote == "\"" {
        guard after < text.endIndex, let (piece, end) = escape(text, at: after) else { return nil }
        result += piece
        index = end
      } else {
        result.append(character)
        index = after
      }
    }
    return nil
  }

  private static let escapes: [Character: String] = [
    "n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\", "/": "/", " ": " ", "0": "\0",
    "a": "\u{07}", "b": "\u{08}", "f": "\u{0C}", "v": "\u{0B}", "e": "\u{1B}", "_": "\u{A0}",
    "N": "\u{85}",
  ]
  /// Hexadecimal digits after a letter.
  private static let escapeLengths: [Character: Int] = ["x": 2, "u": 4, "U": 8]

  private static func escape(
    _ text: Substring, at index: Substring.Index
  ) -> (String, Substring.Index)? {
    let after = text.index(after: index)
    if let piece = escapes[text[index]] { return (piece, after) }
    guard let length = escapeLengths[text[index]],
      let end = text.index(after, offsetBy: length, limitedBy: text.endIndex),
      let scalar = UInt32(text[after..<end], radix: 16).flatMap(UnicodeScalar.init)
    else { return nil }
    return (String(Character(scalar)), end)
  }
}
