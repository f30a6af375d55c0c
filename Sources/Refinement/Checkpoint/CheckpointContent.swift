import Ground

/// What goes into a checkpoint or to another rank: its arrays of plain data are named columns, which
/// are handed over as they lie in memory, and what is left of it is JSON.
protocol Columned: Codable {
  /// Moves each large array, by name, into its column or out of it. What is not moved stays in the JSON.
  mutating func move(_ columns: inout Columns)
  /// The same for all values of an array.
  static func move(_ all: inout [Self], _ columns: inout Columns)
}

extension Columned {
  mutating func move(_ columns: inout Columns) {}

  static func move(_ all: inout [Self], _ columns: inout Columns) {
    for index in all.indices { columns.move("\(index)", &all[index]) }
  }
}

extension Array: Columned where Element: Columned {
  mutating func move(_ columns: inout Columns) { Element.move(&self, &columns) }
}

extension Dictionary: Columned where Key == Int, Value: Columned {
  mutating func move(_ columns: inout Columns) {
    for key in keys.sorted() {
      guard let index = index(forKey: key) else { continue }
      columns.move("\(key)", &values[index])
    }
  }
}

extension String: Columned {}

/// Columns by name on their way out of values, or into them.
struct Columns {
  /// Those that were taken out of a value, in their order.
  fileprivate var taken: [(name: String, values: any PlainArray)] = []
  /// Those that are still to be put into a value; nil while they are taken out of one.
  fileprivate var given: [String: ArraySlice<UInt8>]?
  /// Whether each column that was asked for was there.
  fileprivate var isComplete = true
  /// Where in the value the next column belongs.
  private var path: [String] = []

  fileprivate init(given: [String: ArraySlice<UInt8>]? = nil) { self.given = given }

  /// Moves the columns of a part.
  mutating func move(_ name: String, _ part: inout some Columned) {
    path.append(name)
    part.move(&self)
    path.removeLast()
  }

  /// Moves an array itself.
  mutating func move<Element: PlainData>(_ array: inout [Element]) {
    let name = path.joined(separator: ".")
    if given == nil {
      taken.append((name, array))
      array = []
    } else if let bytes = given?.removeValue(forKey: name), let all = [Element](copying: bytes) {
      array = all
    } else {
      isComplete = false
    }
  }
}

/// The content of a checkpoint on its way to a file.
///
/// Bytes: the text, then the name of each column and its values, each behind its length as an Int64.
public struct CheckpointContent {
  /// JSON of the value without what is in the columns.
  let text: String
  let columns: [(name: String, values: any PlainArray)]

  init(_ value: some Columned) {
    var (rest, columns) = (value, Columns())
    rest.move(&columns)
    text = JSON.text(rest, pretty: false)
    self.columns = columns.taken
  }

  /// Hands the bytes over in order, in any number of pieces.
  public func write(
    to sink: (UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    func put(_ array: some PlainArray) throws(Problem) {
      try [Int64(array.byteCount)].withBytes(sink)
      try array.withBytes(sink)
    }
    try put(Array(text.utf8))
    for (name, values) in columns {
      try put(Array(name.utf8))
      try put(values)
    }
  }

  /// All bytes.
  public var bytes: [UInt8] {
    var all: [UInt8] = []
    do throws(Problem) { try write { (piece) throws(Problem) in all += piece } } catch { return [] }
    return all
  }

  /// The value of bytes written so; nil where they are something else.
  static func value<Value: Columned>(_ type: Value.Type, of bytes: [UInt8]) -> Value? {
    var rest = bytes[...]
    func part() -> ArraySlice<UInt8>? {
      guard let count = [Int64](copying: rest.prefix(8))?.first, count >= 0,
        count <= rest.count - 8
      else { return nil }
      rest = rest.dropFirst(8)
      defer { rest = rest.dropFirst(Int(count)) }
      return rest.prefix(Int(count))
    }
    guard let text = part(), var value = try? JSON.value(type, of: text) else { return nil }
    var given: [String: ArraySlice<UInt8>] = [:]
    while !rest.isEmpty {
      guard let name = part(), let values = part(),
        given.updateValue(values, forKey: String(decoding: name, as: UTF8.self)) == nil
      else { return nil }
    }
    var columns = Columns(given: given)
    value.move(&columns)
    return columns.isComplete && columns.given?.isEmpty == true ? value : nil
  }
}
