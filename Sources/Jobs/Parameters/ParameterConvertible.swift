import CryoEM
import Refinement

/// A Swift type that the value of a parameter can have.
public protocol ParameterConvertible: Sendable, Hashable {
  /// The value of this type; nil where the parameter holds another kind.
  init?(_ value: ParameterValue)
  /// The value as a job holds it.
  var parameterValue: ParameterValue { get }
}

extension Bool: ParameterConvertible {
  public init?(_ value: ParameterValue) {
    guard let value = value.bool else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .toggle(self) }
}

extension Int: ParameterConvertible {
  public init?(_ value: ParameterValue) {
    guard let value = value.int else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .count(self) }
}

extension Double: ParameterConvertible {
  public init?(_ value: ParameterValue) {
    guard let value = value.double else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .number(self) }
}

extension String: ParameterConvertible {
  public init?(_ value: ParameterValue) {
    guard let value = value.string else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .text(self) }
}

extension Array: ParameterConvertible where Element == String {
  public init?(_ value: ParameterValue) {
    guard let value = value.pathList else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .paths(self) }
}

extension SIMD3: ParameterConvertible where Scalar == Double {
  public init?(_ value: ParameterValue) {
    guard let value = value.point else { return nil }
    self = value
  }
  public var parameterValue: ParameterValue { .coordinates(self) }
}

/// A choice is one of the words of an enumeration.
extension ParameterConvertible where Self: RawRepresentable, RawValue == String {
  public init?(_ value: ParameterValue) {
    guard let word = value.string else { return nil }
    self.init(rawValue: word)
  }
  public var parameterValue: ParameterValue { .text(rawValue) }
}

extension RefinementSettings.DataSign: ParameterConvertible {}
extension RefinementSettings.NoiseModel: ParameterConvertible {}
extension RefinementSettings.PriorModel: ParameterConvertible {}
extension RefinementSettings.BodyDefocusMode: ParameterConvertible {}
extension RefinementSettings.EwaldMode: ParameterConvertible {}
extension RefinementSettings.MaskMode: ParameterConvertible {}
extension RefinementSettings.NonuniformSettings.Filter: ParameterConvertible {}
extension JobInputs.FulcrumLocation: ParameterConvertible {}

/// How poses are searched.
public enum SearchMethod: String, ParameterConvertible, CaseIterable { case adaptive, exhaustive }

extension ParameterType {
  /// The words of an enumeration.
  static func choice<Choice: CaseIterable & RawRepresentable>(of: Choice.Type) -> ParameterType
  where Choice.RawValue == String { .choice(Choice.allCases.map(\.rawValue)) }
}
