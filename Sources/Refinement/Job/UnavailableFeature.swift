import EMFiles

/// A feature that a job can ask for and that the engine does not have yet. Asking for it is refused
/// by name, never silently ignored.
public struct UnavailableFeature: Sendable {
  /// The parameter that asks for it.
  public let key: String
  /// The feature in words: "enforced symmetry".
  public let title: String
  /// Values of the parameter that do not ask for it.
  let harmless: [ParameterValue]

  init(_ key: String, _ title: String, unless harmless: ParameterValue...) {
    self.key = key
    self.title = title
    self.harmless = harmless
  }

  /// Whether the job asks for it. A default does not ask.
  public func isAskedFor(by job: Job) -> Bool {
    job.values[key].map(refuses) ?? false
  }

  /// Whether a value of the parameter asks for it.
  func refuses(_ value: ParameterValue) -> Bool { !harmless.contains(value) }

  /// The refusal of a job that asks for it.
  func finding(for job: Job) -> JobFinding {
    let value = job.values[key]?.text ?? ""
    let wayOut = harmless.first.map { "Set \(key) = \($0.toml), or leave it out." }
    return JobFinding(
      [key], "\(key) = \(value): \(title) is not available in this version",
      whatToDo: wayOut ?? "Leave \(key) out.")
  }

  /// The feature of a parameter; nil where it is available.
  public static func named(_ key: String) -> UnavailableFeature? {
    unavailableFeatures.first { $0.key == key }
  }
}

/// What the engine does not have yet. An entry goes when its feature lands.
public let unavailableFeatures: [UnavailableFeature] = [
  UnavailableFeature(
    "refinement.minimize_scale", "fitting a scale per particle", unless: .toggle(false)),
  UnavailableFeature("refinement.symmetry", "enforced symmetry", unless: .text("C1")),
  UnavailableFeature(
    "noise.model", "noise that depends on direction", unless: .text("symmetric"), .text("white")),
]
