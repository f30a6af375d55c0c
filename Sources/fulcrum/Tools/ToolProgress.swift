import Glibc
import Ground
import Runs
import Synchronization

/// Tells on standard error how a tool gets on: a bar that is redrawn in place on a terminal, nothing
/// elsewhere, so that standard output holds the result alone. Takes calls from any thread.
final class ToolProgress: Sendable {
  private let isBar: Bool
  private let state = Mutex(State())

  private struct State {
    var drawn = 0.0
    var hasBar = false
  }

  init() {
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    isBar = isatty(STDERR_FILENO) == 1 && !terminal.isEmpty && terminal != "dumb"
  }

  /// Tells that so much of a step is done; ten times a second at most.
  ///
  /// - Parameter fraction: from 0 to 1.
  func tell(_ step: String, _ fraction: Double) {
    guard isBar else { return }
    let now = MonotonicClock.now
    state.withLock { state in
      guard now - state.drawn >= 0.1 else { return }
      state.drawn = now
      state.hasBar = true
      let fraction = min(max(fraction, 0), 1)
      let full = Int(fraction * 20)
      let bar = String(repeating: "#", count: full) + String(repeating: "-", count: 20 - full)
      let text = "[\(bar)] \(step) \(Int(fraction * 100))%"
      OutputQueue.shared.show(
        Array("\r\(text.plainLine.prefix(79))\u{1B}[K".utf8), on: STDERR_FILENO)
    }
  }

  /// Takes the bar away.
  func finish() {
    state.withLock { state in
      if state.hasBar {
        OutputQueue.shared.writeProgress(Array("\r\u{1B}[K".utf8), to: STDERR_FILENO)
      }
      state.hasBar = false
    }
  }
}
