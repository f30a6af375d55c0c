import Ground

extension STARTable {
  /// Writes everything from `cursor` to the table's last change.
  ///
  /// - Returns: where the untouched rest begins.
  func write(from cursor: Int, to output: inout OutputBuffer) throws(Problem) -> Int {
    try checkFinite()
    guard isLoop else { return try writePairs(from: cursor, to: &output) }
    try writeLabels(from: cursor, to: &output)
    let lastRow = layout.rowStarts.count - 1
    let columns = Set(edits.keys).union(removals).sorted()
    var previous = -1
    for row in 0..<rowCount {
      let place = sourceRow(row)
      let line = line(ofSourceRow: place)
      // What stands between two rows goes with the second.
      if place != previous {
        output.bytes.append(contentsOf: slice(lineEnd(ofSourceRow: place - 1), line.lowerBound))
      }
      writeRow(row, line: line, columns: columns, to: &output.bytes)
      if output.bytes.last != 0x0A, row < rowCount - 1 || place < lastRow {
        output.append(newline)
      }
      previous = place
      try output.flushIfFull()
    }
    try output.flush()
    return lineEnd(ofSourceRow: lastRow)
  }

  /// - Parameter columns: the columns of the file that were set or removed, in order.
  private func writeRow(
    _ row: Int, line: Range<Int>, columns: [Int], to bytes: inout [UInt8]
  ) {
    var position = line.lowerBound
    let last = layout.columnCount - 1
    for column in columns {
      let start = fieldStart(row: row, column: column)
      if removals.contains(column) {
        // With the space before it, or behind it where it is the first.
        let before = column == 0 ? start : end(row: row, column: column - 1)
        bytes.append(contentsOf: slice(position, max(position, before)))
        position =
          column == 0 && column < last
          ? fieldStart(row: row, column: 1) : end(row: row, column: column)
      } else if let edit = edits[column], edit.changed?[row] ?? true {
        bytes.append(contentsOf: slice(position, start))
        position = fieldEnd(source.bytes, from: start)
        appendAligned(edit.column, row: row, width: position - start, to: &bytes)
      }
    }
    if !additions.isEmpty {
      let end = end(row: row, column: last)
      bytes.append(contentsOf: slice(position, max(position, end)))
      position = end
      for column in additions {
        bytes.append(0x20)
        column.append(row: row, to: &bytes)
      }
    }
    bytes.append(contentsOf: slice(position, line.upperBound))
  }

  private func end(row: Int, column: Int) -> Int {
    fieldEnd(source.bytes, from: fieldStart(row: row, column: column))
  }

  /// The line of a row of the file, with its end.
  private func line(ofSourceRow row: Int) -> Range<Int> {
    var start = layout.rowStarts[row]
    while start > layout.labelsEnd, source.bytes[start - 1] != 0x0A { start -= 1 }
    return start..<lineEnd(ofSourceRow: row)
  }

  /// Behind the line of a row of the file; of the labels for the row before the first.
  private func lineEnd(ofSourceRow row: Int) -> Int {
    guard row >= 0 else { return layout.labelsEnd }
    var end =
      layout.rowStarts[row]
      + Int(layout.fieldOffsets[row * layout.columnCount + layout.columnCount - 1])
    while end < source.bytes.count, source.bytes[end] != 0x0A { end += 1 }
    return min(end + 1, source.bytes.count)
  }

  private func writePairs(
    from cursor: Int, to output: inout OutputBuffer
  ) throws(Problem) -> Int {
    var position = cursor
    for (column, edit) in edits.sorted(by: { $0.key < $1.key }) where edit.changed?[0] ?? true {
      let start = fieldStart(row: 0, column: column)
      output.bytes.append(contentsOf: slice(position, start))
      position = fieldEnd(source.bytes, from: start)
      appendAligned(edit.column, row: 0, width: position - start, to: &output.bytes)
    }
    try output.append(large: slice(position, layout.labelsEnd))
    writeNewPairs(to: &output)
    try output.flush()
    return layout.labelsEnd
  }

  private func checkFinite() throws(Problem) {
    let edited = edits.map { (columnNames[$0.key], $0.value.column) }
    for (name, column) in edited + zip(columnNames.dropFirst(layout.columnCount), additions) {
      if let row = column.firstNonFinite {
        throw Problem(
          "row \(row + 1) of the column _\(name) is not a finite number and cannot be written",
          whatToDo: "This is a defect of the program: please report it.")
      }
    }
  }

  /// The labels of the columns that stay, and of the new ones.
  private func writeLabels(
    from cursor: Int, to output: inout OutputBuffer
  ) throws(Problem) {
    var position = cursor
    var isRenumbered = false
    for column in 0..<layout.columnCount {
      let start = lineStart(of: layout.labelStarts[column])
      let end =
        column + 1 < layout.columnCount
        ? lineStart(of: layout.labelStarts[column + 1]) : layout.labelsEnd
      if removals.contains(column) {
        try output.append(large: slice(position, start))
        position = end
        isRenumbered = true
      } else if isRenumbered {
        let number = column + 1 - removals.count { $0 < column }
        output.append("_\(columnNames[column])\(isNumbered ? " #\(number) " : "")\(newline)")
        position = end
      }
    }
    try output.append(large: slice(position, layout.labelsEnd))
    if !additions.isEmpty && labels.last != 0x0A { output.append(newline) }
    for column in layout.columnCount..<columnNames.count {
      let number = column + 1 - removals.count
      output.append("_\(columnNames[column])\(isNumbered ? " #\(number) " : "")\(newline)")
    }
  }

  private func lineStart(of offset: Int) -> Int {
    var start = offset
    while start > 0, source.bytes[start - 1] != 0x0A { start -= 1 }
    return start
  }

  private var isNumbered: Bool { labels.contains(UInt8(ascii: "#")) }

  private func writeNewPairs(to output: inout OutputBuffer) {
    if !additions.isEmpty && labels.last != 0x0A { output.append(newline) }
    for (index, column) in additions.enumerated() {
      output.append("_\(columnNames[layout.columnCount + index]) ")
      column.append(row: 0, to: &output.bytes)
      output.append(newline)
    }
  }

  /// The line of the last label.
  private var labels: UnsafeRawBufferPointer {
    slice(layout.labelStarts.last ?? layout.labelsEnd, layout.labelsEnd)
  }

  /// The line end that the file uses.
  private var newline: String { labels.contains(0x0D) ? "\r\n" : "\n" }

  /// Writes a value so that it ends where the old one, `width` long, did, as far as the spaces
  /// before it allow: columns that were aligned stay so.
  private func appendAligned(_ column: STARColumn, row: Int, width: Int, to bytes: inout [UInt8]) {
    let begin = bytes.count
    column.append(row: row, to: &bytes)
    let surplus = bytes.count - begin - width
    if surplus < 0 {
      bytes.insert(contentsOf: repeatElement(0x20, count: -surplus), at: begin)
    }
    var spare = 0
    while spare < surplus, begin - spare >= 2, bytes[begin - spare - 1] == 0x20,
      bytes[begin - spare - 2] == 0x20
    {
      spare += 1
    }
    bytes.removeSubrange(begin - spare..<begin)
  }

  private func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: source.bytes[start..<end])
  }
}
