/// Reads a TOML text from its beginning to its end: headers, keys and what they are set to.
struct TOMLReader {
  /// Tables and lists in each other, counted from the outermost: what a stack holds.
  static let deepest = 200

  let bytes: [UInt8]
  var place = 0
  var line = 1
  private var lineStart = 0
  private let root = TOMLNode(.table, line: 1)
  /// Headers so far: dotted keys may add to a table only below the header that made it.
  private var section = 0
  /// What was read so far, with its place.
  private(set) var entries: [TOMLEntry] = []
  private var header: (names: [String], isElement: Bool) = ([], false)
  /// The key and the value that were read last.
  private var assigned: (key: [String], value: Range<Int>) = ([], 0..<0)

  init(_ text: String) {
    bytes = Array(text.utf8)
    // A byte order mark says nothing in UTF-8.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      place = 3
      lineStart = 3
    }
  }

  mutating func document() throws(TOMLSyntaxError) -> TOMLTable {
    root.origin = .header
    var current = root
    var depth = 0
    while true {
      try skipBlankLines()
      guard let byte = peek() else { break }
      let start = lineStart
      let isHeader = byte == UInt8(ascii: "[")
      if isHeader {
        section += 1
        (current, depth) = try openTable()
      } else {
        try keyAndValue(in: current, depth: depth, isInline: false)
      }
      try endOfLine()
      entries.append(
        TOMLEntry(
          header: header.names, isElement: header.isElement, key: isHeader ? nil : assigned.key,
          value: isHeader ? place..<place : assigned.value, lines: start..<place))
    }
    return root.tableValue
  }

  // MARK: Tables

  /// The table that `[a.b]` or `[[a.b]]` opens, and how deep it is.
  private mutating func openTable() throws(TOMLSyntaxError) -> (TOMLNode, depth: Int) {
    let start = line
    place += 1
    let isElement = peek() == UInt8(ascii: "[")
    if isElement { place += 1 }
    skipBlanks()
    guard let byte = peek(), beginsKey(byte) else { throw error("there is no name after [") }
    let path = try key()
    try take(UInt8(ascii: "]"), "a header ends with ]")
    if isElement { try take(UInt8(ascii: "]"), "a header that begins with [[ ends with ]]") }
    guard path.count <= Self.deepest else { throw tooDeep }
    header = (path, isElement)
    var node = root
    for name in path.dropLast() {
      let next = node.child(name) { TOMLNode(.table, line: start) }
      if case .array = next.kind, !next.isClosed, let last = next.elements.last {
        node = last
      } else if next.kind == .table, next.origin != .inline {
        node = next
      } else {
        throw error("\(name) is set already and is no table that may be added to")
      }
    }
    let name = path[path.count - 1]
    return (try opened(name, in: node, isElement: isElement, line: start), path.count)
  }

  private func opened(
    _ name: String, in node: TOMLNode, isElement: Bool, line: Int
  ) throws(TOMLSyntaxError) -> TOMLNode {
    if isElement {
      let list = node.child(name) { TOMLNode(.array, line: line) }
      guard list.kind == .array, !list.isClosed else {
        throw error("\(name) is set already and is no list of tables")
      }
      let table = TOMLNode(.table, line: line)
      table.origin = .header
      list.elements.append(table)
      return table
    }
    let table = node.child(name) { TOMLNode(.table, line: line) }
    guard table.kind == .table, table.origin == .implicit else {
      throw error("\(name) is set already")
    }
    table.origin = .header
    return table
  }

  /// A key, an equals sign and a value, put into a table.
  mutating func keyAndValue(
    in table: TOMLNode, depth: Int, isInline: Bool
  ) throws(TOMLSyntaxError) {
    let start = line
    guard let byte = peek(), beginsKey(byte) else { throw unexpected("a key") }
    let path = try key()
    try take(UInt8(ascii: "="), "a key is followed by =")
    skipBlanks()
    var node = table
    for name in path.dropLast() {
      let next = node.child(name) {
        let made = TOMLNode(.table, line: start)
        made.origin = .dotted
        made.section = section
        return made
      }
      guard next.kind == .table, next.origin == .dotted, isInline || next.section == section
      else { throw error("\(name) is set already and is no table that may be added to") }
      node = next
    }
    let name = path[path.count - 1]
    guard depth + path.count <= Self.deepest else { throw tooDeep }
    guard node.children[name] == nil else { throw error("\(name) is set already") }
    let first = place
    let value = try value(depth: depth + path.count)
    // Keys of tables within it were read before it has ended.
    assigned = (path, first..<place)
    value.line = start
    _ = node.child(name) { value }
  }

  // MARK: Keys

  /// The parts of a dotted key, with the blanks after it.
  private mutating func key() throws(TOMLSyntaxError) -> [String] {
    var parts: [String] = []
    while true {
      skipBlanks()
      switch peek() {
      case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
        let quote = bytes[place]
        guard peek(1) != quote || peek(2) != quote else {
          throw error("a key stands on one line, in single quotes or double ones")
        }
        parts.append(try string())
      case let byte? where isBareKey(byte):
        let start = place
        while let byte = peek(), isBareKey(byte) { place += 1 }
        parts.append(String(decoding: bytes[start..<place], as: UTF8.self))
      default: throw unexpected("a key")
      }
      guard parts.count <= Self.deepest else { throw tooDeep }
      skipBlanks()
      guard peek() == UInt8(ascii: ".") else { return parts }
      place += 1
    }
  }

  private func isBareKey(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
  }

  private func beginsKey(_ byte: UInt8) -> Bool {
    isBareKey(byte) || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  // MARK: Lines

  func peek(_ ahead: Int = 0) -> UInt8? {
    place + ahead < bytes.count ? bytes[place + ahead] : nil
  }

  func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  mutating func skipBlanks() {
    while let byte = peek(), byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { place += 1 }
  }

  /// Goes past the end of a line (LF or CR LF); false where there is none.
  mutating func skipNewline() -> Bool {
    let length = peek() == 0x0A ? 1 : peek() == 0x0D && peek(1) == 0x0A ? 2 : 0
    guard length > 0 else { return false }
    place += length
    line += 1
    lineStart = place
    return true
  }

  /// Goes past blanks, comments and ends of lines.
  mutating func skipBlankLines() throws(TOMLSyntaxError) {
    repeat {
      skipBlanks()
      try skipComment()
    } while skipNewline()
  }

  private mutating func skipComment() throws(TOMLSyntaxError) {
    guard peek() == UInt8(ascii: "#") else { return }
    while let byte = peek(), byte != 0x0A, !(byte == 0x0D && peek(1) == 0x0A) {
      try refuseControl(byte)
      place += 1
    }
  }

  private mutating func endOfLine() throws(TOMLSyntaxError) {
    skipBlanks()
    try skipComment()
    guard peek() == nil || skipNewline() else { throw unexpected("the end of the line") }
  }

  /// Goes past a byte that has to be there.
  mutating func take(_ byte: UInt8, _ rule: String) throws(TOMLSyntaxError) {
    guard peek() == byte else { throw error(rule) }
    place += 1
  }

  // MARK: Errors

  func error(_ description: String) -> TOMLSyntaxError {
    let before = bytes[min(lineStart, bytes.count)..<min(place, bytes.count)]
    let column = before.count { $0 & 0xC0 != 0x80 } + 1
    return TOMLSyntaxError(line: line, column: column, description: description)
  }

  var tooDeep: TOMLSyntaxError { error("more than \(Self.deepest) tables or lists in each other") }

  func unexpected(_ wanted: String) -> TOMLSyntaxError {
    switch peek() {
    case nil: error("the text ends where \(wanted) should be")
    case 0x0A?, 0x0D?: error("the line ends where \(wanted) should be")
    case 0?: error("there is a zero byte: this is not a text file")
    case let byte? where (0x21..<0x7F).contains(byte):
      error("\(Character(UnicodeScalar(byte))) stands where \(wanted) should be")
    default: error("only letters of ASCII may stand outside of quotes")
    }
  }

  /// Control characters other than a tab are no part of TOML.
  func refuseControl(_ byte: UInt8) throws(TOMLSyntaxError) {
    guard byte >= 0x20 && byte != 0x7F || byte == 0x09 else {
      throw error(
        byte == 0
          ? "there is a zero byte: this is not a text file"
          : "there is a control character, U+00" + (byte < 16 ? "0" : "")
            + String(byte, radix: 16, uppercase: true))
    }
  }
}
