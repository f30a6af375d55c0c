import Jobs
import Refinement

/// What a rule has found in the numbers of a run: how much it matters, a sentence, and what to do.
public struct Verdict: Codable, Sendable, Hashable {
  /// The rule, by its name in `VerdictRule.table`.
  public var rule: String
  public var severity: Severity
  /// What is the matter, without a full stop.
  public var sentence: String
  /// What to do about it.
  public var remedy: String
  /// Parameters with which the remedy is tried, as texts by their keys; empty where it is none of
  /// parameters.
  public var changes: [String: String]

  /// How much it matters. Nothing is green unless nothing is to be said.
  public enum Severity: String, Codable, Sendable, Comparable, CaseIterable {
    /// A look at the numbers is advised.
    case warning
    /// The result should not be used before it is understood.
    case bad

    public static func < (left: Severity, right: Severity) -> Bool {
      left == .warning && right == .bad
    }
  }

  public init(
    rule: String, severity: Severity, sentence: String, remedy: String,
    changes: [String: String] = [:]
  ) {
    self.rule = rule
    self.severity = severity
    self.sentence = sentence
    self.remedy = remedy
    self.changes = changes
  }
}

/// The numbers of a run that rules look at; what is not known yet is nil or empty.
public struct RunFacts: Sendable {
  /// Of all iterations, ascending.
  public var metrics: [IterationMetrics]
  public var job: Job?
  /// The outcome of a run that has ended.
  public var summary: RunSummary?

  public init(
    metrics: [IterationMetrics], job: Job? = nil, summary: RunSummary? = nil
  ) {
    self.metrics = metrics
    self.job = job
    self.summary = summary
  }

  /// The last iteration that has aligned anything.
  var last: IterationMetrics? { metrics.last.flatMap { $0.iteration > 0 ? $0 : nil } }

  /// What the rules object to, the worst first and else in the order of the table.
  public var verdicts: [Verdict] {
    let found = VerdictRule.table.compactMap { $0.verdict(on: self) }
    return found.filter { $0.severity == .bad } + found.filter { $0.severity == .warning }
  }
}

extension RunSummary {
  /// Whether nothing is to be said against the result.
  public var isClean: Bool { objections.isEmpty }

  /// What the rules object to; of runs of older versions, as far as the summary alone tells.
  public var objections: [Verdict] { verdicts ?? RunFacts(metrics: [], summary: self).verdicts }

  /// The outcome without what an objection tells better.
  public func outcome(besides objection: Verdict?) -> String {
    switch objection?.rule {
    case VerdictRule.atLimit:
      verdict.replacing(", " + Self.limitText(shareAtLimit), with: "", maxReplacements: 1)
    case VerdictRule.noFall:
      verdict.replacing("; \(objection?.sentence ?? "")", with: "", maxReplacements: 1)
    default: verdict
    }
  }

  /// The outcome in a line: the sentence, and the first objection that it does not hold itself.
  public var message: String {
    guard let first = objections.first(where: { $0.rule != VerdictRule.notConverged }) else {
      return verdict
    }
    return "\(outcome(besides: first)); \(first.sentence)"
  }
}
