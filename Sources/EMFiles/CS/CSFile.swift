import Ground

/// A cryoSPARC data set (.cs): a NumPy file of a structured array, one record a particle.
///
/// The bytes are kept. Writing gives them back as they were, except in the fields that were
/// set; fields that are not understood are kept.
public struct CSFile: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  /// The fields of the file's own records, added ones last.
  public internal(set) var fields: [CSField]
  /// Number of records.
  public private(set) var rowCount: Int
  let source: FileBytes
  /// Where records begin in the source, and bytes of each there.
  let dataOffset: Int
  let sourceRowByteCount: Int
  /// Records of the source, and what of it is behind them.
  let sourceRowCount: Int
  /// How the source's header is padded.
  let headerStyle: NumPyHeader.Style
  /// The source's record for each record, where they are not all records in order.
  private(set) var selection: [Int32]?
  /// How many of the fields are in the source.
  let sourceFieldCount: Int
  /// New values for fields of the source, and values of added fields, by the field's index.
  var edits: [Int: Edit] = [:]
  /// Fields of the source that are not written, by index.
  var removals: Set<Int> = []
  /// Names of fields that are not written.
  var removedNames: Set<String> = []
  /// Other files whose fields are looked up by uid.
  var joins: [Join] = []

  struct Edit: Sendable {
    var column: CSColumn
    /// The rows that change; nil for all.
    var changed: [Bool]?
  }

  struct Join: Sendable {
    var file: CSFile
    /// The other file's row for each row.
    var rows: [Int32]
  }

  /// Reads a file.
  ///
  /// - Throws: a problem that names what is wrong: no NumPy file, no structured array, Python objects
  ///   in it, fewer or more bytes than the header says.
  public init(path: String) throws(Problem) {
    try self.init(source: FileBytes(path: path))
    try requireContent()
  }

  /// Reads a file that is in memory; `path` is for messages.
  public init(bytes: [UInt8], path: String) throws(Problem) {
    try self.init(source: FileBytes(path: path, copying: bytes))
    try requireContent()
  }

  /// A header and no records yet, to which fields are added.
  init(emptyRecords rowCount: Int, path: String) throws(Problem) {
    let header = NumPyHeader.encoded(fields: [], rowCount: rowCount)
    try self.init(source: FileBytes(path: path, copying: header))
  }

  /// Records of no bytes cost a file nothing and their readers a number for each.
  private func requireContent() throws(Problem) {
    guard sourceRowByteCount > 0 || rowCount == 0 else {
      throw Problem(
        "\(path) promises \(rowCount) records without content",
        whatToDo: "Make or copy the file again.")
    }
  }

  private init(source original: FileBytes) throws(Problem) {
    path = original.path
    let head = Array(original.bytes.prefix(4096))
    switch FileSignature(head) {
    case .numpy: source = original
    case .cryoSPARCStream:
      source = FileBytes(
        path: original.path, copying: try CSStream(source: original).numpyFile())
    case let other:
      let description = other.description.map { " is \($0), not" } ?? " is not"
      throw Problem("\(original.path)\(description) a cryoSPARC .cs file", whatToDo: other.advice)
    }
    let header = try NumPyHeader(source: source)
    (fields, rowCount, dataOffset) = (header.fields, header.rowCount, header.dataOffset)
    (sourceRowCount, headerStyle) = (header.rowCount, header.style)
    sourceRowByteCount = header.rowByteCount
    sourceFieldCount = fields.count
    try checkSize()
  }

  private func checkSize() throws(Problem) {
    guard rowCount <= Int32.max else {
      throw Problem(
        "\(path) promises \(rowCount) records, more than are read (\(Int32.max))",
        whatToDo: "Make or copy the file again.")
    }
    let present = source.bytes.count - dataOffset
    guard let wanted = product([rowCount, sourceRowByteCount]), wanted <= present else {
      throw Problem(
        "\(path) is cut off: its header promises \(rowCount) records of \(sourceRowByteCount) bytes, "
          + "and the file holds \(sourceRowByteCount == 0 ? 0 : present / sourceRowByteCount)",
        whatToDo: "Make or copy the file again.")
    }
    guard present - wanted < max(1, sourceRowByteCount) else {
      throw Problem(
        "\(path): its header promises \(rowCount) records of \(sourceRowByteCount) bytes, and "
          + "\(present - wanted) bytes follow them",
        whatToDo: "The file is damaged: make or copy it again.")
    }
  }

  /// The file with some of its records, in any order and as often as they are named.
  ///
  /// - Parameter rows: the record of this file for each of the new one's; no field may have been set yet.
  public func selecting(rows: [Int32]) -> CSFile {
    precondition(edits.isEmpty, "records are selected before fields are set")
    var file = self
    file.rowCount = rows.count
    file.selection = rows.map { Int32(sourceRow(Int($0))) }
    file.joins = joins.map { join in
      Join(file: join.file, rows: rows.map { join.rows[Int($0)] })
    }
    return file
  }

  /// The source's record of a record.
  func sourceRow(_ row: Int) -> Int { selection.map { Int($0[row]) } ?? row }

  /// Whether a field exists, in the file itself or in one that was joined.
  public func hasField(_ name: String) -> Bool { locate(name) != nil }

  /// Whether a field exists in the file itself.
  public func hasOwnField(_ name: String) -> Bool { fields.contains { $0.name == name } }

  /// A field by name, and the file and rows it is in.
  func locate(_ name: String) -> (file: CSFile, field: CSField, rows: [Int32]?)? {
    if let index = fields[..<sourceFieldCount].firstIndex(where: { $0.name == name }) {
      return (self, fields[index], nil)
    }
    for join in joins {
      if let (file, field, rows) = join.file.locate(name) {
        return (file, field, rows.map { inner in join.rows.map { inner[Int($0)] } } ?? join.rows)
      }
    }
    return nil
  }

  /// The shape of a field, [3] for three elements; nil when there is no such field.
  public func shape(of name: String) -> [Int]? { locate(name)?.field.shape }

  /// How messages name a place.
  public func place(row: Int, field: String) -> String { "\(path): row \(row + 1), field \(field)" }

  /// The bytes of a field of a record of the source.
  func bytes(of field: CSField, row: Int) -> UnsafeRawBufferPointer {
    let start = dataOffset + sourceRow(row) * sourceRowByteCount + field.offset
    return UnsafeRawBufferPointer(rebasing: source.bytes[start..<start + field.byteCount])
  }
}
