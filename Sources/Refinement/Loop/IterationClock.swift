import Glibc

/// Wall-clock seconds of an iteration's stages, and the CPU seconds of the process.
struct IterationClock: Sendable {
  private(set) var seconds: [String: Double] = [:]
  private var current: (stage: RefinementEvent.Stage, since: Double)?
  private let cpuStart = IterationClock.now(CLOCK_PROCESS_CPUTIME_ID)

  /// CPU seconds of the process since the clock was made.
  var cpuSeconds: Double { Self.now(CLOCK_PROCESS_CPUTIME_ID) - cpuStart }

  /// Ends the current stage and begins another.
  mutating func begin(_ stage: RefinementEvent.Stage) {
    end()
    current = (stage, Self.now(CLOCK_MONOTONIC))
  }

  /// Ends the current stage.
  mutating func end() {
    guard let (stage, since) = current else { return }
    seconds[stage.rawValue, default: 0] += Self.now(CLOCK_MONOTONIC) - since
    current = nil
  }

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
