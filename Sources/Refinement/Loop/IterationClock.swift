import Glibc

/// Wall-clock seconds of an iteration's stages, without those for which it was held, and the CPU seconds of the process.
struct IterationClock: Sendable {
  /// What an iteration has taken so far, by the stage's name.
  struct Spent: Sendable, Codable {
    var seconds: [String: Double] = [:]
    var cpuSeconds = 0.0
  }

  private(set) var seconds: [String: Double]
  /// CPU seconds that other ranks have spent meanwhile.
  var others = 0.0
  private var current: (stage: RefinementEvent.Stage, since: Double)?
  private let cpuStart: Double
  private let control: RefinementControl?

  /// A clock that goes on from what was spent before; pauses of `control` are not counted.
  init(after spent: Spent = Spent(), control: RefinementControl? = nil) {
    self.control = control
    seconds = spent.seconds
    cpuStart = Self.now(CLOCK_PROCESS_CPUTIME_ID) - spent.cpuSeconds
  }

  /// CPU seconds of the process since the clock was made.
  var cpuSeconds: Double { Self.now(CLOCK_PROCESS_CPUTIME_ID) - cpuStart + others }

  /// What was spent until now.
  var spent: Spent { Spent(seconds: seconds, cpuSeconds: cpuSeconds) }

  /// Ends the current stage and begins another.
  mutating func begin(_ stage: RefinementEvent.Stage) {
    end()
    current = (stage, active)
  }

  /// Ends the current stage.
  mutating func end() {
    guard let (stage, since) = current else { return }
    seconds[stage.rawValue, default: 0] += active - since
    current = nil
  }

  /// Seconds on the clock, pauses left out.
  private var active: Double { Self.now(CLOCK_MONOTONIC) - (control?.pausedSeconds ?? 0) }

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
