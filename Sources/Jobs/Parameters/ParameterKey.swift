import CryoEM
import Refinement

/// A parameter with the Swift type of its value: what code names instead of a key.
///
///     job[Parameter.prior.rotationDeviation] = 5
public struct ParameterKey<Value: ParameterConvertible>: Sendable, CustomStringConvertible {
  /// The declaration.
  public let parameter: Parameter

  /// The name in a job file.
  public var key: String { parameter.key }

  /// The key, for sentences.
  public var description: String { key }

  /// Declares a parameter.
  ///
  /// - Parameters:
  ///   - place: where the refinement finds the value.
  ///   - derived: how the default follows from other parameters or from the data; where it does not
  ///     apply, `default` holds.
  ///   - isRunningChange: whether a running refinement takes a new value with its next iteration.
  ///   - condition: the setting without which this one has no effect.
  init(
    _ key: String, _ title: String, unit: String = "", _ type: ParameterType,
    default defaultValue: Value? = nil, whenUnset: String = "", derived: DefaultRule<Value>? = nil,
    _ section: Parameter.Section, advanced isAdvanced: Bool = false,
    to place: ParameterPlace<Value>, whileRunning isRunningChange: Bool = false,
    cryosparc: String? = nil, relion: String? = nil, cistem: String? = nil,
    onlyWhen condition: (@Sendable () -> Parameter.Condition)? = nil, help: String
  ) {
    parameter = Parameter(
      key: key, title: title, unit: unit, type: type, defaultValue: defaultValue?.parameterValue,
      whenUnset: whenUnset, derivation: derived?.derivation, section: section,
      isAdvanced: isAdvanced, help: help, cryosparcName: cryosparc, relionName: relion,
      cistemName: cistem, changesWhileRunning: isRunningChange, makeCondition: condition,
      put: { value, job in
        if let value = Value(value) { place.put(value, &job) }
      }, copy: place.copy)
  }

  /// That the parameter has a value, as the condition of another's effect.
  func `is`(_ value: Value) -> Parameter.Condition {
    Parameter.Condition(key: key, value: value.parameterValue)
  }
}

/// Where the refinement finds a parameter: a field of its settings or of its inputs.
struct ParameterPlace<Value>: Sendable {
  /// Puts a value into its field.
  let put: @Sendable (Value, inout ValidatedJob) -> Void
  /// Copies the field from other settings; nil for inputs.
  let copy: (@Sendable (RefinementSettings, inout RefinementSettings) -> Void)?

  /// A field of the settings, in the engine's unit.
  static func settings<Field>(
    _ path: WritableKeyPath<RefinementSettings, Field> & Sendable,
    as converted: @escaping @Sendable (Value) -> Field
  ) -> ParameterPlace {
    ParameterPlace(
      put: { $1.settings[keyPath: path] = converted($0) },
      copy: { $1[keyPath: path] = $0[keyPath: path] })
  }

  /// A field of the settings that holds the value as it is.
  static func settings(
    _ path: WritableKeyPath<RefinementSettings, Value> & Sendable
  ) -> ParameterPlace { settings(path) { $0 } }

  /// A field of the settings that is nil where the parameter is not set.
  static func settings(
    _ path: WritableKeyPath<RefinementSettings, Value?> & Sendable
  ) -> ParameterPlace { settings(path) { $0 } }

  /// A field of the inputs.
  static func inputs(
    _ path: WritableKeyPath<JobInputs, Value> & Sendable
  ) -> ParameterPlace {
    ParameterPlace(put: { $1.inputs[keyPath: path] = $0 }, copy: nil)
  }

  /// A field of the inputs that is nil where the parameter is not set.
  static func inputs(
    _ path: WritableKeyPath<JobInputs, Value?> & Sendable
  ) -> ParameterPlace {
    ParameterPlace(put: { $1.inputs[keyPath: path] = $0 }, copy: nil)
  }

  /// Nowhere: it says where a run folder is made, before there is a refinement.
  static var runFolder: ParameterPlace { ParameterPlace(put: { _, _ in }, copy: nil) }
}

/// The parameters of one table of a job file, as the stored properties of a type.
public protocol ParameterGroup: Sendable {}

extension ParameterGroup {
  /// The declarations in the order in which they are written: that of the form.
  var parameters: [Parameter] {
    Mirror(reflecting: self).children.compactMap { ($0.value as? any DeclaredParameter)?.parameter }
  }
}

/// A `ParameterKey` of any type.
private protocol DeclaredParameter {
  var parameter: Parameter { get }
}

extension ParameterKey: DeclaredParameter {}
