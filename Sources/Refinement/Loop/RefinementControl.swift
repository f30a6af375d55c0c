import Glibc
import Ground
import Ranks
import Synchronization

/// The reins of a running refinement, pulled from any thread.
public final class RefinementControl: Sendable {
  private let stop = Atomic(false)
  private let stopAfterIteration = Atomic(false)
  private let paused = Atomic(false)
  private let pauses = Mutex(Pauses())
  /// Changes the settings of a body, given its index.
  private let change = Mutex<(@Sendable (Int, RefinementSettings) -> RefinementSettings)?>(nil)

  /// Seconds that it was held, and since when it is.
  private struct Pauses {
    var seconds = 0.0
    var since: Double?
  }

  public init() {}

  /// Stops the refinement at the next opportunity: fractions of a second.
  public func requestStop() { stop.store(true, ordering: .relaxed) }
  /// Ends the refinement after the current iteration, with a final pass.
  public func requestStopAfterIteration() { stopAfterIteration.store(true, ordering: .relaxed) }
  /// Holds the refinement where it is until `resume()`.
  public func pause() {
    pauses.withLock { $0.since = $0.since ?? Self.now }
    paused.store(true, ordering: .relaxed)
  }
  /// Lets a paused refinement go on.
  public func resume() {
    pauses.withLock { pauses in
      if let since = pauses.since { pauses.seconds += Self.now - since }
      pauses.since = nil
    }
    paused.store(false, ordering: .relaxed)
  }

  /// Seconds for which it was held so far.
  var pausedSeconds: Double {
    pauses.withLock { $0.seconds + ($0.since.map { Self.now - $0 } ?? 0) }
  }

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }

  /// Changes the settings from the next iteration on. What images and references were packed with must
  /// stay: the settings of a changed job come through `takingOver`, in Jobs.
  public func changeSettings(
    _ change: @escaping @Sendable (RefinementSettings) -> RefinementSettings
  ) {
    changeSettings(ofRegions: { change($1) })
  }

  /// The same for several regions; `change` is given the index of each.
  public func changeSettings(
    ofRegions change: @escaping @Sendable (Int, RefinementSettings) -> RefinementSettings
  ) {
    self.change.withLock { waiting in
      guard let first = waiting else {
        waiting = change
        return
      }
      waiting = { change($0, first($0, $1)) }
    }
  }

  /// The change that waits, once.
  func takeSettingsChange() -> (@Sendable (Int, RefinementSettings) -> RefinementSettings)? {
    change.withLock { waiting in
      defer { waiting = nil }
      return waiting
    }
  }

  /// Whether a stop was asked for.
  public var isStopRequested: Bool { stop.load(ordering: .relaxed) }
  /// Whether the refinement is to end after the current iteration.
  public var isStopAfterIterationRequested: Bool { stopAfterIteration.load(ordering: .relaxed) }
  /// Whether the refinement is held.
  public var isPaused: Bool { paused.load(ordering: .relaxed) }

  /// Stops all ranks when one is stopped, and holds all as long as rank 0 is held.
  func follow(_ ranks: Communicator) {
    ranks.tell { [self] in RankSignals(isStopping: isStopRequested, isPaused: isPaused) }
    ranks.listen { [self] _, signals in
      if signals.isStopping { requestStop() }
      guard ranks.rank > 0 else { return }
      if signals.isPaused { pause() } else if isPaused { resume() }
    }
  }

  /// By which loops over chunks wait while the refinement is held.
  var gate: Gate { Gate { self.waitWhilePaused() } }

  /// Waits while the refinement is held; returns at once when a stop is asked for.
  func waitWhilePaused() {
    while isPaused && !isStopRequested { usleep(50_000) }
  }

  /// - Throws: `RefinementStopped` when a stop was asked for.
  func throwIfStopped() throws {
    waitWhilePaused()
    if isStopRequested { throw RefinementStopped() }
  }
}

/// The refinement was stopped by the user.
public struct RefinementStopped: Error, Sendable {
  public init() {}
}
