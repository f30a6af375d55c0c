import Refinement

extension ParameterValue {
  /// The value as people read it: switches as on and off.
  var shown: String {
    switch self {
    case .toggle(let isOn): isOn ? "on" : "off"
    default: text
    }
  }
}

extension Job {
  /// The value of a parameter as people read it, or what happens without one.
  func shown(_ parameter: Parameter) -> String {
    self[parameter.key]?.shown ?? parameter.defaultText
  }
}
