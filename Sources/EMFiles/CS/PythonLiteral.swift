/// A value of the subset of Python's notation that NumPy writes in its headers.
indirect enum PythonLiteral: Equatable {
  case text(String)
  case integer(Int)
  /// True, False or None.
  case word(String)
  case list([PythonLiteral])
  case tuple([PythonLiteral])
  case dictionary([String: PythonLiteral])

  /// Reads a value that fills the whole text but for spaces; nil when it is anything else.
  init?(_ text: [UInt8]) {
    var parser = Parser(bytes: text)
    guard let value = parser.value(depth: 0) else { return nil }
    parser.skipSpaces()
    guard parser.position == text.count else { return nil }
    self = value
  }

  /// The elements of a list or a tuple.
  var elements: [PythonLiteral]? {
    switch self {
    case .list(let elements), .tuple(let elements): elements
    default: nil
    }
  }

  private struct Parser {
    let bytes: [UInt8]
    var position = 0

    mutating func skipSpaces() {
      while position < bytes.count, bytes[position] <= 0x20 { position += 1 }
    }

    /// A header nests a few levels; a limit keeps hostile ones from exhausting the stack.
    mutating func value(depth: Int) -> PythonLiteral? {
      skipSpaces()
      guard position < bytes.count, depth < 32 else { return nil }
      switch bytes[position] {
      case UInt8(ascii: "'"), UInt8(ascii: "\""): return text().map(PythonLiteral.text)
      case UInt8(ascii: "["):
        return sequence(end: UInt8(ascii: "]"), depth: depth).map(PythonLiteral.list)
      case UInt8(ascii: "("):
        return sequence(end: UInt8(ascii: ")"), depth: depth).map(PythonLiteral.tuple)
      case UInt8(ascii: "{"): return dictionary(depth: depth)
      default: return word()
      }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
      skipSpaces()
      guard position < bytes.count, bytes[position] == byte else { return false }
      position += 1
      return true
    }

    private mutating func text() -> String? {
      let quote = bytes[position]
      position += 1
      var content: [UInt8] = []
      while position < bytes.count, bytes[position] != quote {
        if bytes[position] == UInt8(ascii: "\\") { position += 1 }
        guard position < bytes.count else { return nil }
        content.append(bytes[position])
        position += 1
      }
      guard position < bytes.count else { return nil }
      position += 1
      return String(decoding: content, as: UTF8.self)
    }

    private mutating func sequence(end: UInt8, depth: Int) -> [PythonLiteral]? {
      position += 1
      var elements: [PythonLiteral] = []
      while !take(end) {
        guard let element = value(depth: depth + 1) else { return nil }
        elements.append(element)
        if !take(UInt8(ascii: ",")) { return take(end) ? elements : nil }
      }
      return elements
    }

    private mutating func dictionary(depth: Int) -> PythonLiteral? {
      position += 1
      var entries: [String: PythonLiteral] = [:]
      let end = UInt8(ascii: "}")
      while !take(end) {
        guard case .text(let key) = value(depth: depth + 1), take(UInt8(ascii: ":")),
          let entry = value(depth: depth + 1)
        else { return nil }
        entries[key] = entry
        if !take(UInt8(ascii: ",")) { return take(end) ? .dictionary(entries) : nil }
      }
      return .dictionary(entries)
    }

    private mutating func word() -> PythonLiteral? {
      let start = position
      let separators = Array(",)]}: ".utf8)
      while position < bytes.count, !separators.contains(bytes[position]) { position += 1 }
      let word = String(decoding: bytes[start..<position], as: UTF8.self)
      // Python 2 wrote whole numbers with an L.
      if let number = Int(word.hasSuffix("L") ? String(word.dropLast()) : word) {
        return .integer(number)
      }
      return ["True", "False", "None"].contains(word) ? .word(word) : nil
    }
  }
}
