import Ground

/// A word of an expression, with the character that it begins at.
struct ExpressionToken: Equatable {
  enum Kind: Equatable {
    case number(Double)
    /// Text in quotes.
    case text(String)
    /// A name of a column, a word of the language, or a word without quotes.
    case word(String)
    case symbol(String)
    case end
  }

  var kind: Kind
  /// The first character, from 0.
  var place: Int
}

/// What is wrong with an expression, and at which character.
public struct ExpressionError: Error {
  public var what: String
  public var whatToDo: String
  /// From 0.
  public var place: Int

  public init(_ what: String, _ whatToDo: String, at place: Int) {
    (self.what, self.whatToDo, self.place) = (what, whatToDo, place)
  }

  /// The problem, with the place in the expression.
  public func problem(in expression: String) -> Problem {
    let rest = String(Array(expression).dropFirst(place).prefix(24))
    return Problem(
      "character \(place + 1) of the expression"
        + (rest.isEmpty ? ", its end" : ", at “\(rest)”") + ": \(what)",
      whatToDo: whatToDo)
  }
}

extension ExpressionToken {
  /// The words of an expression.
  ///
  /// A name may hold letters, digits, `_`, `.`, `/` and elements in brackets: `alignments3D/shift[0]`. A
  /// division needs a space on one side at least, or a number. A tag begins with `#`, and may hold `-`.
  static func all(in expression: String) throws(ExpressionError) -> [ExpressionToken] {
    let characters = Array(expression)
    var tokens: [ExpressionToken] = []
    var index = 0
    while index < characters.count {
      let start = index
      let character = characters[index]
      if character.isWhitespace {
        index += 1
        continue
      }
      let kind: Kind
      if character == "\"" || character == "'" {
        kind = .text(try quoted(characters, &index))
      } else if character.isASCIIDigit
        || (character == "." && characters.at(index + 1)?.isASCIIDigit == true)
      {
        kind = try number(characters, &index)
      } else if character == "#", characters.at(index + 1)?.isTagLetter == true {
        let end = characters[(index + 1)...].firstIndex { !$0.isTagLetter } ?? characters.count
        kind = .word(String(characters[index..<end]))
        index = end
      } else if character.isLetter || character == "_" {
        kind = .word(name(characters, &index))
      } else {
        kind = .symbol(try symbol(characters, &index))
      }
      tokens.append(ExpressionToken(kind: kind, place: start))
    }
    tokens.append(ExpressionToken(kind: .end, place: characters.count))
    return tokens
  }

  private static func quoted(
    _ characters: [Character], _ index: inout Int
  ) throws(ExpressionError) -> String {
    let start = index
    let quote = characters[index]
    index += 1
    while index < characters.count, characters[index] != quote { index += 1 }
    guard index < characters.count else {
      throw ExpressionError("a quote does not end", "End the text with \(quote).", at: start)
    }
    index += 1
    return String(characters[start + 1..<index - 1])
  }

  private static func number(
    _ characters: [Character], _ index: inout Int
  ) throws(ExpressionError) -> Kind {
    let start = index
    var end = index
    while let next = characters.at(end), next.isASCIIDigit || next == "." { end += 1 }
    if let mark = characters.at(end), mark == "e" || mark == "E" {
      let sign = characters.at(end + 1)
      let first = sign == "+" || sign == "-" ? end + 2 : end + 1
      if characters.at(first)?.isASCIIDigit == true {
        end = first
        while characters.at(end)?.isASCIIDigit == true { end += 1 }
      }
    }
    // What goes on with letters is a name that begins with digits, such as an image's.
    if let next = characters.at(end), next.isLetter || "_@".contains(next) {
      index = end
      return .word(String(characters[start..<end]) + name(characters, &index))
    }
    guard let value = Double(String(characters[start..<end])), value.isFinite else {
      throw ExpressionError(
        "“\(String(characters[start..<end]))” is no number", "Mend the number.", at: start)
    }
    index = end
    return .number(value)
  }

  private static func name(_ characters: [Character], _ index: inout Int) -> String {
    let start = index
    while let next = characters.at(index) {
      if next.isLetter || next.isNumber || "_.@".contains(next) {
        index += 1
      } else if next == "/", index > start, characters.at(index + 1)?.isLetter == true {
        index += 1
      } else if next == "[", let close = elementEnd(characters, from: index) {
        index = close
      } else {
        break
      }
    }
    return String(characters[start..<index])
  }

  /// Behind "[0]".
  private static func elementEnd(_ characters: [Character], from start: Int) -> Int? {
    var end = start + 1
    while characters.at(end)?.isASCIIDigit == true { end += 1 }
    return end > start + 1 && characters.at(end) == "]" ? end + 1 : nil
  }

  private static let symbols = [
    "<=", ">=", "==", "!=", "!~", "&&", "||", "<", ">", "=", "~", "+", "-", "*", "/", "%", "(", ")",
    "[", "]", ",", "!", "&", "|",
  ]

  private static func symbol(
    _ characters: [Character], _ index: inout Int
  ) throws(ExpressionError) -> String {
    for symbol in symbols where characters[index...].starts(with: symbol) {
      index += symbol.count
      return symbol
    }
    throw ExpressionError(
      "“\(characters[index])” means nothing here", "Remove it, or put texts in quotes.", at: index)
  }
}

extension Character {
  /// Whether it may stand in a tag.
  public var isTagLetter: Bool { isLetter || isNumber || self == "_" || self == "-" }

  var isASCIIDigit: Bool { isASCII && isNumber }
}

extension Array {
  func at(_ index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}
