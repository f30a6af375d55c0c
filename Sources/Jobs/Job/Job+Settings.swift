import CryoEM
import Ground
import Refinement

/// A job that passed validation: what the engine is to do, and with which files.
public struct ValidatedJob: Sendable {
  public internal(set) var settings = RefinementSettings()
  public internal(set) var inputs = JobInputs()
  /// Warnings about the parameters; none of them stops the work.
  public internal(set) var warnings: [JobFinding] = []
  /// Choices made for the user that are worth a line in the log.
  public internal(set) var notes: [String] = []
}

extension Job {
  /// The settings and inputs of the job, every default resolved.
  ///
  /// - Parameter data: what is known of the data; nil for defaults that the job alone tells.
  ///
  /// Throws `Problems`, all at once, where a value is missing or wrong or contradicts another.
  public func validated(
    on machine: Machine = .current, given data: DataFacts? = nil
  ) throws(Problems) -> ValidatedJob {
    let errors = findings(given: data).filter { $0.problem.severity == .error }.map(\.problem)
    guard errors.isEmpty else { throw Problems(errors) }
    return resolved(on: machine, given: data)
  }

  /// The settings and inputs of a job that may have errors: what can be said of it all the same, so
  /// that its files are looked at in the same go.
  func resolved(on machine: Machine, given data: DataFacts? = nil) -> ValidatedJob {
    var job = ValidatedJob()
    job.settings.threads = machine.cores
    job.settings.memoryLimit = machine.plannedMemory
    job.inputs.projectFolder = FilePath.absolute(folder)
    for parameter in Parameter.all {
      guard let value = value(of: parameter, given: data) else { continue }
      // A value out of bounds is told elsewhere; it must not stop what else can be said.
      guard parameter.type.accepts(value) else { continue }
      parameter.put(Self.absolute(value, of: parameter.key, from: folder), &job)
    }
    if job.settings.mask == .none { job.inputs.mask = nil }
    job.warnings = findings(given: data).filter { $0.problem.severity == .warning }
    job.notes = derivedNotes(given: data)
    return job
  }

  /// The settings of a job that may have errors, as far as they can be told.
  public func settings(given data: DataFacts? = nil) -> RefinementSettings {
    resolved(on: .current, given: data).settings
  }

  /// What was chosen for parameters that are not set, where it is not the usual value.
  private func derivedNotes(given data: DataFacts?) -> [String] {
    Parameter.all.compactMap { parameter in
      guard let derived = derived(parameter, given: data) else { return nil }
      if let condition = parameter.condition, self[condition.key] != condition.value { return nil }
      let unit = parameter.unit.isEmpty ? "" : " \(parameter.unit)"
      return "\(parameter.title): \(derived.value.text)\(unit), \(derived.reason)."
    }
  }
}
