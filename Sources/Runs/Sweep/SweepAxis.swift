import Ground
import Jobs

/// A parameter that a sweep varies, and the values that it takes.
public struct SweepAxis: Sendable, Hashable {
  /// The parameter's key, or that of a region's parameter.
  public let key: String
  /// The values as they were given, in their order.
  public let values: [String]

  /// Values given as a text, apart by commas, or by semicolons where a value holds commas itself.
  ///
  /// - Throws: a problem for an unknown key, and for one that no sweep can vary. What values are wrong is
  ///   told by the plan.
  public init(key: String, values text: String) throws(Problem) {
    guard let parameter = JobField(key)?.parameter else {
      throw Problem(
        "\(key): there is no such parameter",
        whatToDo: "Did you mean \(Parameter.nearestKey(to: key))?")
    }
    guard key != Parameter.output.folder.key else {
      throw Problem(
        "\(key): each run of a sweep gets a folder by itself", whatToDo: "Vary something else.")
    }
    let separator: Character =
      text.contains(";") ? ";" : parameter.type == .coordinates ? "\n" : ","
    let values = text.split(separator: separator, omittingEmptySubsequences: false)
      .map { String($0).trimmed }
    guard values.allSatisfy({ !$0.isEmpty }) else {
      throw Problem(
        "\(key) = \(text): a value is missing",
        whatToDo: "Give values with commas between them: \(key)=\(Self.example(of: parameter)).")
    }
    self.key = key
    self.values = values
  }

  /// An axis from `key=value,value`.
  ///
  /// - Throws: a problem as above, or where there is no equals sign.
  public init(assignment: String) throws(Problem) {
    guard let equals = assignment.firstIndex(of: "=") else {
      throw Problem(
        "\(assignment): there is no = in it",
        whatToDo: "Write key=value,value: \(Parameter.prior.rotationDeviation)=3,6,10.")
    }
    try self.init(
      key: String(assignment[..<equals]).trimmed,
      values: String(assignment[assignment.index(after: equals)...]))
  }

  private static func example(of parameter: Parameter) -> String {
    switch parameter.type {
    case .toggle: "true,false"
    case .choice(let words): words.prefix(2).joined(separator: ",")
    case .file(let endings), .files(let endings):
      "a.\(endings.first ?? "mrc"),b.\(endings.first ?? "mrc")"
    default: "3,6,10"
    }
  }
}

/// A value of a varied parameter, as a run keeps it.
public struct SweepValue: Codable, Sendable, Hashable {
  public var key: String
  public var value: String

  public init(key: String, value: String) {
    (self.key, self.value) = (key, value)
  }

  /// The value as a table shows it: of a path the file's name.
  public var shown: String {
    switch JobField(key)?.parameter.type {
    case .file, .files, .folder: FilePath.name(of: value)
    default: value
    }
  }

  /// The key without its table; of a region after the region's name.
  public var shortKey: String {
    let name = String(key.split(separator: ".").last ?? "")
    return JobField(key)?.region.map { "\($0).\(name)" } ?? name
  }
}
