import Ground

/// The content of a checkpoint on its way to a file: large arrays are handed over as they lie in
/// memory.
public struct CheckpointContent {
  private let node: CheckpointNode

  /// - Throws: what the value's encoding throws.
  init(_ value: some Encodable) throws { node = try .of(value) }

  /// Hands the bytes over in order, in any number of pieces.
  public func write(
    to sink: (UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    try Self.write(node, to: sink)
  }

  /// All bytes.
  public var bytes: [UInt8] {
    var all: [UInt8] = []
    do throws(Problem) { try write { (piece) throws(Problem) in all += piece } } catch { return [] }
    return all
  }

  private static func write(
    _ node: CheckpointNode, to sink: (UnsafeRawBufferPointer) throws(Problem) -> Void
  ) throws(Problem) {
    func put(_ tag: UInt8, _ count: Int) throws(Problem) {
      try [tag].withBytes(sink)
      try [Int64(count)].withBytes(sink)
    }
    func put(_ text: String) throws(Problem) {
      let bytes = Array(text.utf8)
      try put(Tag.text, bytes.count)
      try bytes.withBytes(sink)
    }
    switch node {
    case .plain(let array):
      try put(Tag.bytes, array.byteCount)
      try array.withBytes(sink)
    case .bytes(let bytes):
      try put(Tag.bytes, bytes.count)
      try Array(bytes).withBytes(sink)
    case .text(let text): try put(text)
    case .list(let nodes):
      try put(Tag.list, nodes.count)
      for node in nodes { try write(node, to: sink) }
    case .fields(let fields):
      try put(Tag.fields, fields.count)
      for field in fields {
        try put(field.name)
        try write(field.node, to: sink)
      }
    }
  }

  /// The value of bytes written so; nil where they are something else.
  static func value<Value: Decodable>(_ type: Value.Type, of bytes: [UInt8]) -> Value? {
    var place = 0
    guard let node = node(bytes, &place, depth: 0), place == bytes.count else { return nil }
    return try? CheckpointDecoder(node).value(type)
  }

  private static func node(_ bytes: [UInt8], _ place: inout Int, depth: Int) -> CheckpointNode? {
    guard depth < 32, place + 9 <= bytes.count else { return nil }
    let tag = bytes[place]
    guard let number = [Int64](copying: bytes[place + 1..<place + 9])?.first, number >= 0,
      number <= bytes.count - place - 9
    else { return nil }
    place += 9
    let count = Int(number)
    switch tag {
    case Tag.bytes, Tag.text:
      let part = bytes[place..<place + count]
      place += count
      return tag == Tag.bytes ? .bytes(part) : .text(String(decoding: part, as: UTF8.self))
    case Tag.list:
      var nodes: [CheckpointNode] = []
      for _ in 0..<count {
        guard let node = node(bytes, &place, depth: depth + 1) else { return nil }
        nodes.append(node)
      }
      return .list(nodes)
    case Tag.fields:
      var fields: [(name: String, node: CheckpointNode)] = []
      for _ in 0..<count {
        guard case .text(let name)? = node(bytes, &place, depth: depth + 1),
          let node = node(bytes, &place, depth: depth + 1)
        else { return nil }
        fields.append((name, node))
      }
      return .fields(fields)
    default: return nil
    }
  }

  private enum Tag {
    static let bytes: UInt8 = 1
    static let text: UInt8 = 2
    static let list: UInt8 = 3
    static let fields: UInt8 = 4
  }
}
