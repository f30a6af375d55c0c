import Ground

/// The values of a field of a .cs file, read one by one from its bytes.
public struct CSFieldReader: Sendable {
  /// The field, as the file that holds it has it.
  public let field: CSField
  private let file: CSFile
  private let rows: [Int32]?

  init(field: CSField, file: CSFile, rows: [Int32]?) {
    (self.field, self.file, self.rows) = (field, file, rows)
  }

  /// The bytes of the field in a record; valid as long as the file is.
  public func bytes(row: Int) -> FieldText { FieldText(raw(row: row)) }

  private func raw(row: Int) -> UnsafeRawBufferPointer {
    file.bytes(of: field, row: rows.map { Int($0[row]) } ?? row)
  }

  /// An element as a number; nil where the field holds none.
  public func number(row: Int, component: Int = 0) -> Double? {
    field.number(raw(row: row), at: component * field.elementByteCount)
  }

  /// An element's bits, sign extended where it has a sign.
  public func bits(row: Int, component: Int = 0) -> UInt64 {
    field.bits(raw(row: row), at: component * field.elementByteCount)
  }

  /// A text without the zeros that fill it up.
  public func text(row: Int) -> String { field.text(raw(row: row)) }

  /// Appends an element as a value of a STAR file, from which the same bits can be read again.
  public func appendSTAR(row: Int, component: Int = 0, to output: inout [UInt8]) {
    switch field.kind {
    case .unsigned: output.append(contentsOf: "\(bits(row: row, component: component))".utf8)
    case .signed:
      output.append(
        contentsOf: "\(Int64(bitPattern: bits(row: row, component: component)))".utf8)
    case .boolean: output.append(bits(row: row, component: component) == 0 ? 0x30 : 0x31)
    case .floating:
      let value = number(row: row, component: component) ?? 0
      let text = field.elementByteCount == 4 ? "\(Float(value))" : "\(value)"
      output.append(contentsOf: text.utf8)
    case .bytes, .unicode: appendSTARText(text(row: row), to: &output)
    case .opaque: output.append(0x30)
    }
  }
}

extension CSFile {
  /// Reads the values of a field one by one; nil where neither the file nor one that was joined has it.
  public func reader(_ name: String) -> CSFieldReader? {
    locate(name).map { CSFieldReader(field: $0.field, file: $0.file, rows: $0.rows) }
  }

  /// The fields of the file and of those that were joined, each name once.
  public var allFields: [CSField] {
    var known: Set<String> = []
    return fields(into: &known)
  }

  private func fields(into known: inout Set<String>) -> [CSField] {
    fields[..<sourceFieldCount].filter { known.insert($0.name).inserted }
      + joins.flatMap { $0.file.fields(into: &known) }
  }

  /// Writes the fields of the file and of those that were joined as one file.
  ///
  /// - Parameter root: as `FilePlace` has it.
  public func writeJoined(to path: String, within root: String? = nil) throws(Problem) {
    var output = self
    for field in allFields
    where !hasOwnField(field.name) && !removedNames.contains(field.name) {
      guard let reader = reader(field.name) else { continue }
      output.set(
        field.name,
        to: .made(field.stated, shape: field.shape, count: rowCount) { reader.bytes(row: $0) })
    }
    try output.write(to: path, within: root)
  }
}
