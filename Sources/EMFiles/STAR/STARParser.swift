import Ground

/// Finds the tables of a STAR file and where each of their fields begins, in one pass.
///
/// One row is one line, as every program of the field writes it; text over several lines
/// (semicolons) is refused.
struct STARParser {
  private let source: FileBytes
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  private var found: [STARTable] = []
  private var block: String?
  private var open: OpenTable?

  /// A table that is being read.
  private struct OpenTable {
    var isLoop: Bool
    var names: [String] = []
    /// The same, to find a name that comes twice.
    var known: Set<String> = []
    var layout = STARTable.Layout()
  }

  init(source: FileBytes) {
    self.source = source
    self.bytes = source.bytes
    // A byte order mark of UTF-8 says nothing.
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// Reads the whole file.
  mutating func tables() throws(Problem) -> [STARTable] {
    while position < bytes.count {
      skipSpaces()
      if position == bytes.count { break }
      switch bytes[position] {
      case 0x0A, 0x0D: position += 1
      case UInt8(ascii: "#"): skipLine()
      case UInt8(ascii: "_"): try readLabel()
      default: try readKeywordOrRow()
      }
    }
    closeTable()
    return found
  }

  // MARK: Lines

  private mutating func readKeywordOrRow() throws(Problem) {
    if let name = blockName() {
      closeTable()
      block = name
      skipLine()
    } else if begins(with: "loop_"), fieldEnd(bytes, from: position) == position + 5 {
      closeTable()
      guard block != nil else { throw problem("loop_ stands before any data_ block", position) }
      open = OpenTable(isLoop: true)
      position += 5
      try expectLineEnd("loop_")
    } else {
      try readRow()
    }
  }

  /// The name of the block that begins on this line.
  ///
  /// A value may begin with "data_" as well, in a row of several values; a block's line has nothing
  /// behind the name.
  private func blockName() -> String? {
    guard begins(with: "data_") else { return nil }
    let end = fieldEnd(bytes, from: position)
    if (open?.names.count ?? 0) > 1, !isLineEnd(after: end) { return nil }
    return String(decoding: bytes[position + 5..<end], as: UTF8.self)
  }

  /// A column of a loop, or a pair of key and value.
  private mutating func readLabel() throws(Problem) {
    guard block != nil else { throw problem("a label stands before any data_ block", position) }
    // Labels behind the rows of a loop are pairs of their own.
    if let table = open, table.isLoop, !table.layout.rowStarts.isEmpty { closeTable() }
    var table = open ?? OpenTable(isLoop: false)
    // Emptied so that its arrays are not copied when they grow.
    open = nil
    let start = position
    let end = fieldEnd(bytes, from: start)
    let name = String(decoding: bytes[start + 1..<end], as: UTF8.self)
    guard table.known.insert(name).inserted else {
      throw problem("the column _\(name) occurs twice in data_\(block ?? "")", start)
    }
    table.names.append(name)
    table.layout.labelStarts.append(start)
    position = end
    if table.isLoop {
      try expectLineEnd("_\(name)")
    } else {
      skipSpaces()
      guard position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: "#")
      else { throw problem("_\(name) has no value, and no loop_ stands before it", start) }
      if table.layout.rowStarts.isEmpty { table.layout.rowStarts = [start] }
      table.layout.fieldOffsets.append(try offset(position, from: table.layout.rowStarts[0]))
      position = try endOfField()
      try expectLineEnd("the value of _\(name)")
    }
    table.layout.labelsEnd = position
    open = table
  }

  /// A row of a loop.
  private mutating func readRow() throws(Problem) {
    let start = position
    guard var table = open, table.isLoop, !table.names.isEmpty else {
      throw problem("this is neither a block, a column nor a row of a table", start)
    }
    if bytes[start] == UInt8(ascii: ";") {
      throw problem("text over several lines (;) is not read", start)
    }
    open = nil
    var count = 0
    while position < bytes.count, bytes[position] > 0x20, bytes[position] != UInt8(ascii: "#") {
      count += 1
      if count <= table.names.count {
        table.layout.fieldOffsets.append(try offset(position, from: start))
      }
      position = try endOfField()
      skipSpaces()
    }
    guard count == table.names.count else {
      throw wrongCount(count, names: table.names, row: table.layout.rowStarts.count, start: start)
    }
    table.layout.rowStarts.append(start)
    if table.layout.rowStarts.count == 16 { reserve(&table) }
    skipLine()
    open = table
  }

  /// Takes memory for all rows at once, guessed from the first ones.
  private func reserve(_ table: inout OpenTable) {
    let first = table.layout.rowStarts[0]
    let rows = (bytes.count - first) / max(1, (position - first) / 16) + 16
    table.layout.rowStarts.reserveCapacity(rows)
    table.layout.fieldOffsets.reserveCapacity(rows * table.names.count)
  }

  private mutating func closeTable() {
    guard var table = open else { return }
    open = nil
    // A loop without columns holds nothing that could be asked for.
    if table.names.isEmpty { return }
    table.layout.columnCount = table.names.count
    found.append(
      STARTable(
        blockName: block ?? "", isLoop: table.isLoop, columnNames: table.names, source: source,
        layout: table.layout))
  }

  // MARK: Characters

  private mutating func skipSpaces() {
    while position < bytes.count, bytes[position] == 0x20 || bytes[position] == 0x09 {
      position += 1
    }
  }

  private mutating func skipLine() {
    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
    if position < bytes.count { position += 1 }
  }

  /// Whether the word at the position begins with a keyword.
  private func begins(with keyword: StaticString) -> Bool {
    let count = keyword.utf8CodeUnitCount
    guard bytes.count - position >= count else { return false }
    for index in 0..<count where bytes[position + index] != keyword.utf8Start[index] {
      return false
    }
    return true
  }

  /// Whether only spaces or a comment follow.
  private func isLineEnd(after end: Int) -> Bool {
    var index = end
    while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    return index == bytes.count || bytes[index] == 0x0A || bytes[index] == 0x0D
      || bytes[index] == UInt8(ascii: "#")
  }

  private mutating func expectLineEnd(_ what: String) throws(Problem) {
    guard isLineEnd(after: position) else {
      throw problem("more than expected stands behind \(what)", position)
    }
    skipLine()
  }

  /// The end of the field at the position; quotes must end on their line.
  private func endOfField() throws(Problem) -> Int {
    let end = fieldEnd(bytes, from: position)
    if isQuote(bytes[position]) {
      guard end <= bytes.count, !bytes[position..<end].contains(0x0A) else {
        throw problem("a quote does not end on its line", position)
      }
    }
    return end
  }

  private func offset(_ position: Int, from start: Int) throws(Problem) -> UInt32 {
    guard let offset = UInt32(exactly: position - start) else {
      throw problem("a row is longer than 4 GB", start)
    }
    return offset
  }

  // MARK: Problems

  private func problem(_ text: String, _ offset: Int) -> Problem {
    var lineStart = offset
    while lineStart > 0, bytes[lineStart - 1] != 0x0A { lineStart -= 1 }
    return Problem(
      "\(source.path), line \(lineNumber(of: offset, in: source)), character "
        + "\(offset - lineStart + 1): \(text)",
      whatToDo: "Mend that line, or write the file again.")
  }

  private func wrongCount(_ count: Int, names: [String], row: Int, start: Int) -> Problem {
    let isLast = position >= bytes.count || !bytes[position...].contains { $0 > 0x20 }
    let place =
      "\(source.path), line \(lineNumber(of: start, in: source)): row \(row + 1) of data_\(block ?? "")"
    if count > names.count {
      return Problem(
        "\(place) has \(count) values for \(names.count) columns",
        whatToDo: "Put values with spaces in quotes, or write the file again.")
    }
    return Problem(
      "\(place) has \(count) values for \(names.count) columns: it ends before _\(names[count])",
      whatToDo: isLast
        ? "The file is cut off: make or copy it again." : "Mend that row, or write the file again.")
  }
}
