import Refinement

/// How far the current stage is.
public struct RunProgress: Codable, Sendable, Equatable {
  public var stage: RefinementEvent.Stage
  public var iteration: Int
  /// Units of the stage, particles for most.
  public var done: Int
  public var total: Int
  /// Units per second since the stage began; 0 while unknown.
  public var perSecond: Double

  public init(
    stage: RefinementEvent.Stage, iteration: Int, done: Int = 0, total: Int = 0,
    perSecond: Double = 0
  ) {
    self.stage = stage
    self.iteration = iteration
    self.done = done
    self.total = total
    self.perSecond = perSecond
  }

  /// Share of the stage that is done, 0…1; nil while its size is unknown.
  public var fraction: Double? {
    total > 0 ? min(1, max(0, Double(done) / Double(total))) : nil
  }

  /// Seconds that the stage still takes at its pace; nil while unknown.
  public var secondsLeft: Double? {
    guard perSecond > 0, total > done else { return nil }
    return Double(total - done) / perSecond
  }
}

/// Turns a refinement's events into progress with a pace.
public struct ProgressMeter: Sendable {
  /// The stage under way; nil before the first.
  public private(set) var progress: RunProgress?
  private var stageStart = 0.0

  public init() {}

  /// Takes an event that happened at `time` (seconds).
  public mutating func take(_ event: RefinementEvent, at time: Double) {
    switch event {
    case .stage(let stage, let iteration):
      progress = RunProgress(stage: stage, iteration: iteration)
      stageStart = time
    case .progress(let stage, let done, let total):
      if progress?.stage != stage {
        progress = RunProgress(stage: stage, iteration: progress?.iteration ?? 0)
        stageStart = time
      }
      progress?.done = done
      progress?.total = total
      let elapsed = time - stageStart
      progress?.perSecond = elapsed > 0 ? Double(done) / elapsed : 0
    case .artifacts, .iteration, .warning, .log: break
    }
  }
}
