/// A field of the records of a .cs file.
public struct CSField: Sendable, Equatable {
  /// What the bytes of an element mean.
  public enum Kind: Sendable, Equatable {
    case unsigned, signed, floating, boolean
    /// Text: bytes, or UTF-32 characters.
    case bytes, unicode
    /// Kept, not understood.
    case opaque
  }

  /// The name, for example "alignments3D/pose".
  public var name: String
  public var kind: Kind
  /// Bytes of an element.
  public var elementByteCount: Int
  /// Whether elements are stored least significant byte first.
  public var isLittleEndian = true
  /// The lengths of a field that is an array; empty for a single element.
  public var shape: [Int] = []
  /// Bytes before the field in its record.
  var offset = 0
  /// How a header states the type, "<f4".
  public internal(set) var stated: String

  /// Elements of the field.
  public var count: Int { shape.reduce(1, *) }
  /// Bytes of the field.
  public var byteCount: Int { elementByteCount * count }

  /// A field from an entry of a header's description: (name, type) or (name, type, shape).
  ///
  /// Nil when it is no such entry, or when its size does not fit.
  init?(_ entry: PythonLiteral) {
    guard let parts = entry.elements, parts.count == 2 || parts.count == 3 else { return nil }
    switch parts[0] {
    case .text(let name): self.name = name
    // A title may stand before the name.
    case .tuple(let names):
      guard names.count == 2, case .text(let name) = names[1] else { return nil }
      self.name = name
    default: return nil
    }
    if parts.count == 3 {
      let lengths = parts[2].elements ?? [parts[2]]
      for length in lengths {
        guard case .integer(let value) = length, value >= 0 else { return nil }
        shape.append(value)
      }
    }
    guard case .text(let type) = parts[1], let parsed = CSField.parse(type) else { return nil }
    (kind, elementByteCount, isLittleEndian) = parsed
    stated = type
    guard product(shape + [elementByteCount]).map({ $0 < 1 << 32 }) == true else { return nil }
  }

  /// A field for a new column.
  init(name: String, type: String, shape: [Int]) {
    let parsed = CSField.parse(type) ?? (.opaque, 0, true)
    self.name = name
    (kind, elementByteCount, isLittleEndian) = parsed
    self.shape = shape
    stated = type
  }

  /// How a header describes the field.
  var entry: String {
    let lengths = shape.map { "\($0)" }.joined(separator: ", ")
    let suffix = shape.isEmpty ? "" : ", (\(lengths)\(shape.count == 1 ? "," : ""))"
    let quoted = name.replacing("\\", with: "\\\\").replacing("'", with: "\\'")
    return "('\(quoted)', '\(stated)'\(suffix))"
  }

  /// Kind, bytes and byte order of a type as NumPy writes it, "<f4".
  private static func parse(_ type: String) -> (Kind, Int, Bool)? {
    var rest = Substring(type)
    var isLittle = true
    if let order = rest.first, "<>|=".contains(order) {
      isLittle = order != ">"
      rest.removeFirst()
    }
    guard let letter = rest.popFirst() else { return nil }
    // Times carry their unit: "M8[us]".
    guard let size = Int(rest.prefix { $0.isNumber }), size >= 0, size < 1 << 30 else {
      return letter == "?" ? (.boolean, 1, true) : nil
    }
    switch letter {
    case "u" where [1, 2, 4, 8].contains(size): return (.unsigned, size, isLittle)
    case "i" where [1, 2, 4, 8].contains(size): return (.signed, size, isLittle)
    case "f" where [2, 4, 8].contains(size): return (.floating, size, isLittle)
    case "b" where size == 1: return (.boolean, 1, true)
    case "S", "a": return (.bytes, size, true)
    case "U": return (.unicode, 4 * size, isLittle)
    case "f", "c", "V", "m", "M": return (.opaque, size, isLittle)
    default: return nil
    }
  }
}
