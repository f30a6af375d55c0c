import Glibc
import Ground
import Runs
import Synchronization
import Tools

/// Tells on standard error how a tool gets on: a bar that is redrawn in place on a terminal, nothing
/// elsewhere, so that standard output holds the result alone. With `FULCRUM_PROGRESS=lines`, as the
/// screens start tools, it tells it in lines. Takes calls from any thread.
final class ToolProgress: Sendable {
  private let isBar: Bool
  private let isLines: Bool
  private let state = Mutex(State())

  private struct State {
    var drawn = 0.0
    var hasBar = false
  }

  init() {
    func variable(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    let terminal = variable("TERM")
    isLines = variable(ProgressLine.variable) == ProgressLine.wanted
    isBar = !isLines && isatty(STDERR_FILENO) == 1 && !terminal.isEmpty && terminal != "dumb"
  }

  /// Tells that so much of a step is done; ten times a second at most.
  ///
  /// - Parameter fraction: from 0 to 1.
  func tell(_ step: String, _ fraction: Double) {
    guard isBar || isLines else { return }
    let now = MonotonicClock.now
    state.withLock { state in
      guard now - state.drawn >= 0.1 else { return }
      state.drawn = now
      let fraction = min(max(fraction, 0), 1)
      if isLines {
        let line = ProgressLine(step.plainLine, fraction).text + "\n"
        return OutputQueue.shared.writeProgress(Array(line.utf8), to: STDERR_FILENO)
      }
      state.hasBar = true
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
