/// A table of a TOML text: values by their keys, in the order of the text.
public struct TOMLTable: Sendable, Hashable {
  /// The keys in the order in which the text sets them first.
  public private(set) var keys: [String] = []
  private var values: [String: TOMLValue] = [:]

  public subscript(key: String) -> TOMLValue? { values[key] }

  public init() {}

  /// Puts a value at the end, or in the place of the one that is there.
  mutating func set(_ key: String, to value: TOMLValue) {
    if values.updateValue(value, forKey: key) == nil { keys.append(key) }
  }
}

/// A value of a TOML text and where it stands.
public struct TOMLValue: Sendable, Hashable {
  public enum Content: Sendable, Hashable {
    case string(String)
    case integer(Int)
    case float(Double)
    case boolean(Bool)
    /// A date or time as it is written.
    case date(String, TOMLDateKind)
    case array([TOMLValue])
    case table(TOMLTable)
  }

  public var content: Content
  /// The line on which its key is set (of a table: first named), from 1; an element's own line in a list.
  public var line: Int

  public var string: String? { if case .string(let value) = content { value } else { nil } }
  /// A whole number; not a floating-point number that happens to be one.
  public var int: Int? { if case .integer(let value) = content { value } else { nil } }
  /// A number of either kind.
  public var number: Double? {
    switch content {
    case .integer(let value): Double(value)
    case .float(let value): value
    default: nil
    }
  }
  public var bool: Bool? { if case .boolean(let value) = content { value } else { nil } }
  public var array: [TOMLValue]? { if case .array(let value) = content { value } else { nil } }
  public var table: TOMLTable? { if case .table(let value) = content { value } else { nil } }
}

/// What a date of TOML says.
public enum TOMLDateKind: String, Sendable, Hashable {
  case offsetDateTime, localDateTime, localDate, localTime
}

extension TOMLValue: CustomStringConvertible {
  /// The value as TOML writes it, in one line.
  public var description: String {
    switch content {
    case .string(let text): "\"" + text + "\""
    case .integer(let value): value.description
    case .float(let value): value.description
    case .boolean(let value): value.description
    case .date(let text, _): text
    case .array(let values): "[" + values.map(\.description).joined(separator: ", ") + "]"
    case .table(let table):
      "{" + table.keys.map { "\($0) = \(table[$0]?.description ?? "")" }.joined(separator: ", ")
        + "}"
    }
  }
}
