import Ground
import Refinement

/// The one declaration of a parameter, which drives the form, the job file, the command line,
/// validation, help and the record of a run.
///
/// To add a parameter: declare it in the group of its table under Parameters/, and name there the
/// field of `RefinementSettings` or `JobInputs` in which the refinement finds it.
public struct Parameter: Sendable, Identifiable {
  /// Table and name in a job file: `search.rotation_extent`.
  public let key: String
  /// The name on the form.
  public let title: String
  /// The unit of the value; empty where there is none.
  public let unit: String
  /// What values it takes.
  public let type: ParameterType
  /// The value where none is set; nil where there is none, see `whenUnset`.
  public let defaultValue: ParameterValue?
  /// In words, what happens where nothing is set and there is no default: "automatic (FSC 0.143)".
  public let whenUnset: String
  /// How the default follows from other parameters or the data; nil where it is always the same.
  public let derivation: Derivation?
  /// The part of the form.
  public let section: Section
  /// Whether it is shown to those who ask for more only.
  public let isAdvanced: Bool
  /// What it does, when to change it, what goes wrong.
  public let help: String
  /// The same knob in cryoSPARC, RELION and cisTEM; nil where there is none.
  public let cryosparcName: String?
  public let relionName: String?
  public let cistemName: String?
  /// Whether a running refinement takes a new value with its next iteration.
  public let changesWhileRunning: Bool
  let makeCondition: (@Sendable () -> Condition)?
  /// Puts a value into its field; other kinds of values are left out.
  let put: @Sendable (ParameterValue, inout ValidatedJob) -> Void
  /// Copies its field from other settings; nil where it has none.
  let copy: (@Sendable (RefinementSettings, inout RefinementSettings) -> Void)?

  /// The setting without which this one has no effect.
  public var condition: Condition? { makeCondition?() }

  public var id: String { key }

  /// The parts of the form, in their order.
  public enum Section: String, Sendable, CaseIterable {
    case input = "Input"
    case search = "Search"
    case prior = "Prior"
    case fulcrum = "Fulcrum"
    case refinement = "Refinement"
    case nonuniform = "Non-uniform"
    case mask = "Mask"
    case image = "Image & CTF"
    case output = "Compute & Output"

    /// The name on the form.
    public var title: String { rawValue }
  }

  /// Another parameter's value on which a parameter's effect depends.
  public struct Condition: Sendable, Hashable {
    public let key: String
    public let value: ParameterValue
  }

  /// How a default follows from other parameters or from the data.
  public struct Derivation: Sendable {
    /// In words, for job files and help.
    public let words: String
    let value: @Sendable (Job, DataFacts?) -> DerivedValue?
  }

  public static let input: InputParameters = .init()
  public static let search: SearchParameters = .init()
  public static let prior: PriorParameters = .init()
  public static let fulcrum: FulcrumParameters = .init()
  public static let refinement: RefinementParameters = .init()
  public static let nonuniform: NonuniformParameters = .init()
  public static let mask: MaskParameters = .init()
  public static let image: ImageParameters = .init()
  public static let noise: NoiseParameters = .init()
  public static let ctf: CTFParameters = .init()
  public static let reconstruction: ReconstructionParameters = .init()
  public static let compute: ComputeParameters = .init()
  public static let output: OutputParameters = .init()

  /// Every parameter, in the order of the form.
  public static let all: [Parameter] = {
    let groups: [any ParameterGroup] = [
      input, search, prior, fulcrum, refinement, nonuniform, mask, image, noise, ctf,
      reconstruction, compute, output,
    ]
    return groups.flatMap(\.parameters)
  }()

  private static let byKey = Dictionary(all.map { ($0.key, $0) }, uniquingKeysWith: { $1 })

  /// The parameter of a key; nil where there is none.
  public static func named(_ key: String) -> Parameter? { byKey[key] }

  /// The known key that is spelled most like `key`.
  public static func nearestKey(to key: String) -> String {
    nearestName(to: key, among: all.map(\.key)) ?? key
  }

  /// Whether it must be set for a refinement to start.
  public var isRequired: Bool { defaultValue == nil && whenUnset.isEmpty }

  /// The names of the same knob in other programs, as shown: "cryoSPARC: …".
  public var namesElsewhere: [(program: String, name: String)] {
    [("cryoSPARC", cryosparcName), ("RELION", relionName), ("cisTEM", cistemName)]
      .compactMap { program, name in name.map { (program, $0) } }
  }

  /// The title with its unit, as the comment in a job file.
  var titleWithUnit: String { title + (unit.isEmpty ? "" : ", \(unit)") }

  /// The default in words, for the form and for comments in a job file.
  public var defaultText: String { defaultValue?.text ?? (isRequired ? "required" : whenUnset) }

  /// The words that unset a parameter which has no default value.
  private static let unsetWords: Set<String> = ["", "none", "auto", "automatic", "default"]

  /// The value that a typed text stands for; nil where the text asks for the default.
  ///
  /// Throws a `Problem` that names the key, the value, the rule and the way out where the text is not
  /// of the parameter's type or out of its bounds.
  public func parsed(_ text: String) throws(Problem) -> ParameterValue? {
    let trimmed = text.trimmed
    if trimmed.isEmpty { return nil }
    if defaultValue == nil, Self.unsetWords.contains(trimmed.lowercased()) { return nil }
    guard let value = type.parsed(trimmed, unit: unit) else { throw problem(withText: trimmed) }
    if let problem = problem(with: value) { throw problem }
    return value
  }

  /// What is wrong with a value: not of the type, or out of bounds; nil for a good one.
  public func problem(with value: ParameterValue) -> Problem? {
    type.accepts(value) ? nil : problem(withText: value.text)
  }

  func problem(withText text: String) -> Problem {
    let ofUnit = unit.isEmpty ? "" : " (\(unit))"
    let asDefault = defaultText == "required" ? "" : "; without it: \(defaultText)"
    return Problem(
      "\(key) = \(text.isEmpty ? "\"\"" : text): it takes \(type.expectation)\(ofUnit)",
      whatToDo: "Set \(key) to \(type.expectation)\(ofUnit)\(asDefault).")
  }
}
