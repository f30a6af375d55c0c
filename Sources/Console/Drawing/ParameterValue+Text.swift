import Ground
import Jobs

extension ParameterValue {
  /// The value as people read it: switches as on and off.
  var shown: String {
    switch self {
    case .toggle(let isOn): isOn ? "on" : "off"
    default: text
    }
  }
}

extension Parameter {
  /// What it takes, with its unit where the words do not have it.
  var expectation: String {
    if case .coordinates = type { return type.expectation }
    return type.expectation + (unit.isEmpty ? "" : ", \(unit)")
  }
}

extension Job {
  /// The command that refines by a job file as it is.
  static func run(file: String) -> String { "fulcrum run " + shellQuoted(file) }

  /// The value of a parameter as people read it, or what happens without one.
  func shown(_ parameter: Parameter) -> String {
    self[parameter.key]?.shown ?? parameter.defaultText
  }

  /// The same of a parameter that may be a region's.
  func shown(_ field: JobField) -> String {
    if let region = field.region, !regions.contains(where: { $0.name == region }) {
      return "no such region"
    }
    return self[field.key]?.shown ?? field.parameter.defaultText
  }
}
