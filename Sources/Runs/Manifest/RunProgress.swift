import Refinement

/// How far the current stage is.
public struct RunProgress: Codable, Sendable, Equatable {
  public var stage: RefinementEvent.Stage
  public var iteration: Int
  /// Particles of the stage that are done, and all of them; steps where it has no particles.
  public var done: Int
  public var total: Int
  /// Share of the stage's work that is done, 0…1, where it is not that of the particles.
  public var share: Double?
  /// Particles per second since the stage began; 0 while unknown, or where it has none.
  public var perSecond: Double
  /// Seconds that the stage had taken when this was told, pauses left out; nil while unknown.
  public var elapsed: Double?

  public init(
    stage: RefinementEvent.Stage, iteration: Int, done: Int = 0, total: Int = 0,
    share: Double? = nil, perSecond: Double = 0, elapsed: Double? = nil
  ) {
    self.stage = stage
    self.iteration = iteration
    self.done = done
    self.total = total
    self.share = share
    self.perSecond = perSecond
    self.elapsed = elapsed
  }

  /// Share of the stage that is done, 0…1; nil while its size is unknown.
  public var fraction: Double? {
    if let share { return min(1, max(0, share)) }
    return total > 0 ? min(1, max(0, Double(done) / Double(total))) : nil
  }

  /// Seconds that the stage still takes at its pace; nil while unknown, and at its end.
  public var secondsLeft: Double? {
    guard let fraction, fraction > 0, fraction < 1 else { return nil }
    if let elapsed { return elapsed * (1 - fraction) / fraction }
    return perSecond > 0 ? Double(total - done) / perSecond : nil
  }
}

/// Turns a refinement's events into progress with a pace.
public struct ProgressMeter: Sendable {
  /// The stage under way; nil before the first.
  public private(set) var progress: RunProgress?
  private var stageStart = 0.0
  private var pausedSince: Double?

  public init() {}

  /// The refinement is held from `time` (seconds) on, or goes on: what passes between is not counted.
  public mutating func setPaused(_ isPaused: Bool, at time: Double) {
    if isPaused {
      pausedSince = pausedSince ?? time
    } else if let since = pausedSince {
      stageStart += time - max(since, stageStart)
      pausedSince = nil
    }
  }

  /// Takes an event that happened at `time` (seconds).
  public mutating func take(_ event: RefinementEvent, at time: Double) {
    switch event {
    case .stage(let stage, let iteration):
      progress = RunProgress(stage: stage, iteration: iteration)
      stageStart = time
    case .progress(let stage, let done, let total, let share):
      if progress?.stage != stage {
        progress = RunProgress(stage: stage, iteration: progress?.iteration ?? 0)
        stageStart = time
      }
      progress?.done = done
      progress?.total = total
      progress?.share = share
      let elapsed = max(0, (pausedSince ?? time) - stageStart)
      progress?.elapsed = elapsed
      progress?.perSecond = elapsed > 0 ? Double(done) / elapsed : 0
    case .artifacts, .iteration, .final, .rests, .warning, .log: break
    }
  }
}
