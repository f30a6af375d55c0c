import Ground

/// The values of a field of a .cs file, row by row.
public enum CSColumn: Sendable {
  /// `width` numbers for every row, one after the other; a new field is of 32-bit numbers.
  case numbers([Double], width: Int = 1)
  /// `width` whole numbers for every row; a new field is of 32-bit numbers without a sign.
  case integers([Int], width: Int = 1)
  /// Whole numbers of 64 bits.
  case identifiers([UInt64])
  /// Texts; a new field has room for the longest.
  case texts([String])
  /// Texts, each different one once: row i has `values[indices[i]]`. A new field has room for the longest,
  /// or for as many bytes as are asked for.
  case interned([String], [Int32], width: Int = 1)
  /// Numbers of a type as NumPy writes it, "<f8", `shape` of them for every row.
  case typed(String, shape: [Int] = [], [Double])
  /// `width` numbers for every row, of 32 bits in a new field, that are computed when they are written: of a
  /// row and an element.
  case computed(width: Int = 1, count: Int, @Sendable (Int, Int) -> Double)
  /// Bytes that are made when they are written, of a type as NumPy writes it, "|S12"; fewer than the field
  /// has are filled up with zeros.
  case made(
    String, shape: [Int] = [], count: Int, @Sendable (Int) -> FieldText)

  var rowCount: Int {
    switch self {
    case .numbers(let values, let width): values.count / width
    case .integers(let values, let width): values.count / width
    case .identifiers(let values): values.count
    case .texts(let values): values.count
    case .interned(_, let indices, _): indices.count
    case .typed(_, let shape, let values): values.count / max(1, shape.reduce(1, *))
    case .made(_, _, let count, _), .computed(_, let count, _): count
    }
  }

  var width: Int {
    switch self {
    case .numbers(_, let width), .integers(_, let width), .computed(let width, _, _): width
    case .typed(_, let shape, _), .made(_, let shape, _, _): shape.reduce(1, *)
    default: 1
    }
  }

  /// Whether a field has the kind and the shape for these values, and the room where they are texts.
  func fits(_ field: CSField) -> Bool {
    switch (self, field.kind) {
    case (.texts(let values), _), (.interned(let values, _, _), _): field.hasRoom(for: values)
    case (.made(let type, let shape, _, _), _): field.stated == type && field.shape == shape
    case (_, .bytes), (_, .unicode), (_, .opaque): false
    default: field.count == width
    }
  }

  /// The field that a new column makes.
  func field(name: String) -> CSField {
    switch self {
    case .numbers(_, let width), .computed(let width, _, _):
      CSField(name: name, type: "<f4", shape: width == 1 ? [] : [width])
    case .integers(_, let width):
      CSField(name: name, type: "<u4", shape: width == 1 ? [] : [width])
    case .identifiers: CSField(name: name, type: "<u8", shape: [])
    case .texts(let values): textField(name, values, width: 1)
    case .interned(let values, _, let width): textField(name, values, width: width)
    case .typed(let type, let shape, _), .made(let type, let shape, _, _):
      CSField(name: name, type: type, shape: shape)
    }
  }

  private func textField(_ name: String, _ values: [String], width: Int) -> CSField {
    let longest = values.map(\.utf8.count).max() ?? 1
    return CSField(name: name, type: "|S\(max(width, longest))", shape: [])
  }

  /// The text of a row; nil for a column of something else.
  func text(row: Int) -> String? {
    switch self {
    case .texts(let values): values[row]
    case .interned(let values, let indices, _): values[Int(indices[row])]
    default: nil
    }
  }

  /// The bits of an element in a field; nil when the field cannot hold them.
  func bits(row: Int, component: Int, field: CSField) -> UInt64? {
    switch self {
    case .numbers(let values, let width):
      field.bits(of: values[row * width + component])
    case .integers(let values, let width):
      field.kind == .floating
        ? field.bits(of: Double(values[row * width + component]))
        : field.bits(of: Int64(values[row * width + component]))
    case .computed(_, _, let compute): field.bits(of: compute(row, component))
    case .identifiers(let values): field.elementByteCount == 8 ? values[row] : nil
    case .typed(_, let shape, let values):
      // What was not a number before is none again.
      field.bits(anyOf: values[row * shape.reduce(1, *) + component])
    case .texts, .interned, .made: nil
    }
  }
}

extension CSField {
  /// Whether texts as long as these fit, if it is one of texts; that another is none is told when it is
  /// written.
  fileprivate func hasRoom(for texts: [String]) -> Bool {
    switch kind {
    case .bytes: shape.isEmpty && texts.allSatisfy { $0.utf8.count <= elementByteCount }
    case .unicode:
      shape.isEmpty && texts.allSatisfy { 4 * $0.unicodeScalars.count <= elementByteCount }
    default: true
    }
  }

  /// A number's bits as this field stores it, also where it is not finite; nil when it does not fit.
  fileprivate func bits(anyOf value: Double) -> UInt64? {
    guard kind == .floating, !value.isFinite else { return bits(of: value) }
    switch elementByteCount {
    case 8: return value.bitPattern
    case 4: return UInt64(Float(value).bitPattern)
    default: return UInt64(Float16(value).bitPattern)
    }
  }

  /// A number's bits as this field stores it; nil when it is not finite or does not fit.
  fileprivate func bits(of value: Double) -> UInt64? {
    guard value.isFinite else { return nil }
    switch (kind, elementByteCount) {
    case (.floating, 8): return value.bitPattern
    case (.floating, 4): return Float(value).isFinite ? UInt64(Float(value).bitPattern) : nil
    case (.floating, 2): return Float16(value).isFinite ? UInt64(Float16(value).bitPattern) : nil
    default: return Int64(exactly: value).flatMap { bits(of: $0) }
    }
  }

  /// A whole number's bits as this field stores it; nil when it does not fit.
  fileprivate func bits(of value: Int64) -> UInt64? {
    let room = 8 * elementByteCount - (kind == .signed ? 1 : 0)
    switch kind {
    case .unsigned, .boolean:
      return value >= 0 && (room >= 63 || value < 1 << room) ? UInt64(value) : nil
    case .signed:
      return room >= 63 || (value >= -(1 << room) && value < 1 << room)
        ? UInt64(bitPattern: value) : nil
    default: return nil
    }
  }
}

extension CSFile {
  /// Sets a field, or adds it behind the last one.
  ///
  /// - Parameter changed: the rows whose value changes; the bytes of the others stay as they are. Nil
  ///   for all; a new field has all.
  public mutating func set(_ name: String, to column: CSColumn, where changed: [Bool]? = nil) {
    precondition(column.rowCount == rowCount, "a field has a value for every row")
    precondition(changed.map { $0.count == rowCount } ?? true)
    let known = fields.indices.last { fields[$0].name == name && !removals.contains($0) }
    if let index = known, index >= sourceFieldCount || column.fits(fields[index]) {
      if index >= sourceFieldCount { fields[index] = column.field(name: name) }
      edits[index] = Edit(column: column, changed: index < sourceFieldCount ? changed : nil)
    } else {
      // A field of another kind makes room for one of this.
      if let known { removals.insert(known) }
      edits[fields.count] = Edit(column: column, changed: nil)
      fields.append(column.field(name: name))
    }
  }

  /// Leaves a field of the file, or of one that was joined, out of what is written.
  public mutating func remove(_ name: String) {
    removedNames.insert(name)
    if let index = fields[..<sourceFieldCount].firstIndex(where: { $0.name == name }) {
      removals.insert(index)
    }
  }

  /// Writes the file's own fields, whole or not at all.
  ///
  /// - Parameter root: as `FilePlace` has it.
  /// - Throws: a problem when it cannot be written, or when a value does not fit its field.
  public func write(to path: String, within root: String? = nil) throws(Problem) {
    let file = try AtomicFile(path: path, within: root)
    var output = OutputBuffer(file)
    if fields.count == sourceFieldCount && removals.isEmpty && rowCount == sourceRowCount {
      try output.append(large: UnsafeRawBufferPointer(rebasing: source.bytes[..<dataOffset]))
    } else {
      let kept = fields.indices.filter { !removals.contains($0) }.map { fields[$0] }
      output.bytes += NumPyHeader.encoded(fields: kept, rowCount: rowCount, style: headerStyle)
    }
    let removed = removals.sorted(by: >).map { fields[$0] }
    let columns = edits.sorted { $0.key < $1.key }
    for row in 0..<rowCount {
      let record = dataOffset + sourceRow(row) * sourceRowByteCount
      let begin = output.bytes.count
      output.bytes.append(contentsOf: source.bytes[record..<record + sourceRowByteCount])
      for (index, edit) in columns where edit.changed?[row] ?? true {
        let field = fields[index]
        let target = index < sourceFieldCount ? begin + field.offset : output.bytes.count
        if index >= sourceFieldCount {
          output.bytes.append(contentsOf: repeatElement(0, count: field.byteCount))
        }
        guard put(edit.column, row: row, field: field, at: target, in: &output.bytes) else {
          throw Problem(
            "\(path): the value of row \(row + 1) does not fit the field \(field.name)",
            whatToDo: "This is a defect of the program: please report it.")
        }
      }
      // From the last to the first, so that the places of those before stay.
      for field in removed {
        let start = begin + field.offset
        output.bytes.removeSubrange(start..<start + field.byteCount)
      }
      try output.flushIfFull()
    }
    let end = dataOffset + sourceRowCount * sourceRowByteCount
    try output.append(large: UnsafeRawBufferPointer(rebasing: source.bytes[end...]))
    try file.commit()
  }

  /// Writes a new file of records.
  public static func write(
    _ columns: [(name: String, column: CSColumn)], rowCount: Int, to path: String,
    within root: String? = nil
  ) throws(Problem) {
    var file = try CSFile(emptyRecords: rowCount, path: path)
    for (name, column) in columns { file.set(name, to: column) }
    try file.write(to: path, within: root)
  }

  /// Puts a row's value into a field's bytes; false when it does not fit.
  private func put(
    _ column: CSColumn, row: Int, field: CSField, at start: Int, in bytes: inout [UInt8]
  ) -> Bool {
    if case .made(_, _, _, let make) = column {
      let made = make(row)
      guard made.count <= field.byteCount else { return false }
      for index in 0..<field.byteCount {
        bytes[start + index] = index < made.count ? made[index] : 0
      }
      return true
    }
    if let text = column.text(row: row) {
      guard field.kind == .bytes, text.utf8.count <= field.byteCount else { return false }
      var place = start
      for byte in text.utf8 {
        bytes[place] = byte
        place += 1
      }
      while place < start + field.byteCount {
        bytes[place] = 0
        place += 1
      }
      return true
    }
    guard field.count == column.width else { return false }
    let size = field.elementByteCount
    for component in 0..<field.count {
      guard let bits = column.bits(row: row, component: component, field: field) else {
        return false
      }
      for index in 0..<size {
        let place = field.isLittleEndian ? index : size - 1 - index
        bytes[start + component * size + place] = UInt8(
          truncatingIfNeeded: bits >> UInt64(8 * index))
      }
    }
    return true
  }
}
