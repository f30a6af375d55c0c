import Ground

/// Collects everything that a preflight finds, with the parameters that it concerns, so that all of it
/// is told at once.
struct FindingList {
  private(set) var errors: [JobFinding] = []
  private(set) var warnings: [JobFinding] = []
  private(set) var notes: [String] = []

  mutating func add(_ finding: JobFinding) {
    if finding.problem.severity == .error {
      errors.append(finding)
    } else {
      warnings.append(finding)
    }
  }

  mutating func error(_ keys: [String], _ what: String, _ whatToDo: String) {
    add(JobFinding(keys, what, whatToDo: whatToDo))
  }

  mutating func warning(_ keys: [String], _ what: String, _ whatToDo: String) {
    add(JobFinding(keys, what, whatToDo: whatToDo, severity: .warning))
  }

  mutating func note(_ text: String) { notes.append(text) }

  /// The result of an action; its problems are collected, and nil returned.
  ///
  /// - Parameter keys: of the parameters that the action is about.
  @discardableResult
  mutating func catching<Result>(_ keys: [String], _ action: () throws -> Result) -> Result? {
    do { return try action() } catch {
      switch error {
      case let problem as Problem: add(JobFinding(keys, problem))
      case let problems as Problems: problems.all.forEach { add(JobFinding(keys, $0)) }
      default: self.error(keys, "\(error)", "Look at the files named in the job.")
      }
      return nil
    }
  }
}
