import Ground

extension STARTable {
  /// Writes everything from `cursor` to the table's last change.
  ///
  /// - Returns: where the untouched rest begins.
  func write(from cursor: Int, to output: inout OutputBuffer) throws(Problem) -> Int {
    try checkFinite()
    var position = cursor
    if isLoop {
      try output.append(large: slice(cursor, layout.labelsEnd))
      writeNewLabels(to: &output)
      position = layout.labelsEnd
    }
    let columns = edits.sorted { $0.key < $1.key }
    for row in 0..<rowCount {
      for (column, edit) in columns where edit.changed?[row] ?? true {
        let start = fieldStart(row: row, column: column)
        output.bytes.append(contentsOf: slice(position, start))
        position = fieldEnd(source.bytes, from: start)
        appendAligned(edit.column, row: row, width: position - start, to: &output.bytes)
      }
      if isLoop && !additions.isEmpty {
        let start = fieldStart(row: row, column: layout.columnCount - 1)
        let end = fieldEnd(source.bytes, from: start)
        output.bytes.append(contentsOf: slice(position, end))
        position = end
        for column in additions {
          output.bytes.append(0x20)
          column.append(row: row, to: &output.bytes)
        }
      }
      try output.flushIfFull()
    }
    if !isLoop {
      try output.append(large: slice(position, layout.labelsEnd))
      writeNewPairs(to: &output)
      position = layout.labelsEnd
    }
    try output.flush()
    return position
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

  private func writeNewLabels(to output: inout OutputBuffer) {
    let isNumbered = labels.contains(UInt8(ascii: "#"))
    if !additions.isEmpty && labels.last != 0x0A { output.append(lineEnd) }
    for number in layout.columnCount..<columnNames.count {
      output.append("_\(columnNames[number])\(isNumbered ? " #\(number + 1) " : "")\(lineEnd)")
    }
  }

  private func writeNewPairs(to output: inout OutputBuffer) {
    if !additions.isEmpty && labels.last != 0x0A { output.append(lineEnd) }
    for (index, column) in additions.enumerated() {
      output.append("_\(columnNames[layout.columnCount + index]) ")
      column.append(row: 0, to: &output.bytes)
      output.append(lineEnd)
    }
  }

  /// The line of the last label.
  private var labels: UnsafeRawBufferPointer { slice(layout.lastLabel, layout.labelsEnd) }

  /// The line end that the file uses.
  private var lineEnd: String { labels.contains(0x0D) ? "\r\n" : "\n" }

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

  private func fieldStart(row: Int, column: Int) -> Int {
    layout.rowStarts[row] + Int(layout.fieldOffsets[row * layout.columnCount + column])
  }

  private func slice(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: source.bytes[start..<end])
  }
}
