import CryoEM
import Ground

/// A job: what a person set, parameter by parameter; everything else has its default.
///
/// A job may hold values that are out of range or contradict each other, as a form does while it is
/// filled in; `findings` tells what is wrong, all of it.
public struct Job: Sendable, Equatable {
  /// The values that were set, by key.
  public private(set) var values: [String: ParameterValue]
  /// The regions that are refined together, each with a mask of its own; empty for one, whose mask is
  /// `input.mask`.
  public var regions: [JobRegion] = []
  /// The folder from which relative paths of inputs start: that of the job file.
  public var folder: String
  /// The job's name: that of its file without the ending.
  public var name: String

  /// A job with nothing set.
  public init(name: String = "refinement", folder: String = ".") {
    self.values = [:]
    self.folder = folder
    self.name = name
  }

  /// The value of a parameter as set, or its default as far as the job tells it; nil where there is
  /// neither. Setting nil unsets. Of a region it is read by the region's key.
  public subscript(key: String) -> ParameterValue? {
    get {
      key.hasPrefix(Self.regionPrefix)
        ? regionValue(key) : Parameter.named(key).flatMap { value(of: $0) } ?? values[key]
    }
    set { values[key] = newValue }
  }

  /// The value of a parameter as set, or its default as far as the job tells it. Setting nil unsets.
  public subscript<Value>(key: ParameterKey<Value>) -> Value? {
    get { value(of: key.parameter).flatMap(Value.init) }
    set { values[key.key] = newValue?.parameterValue }
  }

  /// The value of a parameter as set, or its default: derived where a rule of the parameter applies;
  /// nil where there is neither.
  public func value(of parameter: Parameter, given data: DataFacts? = nil) -> ParameterValue? {
    values[parameter.key] ?? defaultValue(of: parameter, given: data)
  }

  /// What a parameter is where it is not set; nil where there is no default.
  public func defaultValue(
    of parameter: Parameter, given data: DataFacts? = nil
  ) -> ParameterValue? {
    parameter.derivation?.value(self, data)?.value ?? parameter.defaultValue
  }

  /// The derived default that holds for a parameter; nil where it is set, or has its usual default.
  public func derived(_ parameter: Parameter, given data: DataFacts? = nil) -> DerivedValue? {
    isSet(parameter.key) ? nil : parameter.derivation?.value(self, data)
  }

  /// Whether a parameter was set, to whatever value.
  public func isSet(_ key: String) -> Bool { values[key] != nil }

  /// Whether a parameter was set, to whatever value.
  public func isSet<Value>(_ key: ParameterKey<Value>) -> Bool { isSet(key.key) }

  /// The value of a parameter where it was set; nil where its default holds.
  func valueIfSet<Value>(_ key: ParameterKey<Value>) -> Value? {
    values[key.key].flatMap(Value.init)
  }

  /// Whether a parameter has another value than it would have by itself; of a region by the region's key.
  public func isChanged(_ key: String) -> Bool {
    if key.hasPrefix(Self.regionPrefix) { return JobField(key).map(isChanged) ?? false }
    guard let value = values[key] else { return false }
    return Parameter.named(key).flatMap { defaultValue(of: $0) } != value
  }

  /// Sets a parameter from typed text; an empty text, or "none" where there is no default, unsets it.
  ///
  /// Throws a `Problem` for an unknown key (naming the nearest known one) and for a value that is not
  /// of the parameter's type or out of its bounds.
  public mutating func set(_ key: String, to text: String) throws(Problem) {
    if key.hasPrefix(Self.regionPrefix) {
      return try setRegion(String(key.dropFirst(Self.regionPrefix.count)), to: text, from: nil)
    }
    guard let parameter = Parameter.named(key) else { throw Self.unknownKey(key, place: "") }
    values[key] = try parameter.parsed(text)
  }

  static let regionPrefix = "region."

  /// Sets a parameter as `--set` does it, from `key=value`. Relative paths of inputs start at the
  /// folder in which the command was typed.
  public mutating func set(assignment: String, typedIn folder: String) throws(Problem) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw Problem(
        "--set \(assignment): there is no = in it",
        whatToDo: "Write --set key=value, for example --set \(Parameter.search.rotationExtent)=10.")
    }
    let key = String(assignment[..<equals]).trimmed
    let text = String(assignment[assignment.index(after: equals)...])
    if key.hasPrefix(Self.regionPrefix) {
      return try setRegion(String(key.dropFirst(Self.regionPrefix.count)), to: text, from: folder)
    }
    try set(key, to: text)
    values[key] = values[key].map { Self.absolute($0, of: key, from: folder) }
  }

  /// The job as a run folder records it, to stand alone and to be repeated: paths absolute, and the
  /// folder from which image paths start written out. What was derived stays derived.
  public var asRun: Job {
    var job = self
    for (key, value) in values { job.values[key] = Self.absolute(value, of: key, from: folder) }
    job.regions = regions.map(asRun)
    if !isSet(Parameter.input.projectFolder) {
      job[Parameter.input.projectFolder] = FilePath.absolute(folder)
    }
    return job
  }

  /// The path of an input, from the job's folder.
  public func resolved(_ path: String) -> String { FilePath.joined(folder, path) }

  static func absolute(
    _ value: ParameterValue, of key: String, from folder: String
  ) -> ParameterValue {
    func moved(_ path: String) -> String { FilePath.absolute(FilePath.joined(folder, path)) }
    return switch (Parameter.named(key)?.type, value) {
    case (.file, .text(let path)), (.folder, .text(let path)): .text(moved(path))
    case (.files, .paths(let paths)): .paths(paths.map(moved))
    default: value
    }
  }

  static func unknownKey(_ key: String, place: String) -> Problem {
    Problem(
      "\(place)\(key): there is no such parameter",
      whatToDo: "Did you mean \(Parameter.nearestKey(to: key))? Correct the key or remove the line."
    )
  }
}
