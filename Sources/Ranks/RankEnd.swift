import Ground

/// Why the ranks do not go on together.
public enum RankEnd: Error, Sendable, Hashable {
  /// One was asked to stop.
  case stopped
  /// One has failed, or is gone.
  case failed(Problem)

  /// What counts of several: the first failure.
  static func first(of ends: [RankEnd]) -> RankEnd? {
    ends.first { if case .failed = $0 { true } else { false } } ?? ends.first
  }
}

/// What rank 0 and another tell each other between meetings.
public struct RankSignals: Sendable, Hashable {
  /// Whether the work is to end as soon as it can.
  public var isStopping = false
  /// Whether it is held.
  public var isPaused = false

  public init(isStopping: Bool = false, isPaused: Bool = false) {
    self.isStopping = isStopping
    self.isPaused = isPaused
  }
}
