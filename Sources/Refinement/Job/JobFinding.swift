import EMFiles

/// Something wrong, or worth knowing, about a job, with the parameters that it concerns.
public struct JobFinding: Sendable, Hashable {
  /// Keys of the parameters, the one to change first.
  public let keys: [String]
  /// What is wrong and what to do; a warning where the work can go on.
  public let problem: Problem

  public init(
    _ keys: [String], _ what: String, whatToDo: String, severity: Problem.Severity = .error
  ) {
    self.keys = keys
    self.problem = Problem(what, whatToDo: whatToDo, severity: severity)
  }

  public init(_ keys: [String], _ problem: Problem) {
    self.keys = keys
    self.problem = problem
  }
}
