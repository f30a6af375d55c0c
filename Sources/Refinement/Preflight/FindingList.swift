import EMFiles

/// Collects everything that a preflight finds, so that all of it is told at once.
struct FindingList {
  private(set) var errors: [Problem] = []
  private(set) var warnings: [Problem] = []
  private(set) var notes: [String] = []

  mutating func add(_ problem: Problem) {
    if problem.severity == .error { errors.append(problem) } else { warnings.append(problem) }
  }

  mutating func error(_ what: String, _ whatToDo: String) {
    add(Problem(what, whatToDo: whatToDo))
  }

  mutating func warning(_ what: String, _ whatToDo: String) {
    add(Problem(what, whatToDo: whatToDo, severity: .warning))
  }

  mutating func note(_ text: String) { notes.append(text) }

  /// The result of an action; its problems are collected, and nil returned.
  @discardableResult
  mutating func catching<Result>(_ action: () throws -> Result) -> Result? {
    do { return try action() } catch {
      switch error {
      case let problem as Problem: add(problem)
      case let problems as Problems: problems.all.forEach { add($0) }
      default: self.error("\(error)", "Look at the files named in the job.")
      }
      return nil
    }
  }
}
