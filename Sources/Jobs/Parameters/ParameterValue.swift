import CryoEM
import Ground
import TOMLText

/// What a person set a parameter to, in the unit of the parameter's declaration.
public enum ParameterValue: Sendable, Hashable {
  /// On or off.
  case toggle(Bool)
  /// A whole number.
  case count(Int)
  /// A number in the parameter's unit.
  case number(Double)
  /// A choice, a path or a symmetry.
  case text(String)
  /// One or several paths.
  case paths([String])
  /// A point of the box: x, y, z in voxels from the corner.
  case coordinates(Vector3)

  /// The value as a person types it: `20`, `true`, `48,50.5,61`.
  public var text: String {
    switch self {
    case .toggle(let isOn): isOn ? "true" : "false"
    case .count(let count): String(count)
    case .number(let number): Format.shortest(number)
    case .text(let text): text
    case .paths(let paths): paths.joined(separator: ",")
    case .coordinates(let point):
      [point.x, point.y, point.z].map(Format.shortest).joined(separator: ",")
    }
  }

  /// The value in the syntax of a job file.
  public var toml: String {
    switch self {
    case .toggle(let isOn): isOn ? "true" : "false"
    case .count(let count): String(count)
    case .number(let number): number.description
    case .text(let text): quotedTOML(text)
    case .paths(let paths):
      paths.count == 1
        ? quotedTOML(paths[0]) : "[" + paths.map(quotedTOML).joined(separator: ", ") + "]"
    case .coordinates(let point): "[\(point.x), \(point.y), \(point.z)]"
    }
  }
}

extension ParameterValue {
  /// The value as on or off; nil for other kinds.
  public var bool: Bool? { if case .toggle(let value) = self { value } else { nil } }
  /// The value as a whole number; nil for other kinds.
  public var int: Int? { if case .count(let value) = self { value } else { nil } }
  /// The value as a number, whole ones included; nil for other kinds.
  public var double: Double? {
    switch self {
    case .number(let value): value
    case .count(let value): Double(value)
    default: nil
    }
  }
  /// The value as text; nil for other kinds.
  public var string: String? { if case .text(let value) = self { value } else { nil } }
  /// The value as paths, a single path included; nil for other kinds.
  public var pathList: [String]? {
    switch self {
    case .paths(let value): value
    case .text(let value): [value]
    default: nil
    }
  }
  /// The value as a point of the box; nil for other kinds.
  public var point: Vector3? { if case .coordinates(let value) = self { value } else { nil } }
}
