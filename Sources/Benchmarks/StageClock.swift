import Glibc
import Refinement
import Synchronization

/// CPU seconds of the process by stage, from a refinement's events.
final class StageClock: Sendable {
  private let state = Mutex(State())

  private struct State {
    var stage: RefinementEvent.Stage?
    var since = cpuSeconds()
    var seconds: [RefinementEvent.Stage: Double] = [:]

    mutating func switchTo(_ next: RefinementEvent.Stage?) {
      let now = cpuSeconds()
      if let stage { seconds[stage, default: 0] += now - since }
      since = now
      stage = next
    }
  }

  func take(_ event: RefinementEvent) {
    switch event {
    case .stage(.reconstruction, iteration: 0): state.withLock { $0.switchTo(nil) }
    case .stage(.filtering, iteration: 0): break
    case .stage(let stage, _): state.withLock { $0.switchTo(stage) }
    default: break
    }
  }

  func finish() { state.withLock { $0.switchTo(nil) } }

  func seconds(_ stage: RefinementEvent.Stage) -> Double {
    state.withLock { $0.seconds[stage] ?? 0 }
  }
}

/// The most memory that the process has had, MB.
func peakMegabytes() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}
