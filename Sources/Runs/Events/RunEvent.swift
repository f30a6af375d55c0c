import Ground
import Refinement

/// One line of events.jsonl.
public struct RunEvent: Codable, Sendable, Equatable {
  /// Seconds since 1970.
  public var time: Double
  public var kind: Kind
  /// What a log shows.
  public var text: String
  /// The stage that began; nil for other kinds.
  public var stage: RefinementEvent.Stage?
  /// The iteration that it concerns; nil for none.
  public var iteration: Int?

  /// Kinds of events, with the level of a log.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    case started, resumed, stage, iteration, log, warning, error, control, ended
  }

  public init(
    _ kind: Kind, _ text: String, stage: RefinementEvent.Stage? = nil, iteration: Int? = nil,
    at time: Double = WallClock.now
  ) {
    self.time = time
    self.kind = kind
    self.text = text
    self.stage = stage
    self.iteration = iteration
  }

  /// What a region says that has come to its end before the others.
  static let restText = "Nothing improves any more: it rests while other regions go on"

  /// The line for an event of the engine; nil for progress, which goes into run.json.
  public init?(_ event: RefinementEvent, at time: Double) {
    switch event {
    case .stage(let stage, let iteration):
      self.init(.stage, stage.title, stage: stage, iteration: iteration, at: time)
    case .progress, .artifacts: return nil
    case .iteration(let metrics):
      self.init(.iteration, metrics.line, iteration: metrics.iteration, at: time)
    case .final(let metrics):
      self.init(.iteration, metrics.line, iteration: metrics.iteration, at: time)
    case .rests: self.init(.log, Self.restText, at: time)
    case .warning(let text): self.init(.warning, text, at: time)
    case .log(let text): self.init(.log, text, at: time)
    }
  }
}

extension IterationMetrics {
  /// The iteration in a line of text, as the log and the plain progress show it.
  public var line: String {
    let now = Format.resolution(fsc.resolution143)
    if iteration == 0 { return "Start: \(now) inside the mask" }
    let turned = Format.fixed(rotationFromStart.median, 2)
    let moved = Format.fixed(shiftFromStart.median, 2)
    let title = isFinal == true ? "Final maps" : "Iteration \(iteration)"
    return "\(title): \(now) inside the mask, change \(turned)° / \(moved) Å, "
      + "\(Format.percent(shareAtLimit)) at the limit"
  }
}
