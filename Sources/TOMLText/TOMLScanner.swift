/// Looks through a TOML text as the parser is going to, for what would end the program there: toml++
/// aborts at some mistakes (a table whose name does not begin as one, a list that ends with a brace, a
/// time without digits after a date), runs out of stack where tables are in tables by the thousand, and
/// takes a zero byte for the end.
///
/// Whatever is refused here is no TOML, and in places more of that is refused than need be. It has to
/// agree with the parser only as far as the text is right: that one stops at the first error.
struct TOMLScanner {
  /// Tables and lists in each other, counted from the outermost.
  static let deepest = 200

  private let bytes: [UInt8]
  private var place = 0
  private var line = 1
  /// Depth of the table that the last header opened, and of each bracket that is open.
  private var header = 0
  private var open: [(bracket: UInt8, depth: Int)] = []
  /// Depth of the key or value at hand.
  private var depth = 0
  private var isAtLineStart = true
  private var isInHeader = false

  init(_ text: String) {
    bytes = Array(text.utf8)
    // The parser skips a byte order mark.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { place = 3 }
  }

  /// The first thing at which the parser would fail badly; nil where it may have the text.
  mutating func problem() -> TOMLSyntaxError? {
    while let byte = peek() {
      switch byte {
      case 0: return error(Self.noText)
      case UInt8(ascii: "\n"): endLine()
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"):
        guard !isCutOffTime else { return error("there is no time after the date") }
        place += 1
      case UInt8(ascii: "#"): skipComment()
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard mayBeginString else { return error("there is a quote within a word") }
        isAtLineStart = false
        if let problem = skipString(byte) { return problem }
      case UInt8(ascii: "[") where isAtLineStart && open.isEmpty:
        guard beginHeader() else { return error("there is no name after [") }
      case 0x21..<0x7F:
        isAtLineStart = false
        if let problem = take(byte) { return problem }
        place += 1
      default: return error("only letters of ASCII may stand outside of quotes")
      }
      if depth > Self.deepest {
        return error("more than \(Self.deepest) tables or lists in each other")
      }
    }
    return nil
  }

  private static let noText = "there is a zero byte: this is not a text file"

  private func peek(_ ahead: Int = 0) -> UInt8? {
    bytes.indices.contains(place + ahead) ? bytes[place + ahead] : nil
  }

  private func error(_ description: String) -> TOMLSyntaxError {
    TOMLSyntaxError(line: line, description: description)
  }

  private mutating func endLine() {
    place += 1
    line += 1
    if isInHeader { endHeader() }
    guard open.isEmpty else { return }
    isAtLineStart = true
    depth = header
  }

  private mutating func skipComment() {
    while let byte = peek(), byte != UInt8(ascii: "\n"), byte != 0 { place += 1 }
  }

  /// Goes past the brackets of a header; false where no name follows.
  private mutating func beginHeader() -> Bool {
    isAtLineStart = false
    isInHeader = true
    (depth, header) = (0, 0)
    place += 1
    skipBlanks()
    if peek() == UInt8(ascii: "[") {
      place += 1
      skipBlanks()
    }
    // What the parser has words for is left to it.
    guard let byte = peek() else { return true }
    return byte == UInt8(ascii: "]") || Self.beginsName(byte)
  }

  private mutating func skipBlanks() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { place += 1 }
  }

  private static func beginsName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "\""), UInt8(ascii: "'"):
      true
    default: false
    }
  }

  private mutating func endHeader() {
    isInHeader = false
    header = depth + 1
  }

  /// Counts what nests.
  private mutating func take(_ byte: UInt8) -> TOMLSyntaxError? {
    switch byte {
    case UInt8(ascii: "."): depth += 1
    case UInt8(ascii: "]") where isInHeader: endHeader()
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      depth += 1
      open.append((byte, depth))
    case UInt8(ascii: "]"), UInt8(ascii: "}"):
      let bracket = open.popLast()?.bracket
      if byte == UInt8(ascii: "}"), bracket == UInt8(ascii: "[") {
        return error("a list that begins with [ ends with }")
      }
      depth = open.last?.depth ?? header
    case UInt8(ascii: ","): depth = open.last?.depth ?? header
    case UInt8(ascii: "T"), UInt8(ascii: "t"):
      if endsDate(by: place), let next = peek(1), !Self.isDigit(next) {
        return error("there is no time after the date")
      }
    default: break
    }
    return nil
  }

  /// Whether a quote at hand is where a key or a value may begin.
  private var mayBeginString: Bool {
    guard let before = peek(-1), place > 3 || before < 0x80 else { return true }
    return " \t\n=[{,.".utf8.contains(before)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30..<0x3A).contains(byte) }

  /// Whether ten characters that might be a date end before a place; underscores do not count.
  private func endsDate(by end: Int) -> Bool {
    let date = bytes[..<end].lazy.reversed().filter { $0 != UInt8(ascii: "_") }.prefix(10)
    let letters = Array(date.reversed())
    return letters.count == 10 && Self.isDigit(letters[0]) && letters[4] == UInt8(ascii: "-")
      && letters[7] == UInt8(ascii: "-")
  }

  /// Whether a space at hand stands between a date and a single digit, where the parser looks for a time.
  private var isCutOffTime: Bool {
    guard let digit = peek(1), Self.isDigit(digit), let end = peek(2),
      !Self.isDigit(end), !(0x21..<0x7F).contains(end) || "]},#".utf8.contains(end)
    else { return false }
    return endsDate(by: place)
  }

  /// Goes past a string of either kind, over one line or several.
  private mutating func skipString(_ quote: UInt8) -> TOMLSyntaxError? {
    let isLong = peek(1) == quote && peek(2) == quote
    place += isLong ? 3 : 1
    while let byte = peek() {
      switch byte {
      case 0: return error(Self.noText)
      case UInt8(ascii: "\\") where quote == UInt8(ascii: "\""):
        place += 1
        // A line that ends so is counted as any other.
        if let next = peek(), next != UInt8(ascii: "\n"), next != 0 { place += 1 }
      case UInt8(ascii: "\n"):
        guard isLong else { return nil }
        place += 1
        line += 1
      case quote where !isLong:
        place += 1
        return nil
      case quote where peek(1) == quote && peek(2) == quote:
        place += 3
        // Two more quotes may belong to the text.
        for _ in 0..<2 where peek() == quote { place += 1 }
        return nil
      default: place += 1
      }
    }
    return nil
  }
}
