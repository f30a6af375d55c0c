import Ground

/// A STAR file: its tables in order, and every byte between them.
///
/// The bytes are kept, and a table knows where its fields are. Writing gives them back as
/// they were, except in the columns that were set.
public struct STARFile: Sendable {
  /// The path as it was given, for messages.
  public let path: String
  /// The tables in the order of the file: a loop each, or the key-value pairs of a block.
  public var tables: [STARTable]
  private let source: FileBytes

  /// Reads a file in one pass.
  ///
  /// - Throws: a problem that names the line and the column: a row with too few or too many values,
  ///   a quote that does not end, text outside of a table, two columns of one name.
  public init(path: String) throws(Problem) {
    try self.init(source: FileBytes(path: path))
  }

  /// Reads a file that is in memory; `path` is for messages.
  public init(bytes: [UInt8], path: String) throws(Problem) {
    try self.init(source: FileBytes(path: path, copying: bytes))
  }

  private init(source: FileBytes) throws(Problem) {
    self.source = source
    self.path = source.path
    let head = Array(source.bytes.prefix(4096))
    switch FileSignature(head) {
    case .star, .text, .unknown: break
    case let other:
      let description = other.description ?? "something else"
      throw Problem(
        "\(path) is \(description), not a STAR file", whatToDo: other.advice)
    }
    var parser = STARParser(source: source)
    tables = try parser.tables()
    if tables.isEmpty {
      throw Problem(
        "\(path) is not a STAR file: it has no table", whatToDo: FileSignature.text.advice)
    }
  }

  /// Index of the table of a block, "optics" for `data_optics`; nil when there is none.
  public func index(ofBlock name: String) -> Int? { tables.firstIndex { $0.blockName == name } }

  /// Index of the first table that has a column.
  public func index(withColumn name: String) -> Int? {
    tables.firstIndex { $0.hasColumn(name) }
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Parameter root: as `FilePlace` has it.
  /// - Throws: a problem when it cannot be written, or when a column was set to a number that is
  ///   not finite.
  public func write(to path: String, within root: String? = nil) throws(Problem) {
    let file = try AtomicFile(path: path, within: root)
    var output = OutputBuffer(file)
    var cursor = 0
    for table in tables where table.isChanged {
      cursor = try table.write(from: cursor, to: &output)
    }
    try output.append(large: UnsafeRawBufferPointer(rebasing: source.bytes[cursor...]))
    try file.commit()
  }
}

/// The values of a column of a STAR table.
public enum STARColumn: Sendable {
  /// Numbers, written with six decimals.
  case numbers([Double])
  /// Numbers, written with six decimals, or with as many as it takes to read the same number again.
  case exactNumbers([Double])
  case integers([Int])
  case texts([String])
  /// Values that are made when they are written: the value of a row is appended as it shall stand in the
  /// file, in quotes where it needs them.
  case made(count: Int, append: @Sendable (Int, inout [UInt8]) -> Void)

  /// Number of rows.
  public var count: Int {
    switch self {
    case .numbers(let values), .exactNumbers(let values): values.count
    case .made(let count, _): count
    case .integers(let values): values.count
    case .texts(let values): values.count
    }
  }

  /// Appends the text of a row's value.
  public func append(row: Int, to bytes: inout [UInt8]) {
    switch self {
    case .numbers(let values): appendFixed(values[row], decimals: 6, to: &bytes)
    case .exactNumbers(let values): appendExact(values[row], to: &bytes)
    case .made(_, let append): append(row, &bytes)
    case .integers(let values): bytes.append(contentsOf: "\(values[row])".utf8)
    case .texts(let values): appendSTARText(values[row], to: &bytes)
    }
  }

  /// The first row with a number that is not finite.
  var firstNonFinite: Int? {
    switch self {
    case .numbers(let values), .exactNumbers(let values): values.firstIndex { !$0.isFinite }
    default: nil
    }
  }
}

/// Appends a number with six decimals where they give the same number again, and with as many digits as
/// it takes where not.
public func appendExact(_ value: Double, to bytes: inout [UInt8]) {
  if abs(value) < 1e9, (value * 1e6).rounded() / 1e6 == value {
    appendFixed(value, decimals: 6, to: &bytes)
  } else {
    bytes.append(contentsOf: "\(value)".utf8)
  }
}

/// Appends a value, in quotes where the format wants them.
public func appendSTARText(_ text: String, to bytes: inout [UInt8]) {
  var text = text
  text.withUTF8 { appendSTARText(UnsafeRawBufferPointer($0), to: &bytes) }
}

/// Appends a value, in quotes where the format wants them.
func appendSTARText(_ text: UnsafeRawBufferPointer, to bytes: inout [UInt8]) {
  let hasSpaces = text.contains { $0 <= 0x20 }
  // RELION writes its lists, "[1,2]", without quotes.
  let isList = text.first == UInt8(ascii: "[") && text.last == UInt8(ascii: "]")
  if !hasSpaces && !text.isEmpty && (isList || isPlain(text)) {
    bytes.append(contentsOf: text)
    return
  }
  let quote = text.contains(0x22) ? UInt8(ascii: "'") : UInt8(ascii: "\"")
  bytes.append(quote)
  bytes.append(contentsOf: text.lazy.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 })
  bytes.append(quote)
}

/// Whether a value without spaces can mean nothing but itself.
private func isPlain(_ text: UnsafeRawBufferPointer) -> Bool {
  switch text[0] {
  case UInt8(ascii: "_"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "'"),
    UInt8(ascii: "\""), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ";"):
    return false
  case UInt8(ascii: "d"): return !text.starts(with: "data_".utf8)
  case UInt8(ascii: "l"): return !text.starts(with: "loop_".utf8)
  default: return true
  }
}
