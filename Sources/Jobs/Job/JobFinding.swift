import Ground

/// Something wrong, or worth knowing, about a job, with the parameters that it concerns.
public struct JobFinding: Sendable, Hashable {
  /// Keys of the parameters, the one to change first.
  public let keys: [String]
  /// What is wrong and what to do; a warning where the work can go on.
  public let problem: Problem

  /// What is wrong.
  public var what: String { problem.what }

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

/// What keeps a job from being started, all of it.
public struct JobProblems: Error, Sendable {
  /// In the order in which they were found; not empty.
  public let findings: [JobFinding]

  public init(_ findings: [JobFinding]) { self.findings = findings }

  /// The problems without the parameters.
  public var problems: Problems { Problems(findings.map(\.problem)) }
}
