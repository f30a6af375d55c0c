/// What an encoder makes of a value: names, lists, text and plain bytes.
indirect enum CheckpointNode {
  case plain(any PlainArray)
  case bytes(ArraySlice<UInt8>)
  case text(String)
  case list([CheckpointNode])
  case fields([(name: String, node: CheckpointNode)])

  /// The node of a value.
  static func of(_ value: any Encodable) throws -> CheckpointNode {
    if let array = value as? any PlainArray { return .plain(array) }
    if let plain = value as? any PlainData { return .plain(one(plain)) }
    if let text = value as? String { return .text(text) }
    let encoder = CheckpointEncoder()
    try value.encode(to: encoder)
    return encoder.box.node
  }

  private static func one<Value: PlainData>(_ value: Value) -> any PlainArray { [value] }
}

/// Where an encoder's containers leave what they are given.
private final class Box {
  var node = CheckpointNode.fields([])
}

/// Encodes any `Encodable` into nodes; arrays of plain data are kept as they are, not copied.
private struct CheckpointEncoder: Encoder {
  let box = Box()
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    KeyedEncodingContainer(Keyed(box: box))
  }
  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    box.node = .list([])
    return Unkeyed(box: box)
  }
  func singleValueContainer() -> any SingleValueEncodingContainer { Single(box: box) }

  private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let box: Box
    var codingPath: [any CodingKey] { [] }

    private func add(_ node: CheckpointNode, _ key: any CodingKey) {
      guard case .fields(var fields) = box.node else { return }
      // The fields are moved out and back, so that adding one does not copy the others.
      box.node = .list([])
      fields.append((key.stringValue, node))
      box.node = .fields(fields)
    }
    func encodeNil(forKey key: Key) {}
    func encode<T: Encodable>(_ value: T, forKey key: Key) throws { add(try .of(value), key) }
    func nestedContainer<Nested: CodingKey>(
      keyedBy: Nested.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Nested> { CheckpointEncoder.unsupported() }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      CheckpointEncoder.unsupported()
    }
    func superEncoder() -> any Encoder { CheckpointEncoder.unsupported() }
    func superEncoder(forKey key: Key) -> any Encoder { CheckpointEncoder.unsupported() }
  }

  private struct Unkeyed: UnkeyedEncodingContainer {
    let box: Box
    private(set) var count = 0
    var codingPath: [any CodingKey] { [] }

    init(box: Box) { self.box = box }

    mutating func encodeNil() throws { CheckpointEncoder.unsupported() }
    mutating func encode<T: Encodable>(_ value: T) throws {
      guard case .list(var nodes) = box.node else { return }
      box.node = .fields([])
      nodes.append(try .of(value))
      box.node = .list(nodes)
      count += 1
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy: Nested.Type
    ) -> KeyedEncodingContainer<Nested> { CheckpointEncoder.unsupported() }
    mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      CheckpointEncoder.unsupported()
    }
    mutating func superEncoder() -> any Encoder { CheckpointEncoder.unsupported() }
  }

  private struct Single: SingleValueEncodingContainer {
    let box: Box
    var codingPath: [any CodingKey] { [] }
    mutating func encodeNil() throws { CheckpointEncoder.unsupported() }
    mutating func encode<T: Encodable>(_ value: T) throws { box.node = try .of(value) }
  }

  /// Synthesised conformances never come here; one written by hand that does has to be a plain struct.
  static func unsupported() -> Never { fatalError("a checkpoint holds plain structs only") }
}

/// Decodes what `CheckpointNode.of` made.
struct CheckpointDecoder: Decoder {
  let node: CheckpointNode
  var codingPath: [any CodingKey] = []
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(_ node: CheckpointNode, path: [any CodingKey] = []) {
    self.node = node
    codingPath = path
  }

  /// The value of a node.
  func value<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let array = type as? any PlainArray.Type {
      guard case .bytes(let bytes) = node, let value = array.init(copying: bytes) as? Value else {
        throw mismatch(type)
      }
      return value
    }
    if let plain = type as? any PlainData.Type {
      guard case .bytes(let bytes) = node, let value = Self.one(plain, bytes) as? Value else {
        throw mismatch(type)
      }
      return value
    }
    if type == String.self {
      guard case .text(let text) = node, let value = text as? Value else { throw mismatch(type) }
      return value
    }
    return try Value(from: self)
  }

  private static func one<Value: PlainData>(
    _: Value.Type, _ bytes: ArraySlice<UInt8>
  ) -> Value? {
    guard let values = [Value](copying: bytes), values.count == 1 else { return nil }
    return values[0]
  }

  fileprivate func mismatch(_ type: Any.Type) -> DecodingError {
    .typeMismatch(type, .init(codingPath: codingPath, debugDescription: "another type"))
  }

  func container<Key: CodingKey>(keyedBy: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .fields(let fields) = node else { throw mismatch([String: Any].self) }
    return KeyedDecodingContainer(
      Keyed(
        fields: Dictionary(fields.map { ($0.name, $0.node) }) { first, _ in first },
        codingPath: codingPath))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .list(let nodes) = node else { throw mismatch([Any].self) }
    return Unkeyed(nodes: nodes, codingPath: codingPath)
  }
  func singleValueContainer() throws -> any SingleValueDecodingContainer { Single(decoder: self) }

  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let fields: [String: CheckpointNode]
    let codingPath: [any CodingKey]
    var allKeys: [Key] { fields.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { fields[key.stringValue] != nil }
    func decodeNil(forKey key: Key) -> Bool { !contains(key) }
    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
      guard let node = fields[key.stringValue] else {
        throw DecodingError.keyNotFound(
          key, .init(codingPath: codingPath, debugDescription: "missing"))
      }
      return try CheckpointDecoder(node, path: codingPath + [key]).value(type)
    }
    func nestedContainer<Nested: CodingKey>(
      keyedBy: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unsupported }
    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
      throw unsupported
    }
    func superDecoder() throws -> any Decoder { throw unsupported }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unsupported }
    private var unsupported: DecodingError {
      .dataCorrupted(.init(codingPath: codingPath, debugDescription: "not a plain struct"))
    }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let nodes: [CheckpointNode]
    let codingPath: [any CodingKey]
    var currentIndex = 0
    var count: Int? { nodes.count }
    var isAtEnd: Bool { currentIndex >= nodes.count }

    init(nodes: [CheckpointNode], codingPath: [any CodingKey]) {
      self.nodes = nodes
      self.codingPath = codingPath
    }

    mutating func decodeNil() -> Bool { false }
    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
      guard !isAtEnd else { throw ended }
      defer { currentIndex += 1 }
      return try CheckpointDecoder(nodes[currentIndex], path: codingPath).value(type)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> { throw ended }
    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { throw ended }
    mutating func superDecoder() throws -> any Decoder { throw ended }
    private var ended: DecodingError {
      .dataCorrupted(.init(codingPath: codingPath, debugDescription: "the list ends early"))
    }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: CheckpointDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    func decodeNil() -> Bool { false }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.value(type) }
  }
}
