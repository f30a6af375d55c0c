import Glibc
import Ground
import Refinement
import Runs
import Surface
import Synchronization

/// Tells on standard output how a refinement gets on: a bar that is redrawn in place on a terminal,
/// plain lines elsewhere. Takes events from any thread, and never waits for whoever reads.
final class ProgressPrinter: Sendable {
  private let isBar: Bool
  private let output: OutputQueue
  private let state = Mutex(State())

  private struct State {
    var meter = ProgressMeter()
    var drawn = 0.0
    var hasBar = false
    var nextShare = 0.25
    var lastLine = 0.0
  }

  init(to output: OutputQueue = .shared) {
    self.output = output
    let terminal = getenv("TERM").map { String(cString: $0) } ?? ""
    isBar = isatty(STDOUT_FILENO) == 1 && !terminal.isEmpty && terminal != "dumb"
  }

  func take(_ event: RefinementEvent) {
    let now = MonotonicClock.now
    state.withLock { state in
      state.meter.take(event, at: now)
      switch event {
      case .stage(let stage, let iteration):
        state.nextShare = 0.25
        state.lastLine = now
        if isBar {
          draw(&state, at: now)
        } else {
          line("\(Self.place(iteration)) \(stage.title)", &state)
        }
      case .progress:
        if isBar {
          // At most ten frames a second, and the last one of a stage.
          if now - state.drawn >= 0.1 || state.meter.progress?.fraction == 1 {
            draw(&state, at: now)
          }
        } else {
          plainProgress(&state, at: now)
        }
      // One region has nobody to rest beside; of several the run tells in a line of its own.
      case .artifacts, .rests: break
      case .iteration(let metrics), .final(let metrics): line(metrics.line, &state)
      case .warning(let text): line("warning: \(text)", &state)
      case .log(let text): line(text, &state)
      }
    }
  }

  /// Prints a line above the bar.
  func line(_ text: String) { state.withLock { line(text, &$0) } }

  /// Takes the bar away.
  func finish() {
    state.withLock { state in
      if state.hasBar { output.writeProgress(Array("\r\u{1B}[K".utf8), to: STDOUT_FILENO) }
      state.hasBar = false
    }
  }

  private func line(_ text: String, _ state: inout State) {
    let clear = state.hasBar ? "\r\u{1B}[K" : ""
    output.writeProgress(Array((clear + text.plainLine + "\n").utf8), to: STDOUT_FILENO)
  }

  /// A line at each quarter of a stage that takes long.
  private func plainProgress(_ state: inout State, at now: Double) {
    guard let progress = state.meter.progress, let fraction = progress.fraction, fraction < 1,
      fraction >= state.nextShare, now - state.lastLine >= 10
    else { return }
    while state.nextShare <= fraction { state.nextShare += 0.25 }
    state.lastLine = now
    line("\(Self.place(progress.iteration)) \(Self.description(of: progress))", &state)
  }

  private func draw(_ state: inout State, at now: Double) {
    guard let progress = state.meter.progress else { return }
    state.drawn = now
    state.hasBar = true
    let text = Self.bar(progress, width: Self.terminalWidth - 1)
    output.show(Array("\r\(text)\u{1B}[K".utf8), on: STDOUT_FILENO)
  }

  /// The bar in one line of at most `width` characters.
  static func bar(_ progress: RunProgress, width: Int) -> String {
    let text = "\(place(progress.iteration)) \(description(of: progress))"
    let room = width - text.count - 3
    guard room >= 10, let fraction = progress.fraction else { return String(text.prefix(width)) }
    let length = min(room, 20)
    let full = Int(fraction * Double(length))
    let bar = String(repeating: "#", count: full) + String(repeating: "-", count: length - full)
    return "[\(bar)] \(text)"
  }

  private static func description(of progress: RunProgress) -> String {
    var text = progress.stage.title
    if let fraction = progress.fraction { text += " \(Int(fraction * 100))%" }
    if progress.perSecond > 0 {
      text += ", \(Format.fixed(progress.perSecond, progress.perSecond < 10 ? 1 : 0))/s"
    }
    if let left = progress.secondsLeft { text += ", \(Format.duration(left)) left" }
    return text
  }

  private static func place(_ iteration: Int) -> String {
    iteration == 0 ? "Preparation:" : "Iteration \(iteration):"
  }

  private static var terminalWidth: Int {
    var size = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
