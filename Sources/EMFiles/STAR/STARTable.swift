import Ground

/// A table of a STAR file: a loop, or the key-value pairs of a block as a table of one row.
public struct STARTable: Sendable {
  /// The block's name, "optics" for `data_optics`.
  public let blockName: String
  /// Whether it is a loop, not pairs.
  public let isLoop: Bool
  /// Names of the columns without the underscore, added ones last.
  public private(set) var columnNames: [String]
  /// Number of rows.
  public private(set) var rowCount: Int

  let source: FileBytes
  let layout: Layout
  var edits: [Int: Edit] = [:]
  var additions: [STARColumn] = []
  /// The file's row for each row, where they are not all rows in order.
  private(set) var selection: [Int32]?
  /// Columns of the file that are not written, by index.
  private(set) var removals: Set<Int> = []

  /// Where things are in the file.
  struct Layout: Sendable {
    /// Behind the last column's label and its line end; for pairs, behind the last pair's line.
    var labelsEnd = 0
    /// First byte of each label.
    var labelStarts: [Int] = []
    /// Where each row begins.
    var rowStarts: [Int] = []
    /// Where each field begins, from the row's start; row by row.
    var fieldOffsets: [UInt32] = []
    /// Number of columns in the file.
    var columnCount = 0
  }

  /// New values for a column.
  struct Edit: Sendable {
    var column: STARColumn
    /// The rows that change; nil for all.
    var changed: [Bool]?
  }

  init(
    blockName: String, isLoop: Bool, columnNames: [String], source: FileBytes, layout: Layout
  ) {
    self.blockName = blockName
    self.isLoop = isLoop
    self.columnNames = columnNames
    self.rowCount = layout.rowStarts.count
    self.source = source
    self.layout = layout
  }

  /// Whether there is a column of a name.
  public func hasColumn(_ name: String) -> Bool { columnNames.contains(name) }

  /// Whether rows were selected, or any column was set, added or removed.
  public var isChanged: Bool {
    !edits.isEmpty || !additions.isEmpty || selection != nil || !removals.isEmpty
  }

  /// The table with some of its rows, in any order and as often as they are named.
  ///
  /// - Parameter rows: the row of this table for each of the new one's; none may have been set yet.
  public func selecting(rows: [Int32]) -> STARTable {
    precondition(isLoop && edits.isEmpty && additions.isEmpty, "rows are selected before columns")
    var table = self
    table.rowCount = rows.count
    table.selection = rows.map { Int32(sourceRow(Int($0))) }
    return table
  }

  /// Leaves a column of the file out of what is written.
  public mutating func remove(_ name: String) {
    if let index = columnNames[..<layout.columnCount].firstIndex(of: name) {
      removals.insert(index)
    }
  }

  /// The file's row of a row.
  func sourceRow(_ row: Int) -> Int { selection.map { Int($0[row]) } ?? row }

  /// Sets a column, or adds it behind the last one.
  ///
  /// - Parameter changed: the rows whose value changes; the text of the others stays as it is. Nil
  ///   for all; a new column has all.
  public mutating func set(_ name: String, to column: STARColumn, where changed: [Bool]? = nil) {
    precondition(column.count == rowCount, "a column has a value for every row")
    precondition(changed.map { $0.count == rowCount } ?? true)
    guard let index = columnNames.firstIndex(of: name) else {
      columnNames.append(name)
      additions.append(column)
      return
    }
    if index < layout.columnCount {
      edits[index] = Edit(column: column, changed: changed)
    } else {
      additions[index - layout.columnCount] = column
    }
  }

  /// The line of the file that a row is on, from 1.
  public func line(ofRow row: Int) -> Int {
    lineNumber(of: layout.rowStarts[sourceRow(row)], in: source)
  }

  /// How messages name a place: file, table, row and line.
  public func place(row: Int, column: String) -> String {
    "\(source.path), line \(line(ofRow: row)): row \(row + 1), column \(column)"
  }

  /// Index of a column in the file, or a problem that names it.
  func index(of name: String) throws(Problem) -> Int {
    if let index = columnNames.firstIndex(of: name), index < layout.columnCount { return index }
    throw Problem(
      "\(source.path): the table data_\(blockName) has no column _\(name)",
      whatToDo: "Check that the right file was given; the column is needed.")
  }

  /// The bytes of a field without its quotes, as they are in the file.
  func field(row: Int, column: Int) -> UnsafeRawBufferPointer {
    let start = fieldStart(row: row, column: column)
    let end = fieldEnd(source.bytes, from: start)
    let quotes = isQuote(source.bytes[start]) ? 1 : 0
    return UnsafeRawBufferPointer(rebasing: source.bytes[(start + quotes)..<(end - quotes)])
  }

  /// Where a field begins in the file.
  func fieldStart(row: Int, column: Int) -> Int {
    let row = sourceRow(row)
    return layout.rowStarts[row] + Int(layout.fieldOffsets[row * layout.columnCount + column])
  }
}

/// Where the field that begins at `start` ends, its closing quote included.
func fieldEnd(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
  var index = start
  if isQuote(bytes[start]) {
    let quote = bytes[start]
    repeat {
      index += 1
    } while index < bytes.count
      && !(bytes[index] == quote && (index + 1 == bytes.count || bytes[index + 1] <= 0x20))
    return index + 1
  }
  while index < bytes.count && bytes[index] > 0x20 { index += 1 }
  return index
}

func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }

/// The line, from 1, that a byte is on.
func lineNumber(of offset: Int, in source: FileBytes) -> Int {
  var line = 1
  for index in 0..<min(offset, source.bytes.count) where source.bytes[index] == 0x0A { line += 1 }
  return line
}
