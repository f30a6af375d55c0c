extension TOMLReader {
  /// The value at hand: a text, number, truth value, date, list or inline table.
  mutating func value(depth: Int) throws(TOMLSyntaxError) -> TOMLNode {
    let start = line
    switch peek() {
    case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
      return TOMLNode(scalar: .string(try string()), line: start)
    case UInt8(ascii: "[")?: return try array(depth: depth)
    case UInt8(ascii: "{")?: return try inlineTable(depth: depth)
    default: return TOMLNode(scalar: try word(), line: start)
    }
  }

  private mutating func array(depth: Int) throws(TOMLSyntaxError) -> TOMLNode {
    guard depth < Self.deepest else { throw tooDeep }
    let node = TOMLNode(.array, line: line)
    node.isClosed = true
    place += 1
    while true {
      try skipBlankLines()
      if peek() == UInt8(ascii: "]") { break }
      node.elements.append(try value(depth: depth + 1))
      try skipBlankLines()
      if peek() == UInt8(ascii: ",") {
        place += 1
      } else if peek() != UInt8(ascii: "]") {
        throw unexpected("a comma or the ] of the list")
      }
    }
    place += 1
    return node
  }

  private mutating func inlineTable(depth: Int) throws(TOMLSyntaxError) -> TOMLNode {
    guard depth < Self.deepest else { throw tooDeep }
    let node = TOMLNode(.table, line: line)
    place += 1
    skipBlanks()
    if peek() == UInt8(ascii: "}") {
      place += 1
    } else {
      while true {
        skipBlanks()
        try keyAndValue(in: node, depth: depth, isInline: true)
        skipBlanks()
        if peek() == UInt8(ascii: "}") { break }
        guard peek() == UInt8(ascii: ",") else {
          throw unexpected("a comma or the } of the table")
        }
        place += 1
      }
      place += 1
    }
    node.close()
    return node
  }

  /// A value without quotes.
  private mutating func word() throws(TOMLSyntaxError) -> TOMLValue.Content {
    let start = place
    func isOfWord(_ byte: UInt8) -> Bool {
      (0x21..<0x7F).contains(byte) && !",]}#=\"'[{".utf8.contains(byte)
    }
    while let byte = peek(), isOfWord(byte) { place += 1 }
    // A space may stand between a date and its time.
    if place - start == 10, peek() == UInt8(ascii: " "), bytes[start + 4] == UInt8(ascii: "-"),
      let digit = peek(1), isDigit(digit)
    {
      place += 1
      while let byte = peek(), isOfWord(byte) { place += 1 }
    }
    guard place > start else { throw unexpected("a value") }
    let text = String(decoding: bytes[start..<place], as: UTF8.self)
    if let content = TOMLWord.content(of: text) { return content }
    let end = place
    place = start
    defer { place = end }
    throw error("\(text) is no value; text stands in quotes")
  }

  // MARK: Texts

  /// A text in quotes of either kind, on one line or, where the quotes are three, on several.
  mutating func string() throws(TOMLSyntaxError) -> String {
    let quote = bytes[place]
    let isLong = peek(1) == quote && peek(2) == quote
    place += isLong ? 3 : 1
    if isLong { _ = skipNewline() }
    var text: [UInt8] = []
    while let byte = peek() {
      if byte == quote {
        guard isLong else {
          place += 1
          return String(decoding: text, as: UTF8.self)
        }
        var count = 1
        while count < 5, peek(count) == quote { count += 1 }
        place += count
        text.append(contentsOf: repeatElement(quote, count: count >= 3 ? count - 3 : count))
        if count >= 3 { return String(decoding: text, as: UTF8.self) }
      } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        try escape(isLong: isLong, into: &text)
      } else if byte == 0x0A || byte == 0x0D && peek(1) == 0x0A {
        guard isLong else { throw error("the line ends within quotes") }
        text.append(contentsOf: byte == 0x0A ? [0x0A] : [0x0D, 0x0A])
        _ = skipNewline()
      } else {
        try refuseControl(byte)
        text.append(byte)
        place += 1
      }
    }
    throw error("the text ends within quotes")
  }

  private mutating func escape(isLong: Bool, into text: inout [UInt8]) throws(TOMLSyntaxError) {
    let mark = peek(1)
    switch mark {
    case UInt8(ascii: "b")?: text.append(0x08)
    case UInt8(ascii: "t")?: text.append(0x09)
    case UInt8(ascii: "n")?: text.append(0x0A)
    case UInt8(ascii: "f")?: text.append(0x0C)
    case UInt8(ascii: "r")?: text.append(0x0D)
    case UInt8(ascii: "\"")?, UInt8(ascii: "\\")?: text.append(bytes[place + 1])
    case UInt8(ascii: "u")?, UInt8(ascii: "U")?:
      let count = mark == UInt8(ascii: "u") ? 4 : 8
      let digits = bytes[(place + 2)...].prefix(count)
      guard digits.count == count, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
        let code = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
        let scalar = UnicodeScalar(code)
      else { throw error("\\u has four and \\U eight hexadecimal digits of a character") }
      text.append(contentsOf: String(Character(scalar)).utf8)
      place += count
    default:
      guard isLong else { throw error("there is no such sign after a backslash") }
      return try foldLine()
    }
    place += 2
  }

  /// A backslash at the end of a line: what is blank after it is no part of the text.
  private mutating func foldLine() throws(TOMLSyntaxError) {
    let start = self
    place += 1
    skipBlanks()
    guard skipNewline() else { throw start.error("there is no such sign after a backslash") }
    repeat { skipBlanks() } while skipNewline()
  }
}

extension TOMLNode {
  /// Says of a table and all tables in it that nothing may add to them.
  fileprivate func close() {
    origin = .inline
    for child in children.values where child.kind == .table { child.close() }
  }
}
