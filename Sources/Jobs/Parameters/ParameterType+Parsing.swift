import CryoEM

extension ParameterType {
  /// The value that a text stands for, whether within the bounds or not; nil where the text is not
  /// of this type at all. A number may carry its own unit: `20 degrees`, `10 Å`; one of at most 1 may be
  /// in percent.
  func parsed(_ text: String, unit: String) -> ParameterValue? {
    let text = text.trimmed
    switch self {
    case .toggle: return Self.toggle(text).map(ParameterValue.toggle)
    case .count: return Int(Self.withoutUnit(text, unit: unit)).map(ParameterValue.count)
    case .number(let bounds):
      if unit.isEmpty, bounds.upper == 1, text.hasSuffix("%") {
        return Double(String(text.dropLast()).trimmed).map { .number($0 / 100) }
      }
      return Double(Self.withoutUnit(text, unit: unit)).map(ParameterValue.number)
    case .choice, .file, .folder: return .text(text)
    case .symmetry: return .text(text.uppercased())
    case .files: return .paths(text.split(separator: ",").map { String($0).trimmed })
    case .coordinates:
      let words = text.split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
      let numbers = words.compactMap(Double.init)
      guard words.count == 3, numbers.count == 3 else { return nil }
      return .coordinates(Vector3(numbers[0], numbers[1], numbers[2]))
    }
  }

  private static func toggle(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }

  /// Spellings of the units, so that `20°` and `10 A` are understood.
  private static let spellings: [String: [String]] = [
    "degrees": ["degrees", "degree", "deg", "°"],
    "Å": ["Å", "\u{212B}", "A", "angstroms", "angstrom"],
    "Å²": ["Å²", "A^2", "A2"],
    "GiB": ["GiB", "GB", "G"],
  ]

  private static func withoutUnit(_ text: String, unit: String) -> String {
    for spelling in spellings[unit] ?? [] where text.hasSuffix(spelling) {
      return String(text.dropLast(spelling.count)).trimmed
    }
    return text
  }
}
