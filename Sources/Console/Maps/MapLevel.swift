import Ground
import Viewing

/// A level of a map as a person gives it, so that it means the same in another map.
enum MapLevel: Sendable, Hashable {
  case absolute(Double)
  /// Standard deviations above the mean.
  case deviations(Double)
  /// kDa of protein above it.
  case mass(Double)

  /// Reads `0.02`, `3.5 sd` (or σ) and `800 kDa`; nil for anything else.
  init?(_ text: String) {
    let text = text.trimmed.lowercased()
    func number(before unit: String) -> Double? {
      guard text.hasSuffix(unit) else { return nil }
      return Double(String(text.dropLast(unit.count)).trimmed)
    }
    let found: MapLevel?
    if let mass = number(before: "kda") {
      found = mass > 0 ? .mass(mass) : nil
    } else if let deviations = number(before: "sd") ?? number(before: "σ") {
      found = .deviations(deviations)
    } else {
      found = Double(text).map { .absolute($0) }
    }
    guard let found, found.number.isFinite, abs(found.number) < 1e9 else { return nil }
    self = found
  }

  private var number: Double {
    switch self {
    case .absolute(let value), .deviations(let value), .mass(let value): value
    }
  }

  /// The density.
  func density(in table: LevelTable) -> Float {
    switch self {
    case .absolute(let value): Float(value)
    case .deviations(let value): table.level(deviations: value)
    case .mass(let value): table.level(mass: value)
    }
  }

  /// A step higher or lower: an eighth of a standard deviation of the map, or an eighth of the mass.
  func stepped(_ steps: Int, in table: LevelTable) -> MapLevel {
    switch self {
    case .absolute(let value):
      let next = value + Double(steps) * table.deviation / 8
      return .absolute(min(max(next, Double(table.minimum)), Double(table.maximum)))
    case .deviations(let value):
      let range = table.deviations(of: table.minimum)...table.deviations(of: table.maximum)
      let next = value + Double(steps) / 8
      return .deviations(min(max(next, range.lowerBound), range.upperBound))
    case .mass(let value):
      let factor = steps > 0 ? 1 / 1.125 : 1.125
      let most = max(0.1, table.mass(above: table.minimum))
      return .mass(min(max(0.1, value * factor), most))
    }
  }

  /// As it is typed.
  var text: String {
    switch self {
    case .absolute(let value): Format.rounded(value, digits: 4)
    case .deviations(let value): Format.rounded(value, digits: 4) + " sd"
    case .mass(let value): Format.rounded(value, digits: 4) + " kDa"
    }
  }
}
