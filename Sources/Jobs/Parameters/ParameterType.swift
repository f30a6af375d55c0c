import CryoEM
import Ground

/// What kind of value a parameter takes, and within which bounds.
public enum ParameterType: Sendable, Hashable {
  /// On or off.
  case toggle
  /// A whole number.
  case count(Bounds)
  /// A number in the parameter's unit.
  case number(Bounds)
  /// One of a few words.
  case choice([String])
  /// A file with one of these endings (without the dot).
  case file([String])
  /// One or several files with one of these endings.
  case files([String])
  /// A folder.
  case folder
  /// A point group: C1, C4, D7, T, O, I, I1 … I4.
  case symmetry
  /// Three numbers, x,y,z in voxels from the corner of the box.
  case coordinates

  /// The values that a number may have; an open end is nil.
  public struct Bounds: Sendable, Hashable {
    public let lower: Double?
    public let upper: Double?
    /// Whether `lower` itself is not allowed.
    public let isLowerExcluded: Bool

    public init(from lower: Double? = nil, to upper: Double? = nil, above: Double? = nil) {
      self.lower = above ?? lower
      self.upper = upper
      self.isLowerExcluded = above != nil
    }

    /// Whether a number is allowed; NaN and infinities never are.
    public func contains(_ number: Double) -> Bool {
      guard number.isFinite else { return false }
      if let lower, isLowerExcluded ? number <= lower : number < lower { return false }
      if let upper, number > upper { return false }
      return true
    }

    /// The bounds in words: "between 0 and 180", "above 0", "at least 1".
    public var rule: String {
      let low = lower.map(Format.shortest)
      let high = upper.map(Format.shortest)
      return switch (low, high) {
      case (nil, nil): "any finite number"
      case (let low?, nil): isLowerExcluded ? "above \(low)" : "at least \(low)"
      case (nil, let high?): "at most \(high)"
      case (let low?, let high?):
        isLowerExcluded ? "above \(low) and at most \(high)" : "between \(low) and \(high)"
      }
    }
  }

  /// What the type takes, in words that end the sentence "takes …".
  public var expectation: String {
    switch self {
    case .toggle: "true or false"
    case .count(let bounds): "a whole number, " + bounds.rule
    case .number(let bounds): "a number, " + bounds.rule
    case .choice(let words): "one of " + words.joined(separator: ", ")
    case .file(let endings): "a file (" + endings.map { "." + $0 }.joined(separator: ", ") + ")"
    case .files(let endings):
      "one or several files (" + endings.map { "." + $0 }.joined(separator: ", ") + ")"
    case .folder: "a folder"
    case .symmetry: "a point group: C1, Cn, Dn, T, O, I (or I1 to I4)"
    case .coordinates: "three numbers x,y,z in voxels from the corner of the box"
    }
  }

  /// Whether a value is of this type and within its bounds.
  public func accepts(_ value: ParameterValue) -> Bool {
    switch (self, value) {
    case (.toggle, .toggle): true
    case (.count(let bounds), .count(let count)): bounds.contains(Double(count))
    case (.number(let bounds), .number(let number)): bounds.contains(number)
    case (.choice(let words), .text(let word)): words.contains(word)
    case (.file, .text(let path)), (.folder, .text(let path)): !path.isEmpty
    case (.files, .paths(let paths)): !paths.isEmpty && paths.allSatisfy { !$0.isEmpty }
    case (.symmetry, .text(let name)): Self.isPointGroup(name)
    case (.coordinates, .coordinates(let point)):
      [point.x, point.y, point.z].allSatisfy { $0.isFinite && $0 >= 0 }
    default: false
    }
  }

  /// Whether a name is that of a point group, in capitals and without leading zeros.
  static func isPointGroup(_ name: String) -> Bool {
    name == name.uppercased() && name.dropFirst().first != "0" && (try? PointGroup(name)) != nil
  }
}
