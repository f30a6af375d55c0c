import Synchronization

/// Tells how far a stage is whose parts cost unlike amounts, so that the time that is left can be
/// told from the time that it took so far.
///
/// Costs are in any unit that the parts share. What counts is the time on the clock: a part that runs
/// on all threads costs a fraction of what it costs on one.
final class StageProgress: Sendable {
  private let stage: RefinementEvent.Stage
  private let particles: Int
  private let costs: [Double]
  private let events: @Sendable (RefinementEvent) -> Void
  /// Share of each part that is done, and particles that are done.
  private let state: Mutex<(shares: [Double], done: Int)>

  /// - Parameters:
  ///   - particles: that the stage goes through; 0 where it is about maps.
  ///   - costs: of the parts.
  init(
    _ stage: RefinementEvent.Stage, particles: Int = 0, costs: [Double],
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) {
    self.stage = stage
    self.particles = particles
    self.costs = costs
    self.events = events
    state = Mutex((costs.map { _ in 0 }, 0))
  }

  /// Says that a share (0…1) of a part is done; shares come in any order and never fall.
  ///
  /// - Parameter done: particles that are done, where the part is the one that people count.
  func tell(_ share: Double, of part: Int, done: Int? = nil) {
    let (total, particlesDone) = state.withLock { state in
      state.shares[part] = max(state.shares[part], min(share, 1))
      if let done { state.done = max(state.done, done) }
      let sum = zip(state.shares, costs).reduce(0) { $0 + $1.0 * $1.1 }
      return (sum / max(costs.reduce(0, +), 1e-300), state.done)
    }
    events(.progress(stage, done: particlesDone, total: particles, share: total))
  }
}
