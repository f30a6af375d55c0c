import CryoEM
import EMFiles

/// A job: what a person set, parameter by parameter; everything else has its default.
///
/// A job may hold values that are out of range or contradict each other, as a form does while it is
/// filled in; `findings` tells what is wrong, all of it.
public struct Job: Sendable, Equatable {
  /// The values that were set, by key.
  public private(set) var values: [String: ParameterValue]
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

  /// The value of a parameter as set, or its default; nil where there is neither. Setting nil unsets.
  public subscript(key: String) -> ParameterValue? {
    get { values[key] ?? Parameter.named(key)?.defaultValue }
    set { values[key] = newValue }
  }

  /// Whether a parameter was set, to whatever value.
  public func isSet(_ key: String) -> Bool { values[key] != nil }

  /// Whether a parameter has another value than its default.
  public func isChanged(_ key: String) -> Bool {
    values[key].map { $0 != Parameter.named(key)?.defaultValue } ?? false
  }

  /// Sets a parameter from typed text; an empty text, or "none" where there is no default, unsets it.
  ///
  /// Throws a `Problem` for an unknown key (naming the nearest known one) and for a value that is not
  /// of the parameter's type or out of its bounds.
  public mutating func set(_ key: String, to text: String) throws(Problem) {
    guard let parameter = Parameter.named(key) else { throw Self.unknownKey(key, place: "") }
    values[key] = try parameter.parsed(text)
  }

  /// Sets a parameter as `--set` does it, from `key=value`. Relative paths of inputs start at the
  /// folder in which the command was typed.
  public mutating func set(assignment: String, typedIn folder: String) throws(Problem) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw Problem(
        "--set \(assignment): there is no = in it",
        whatToDo: "Write --set key=value, for example --set search.rotation_extent=10.")
    }
    let key = String(assignment[..<equals]).trimmed
    try set(key, to: String(assignment[assignment.index(after: equals)...]))
    values[key] = values[key].map { Self.absolute($0, of: key, from: folder) }
  }

  /// The job as a run folder records it, to stand alone and to be repeated: paths absolute, the folder
  /// from which image paths start and the search extents that follow from the prior written out.
  public var asRun: Job {
    var job = self
    for (key, value) in values { job.values[key] = Self.absolute(value, of: key, from: folder) }
    if !isSet("input.project_dir") {
      job.values["input.project_dir"] = .text(FilePath.absolute(folder))
    }
    for key in Self.extentsByPrior.keys { job.values[key] = extentByPrior(key) ?? job.values[key] }
    return job
  }

  /// The search extents that follow a standard deviation of the prior while they are not set.
  static let extentsByPrior = [
    "search.rotation_extent": "prior.rotation_sd", "search.shift_extent": "prior.shift_sd",
  ]

  /// Three standard deviations, where the prior is on and the extent is not set; nil otherwise.
  public func extentByPrior(_ key: String) -> ParameterValue? {
    guard !isSet(key), self["prior.enabled"]?.bool == true, let spread = Self.extentsByPrior[key],
      let deviation = self[spread]?.double
    else { return nil }
    return .number(key == "search.rotation_extent" ? min(3 * deviation, 180) : 3 * deviation)
  }

  /// The path of an input, from the job's folder.
  public func resolved(_ path: String) -> String { FilePath.joined(folder, path) }

  private static func absolute(
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
