import Surface
import Terminal

/// Plays a key script against the clock.
struct Replay {
  private var steps: ArraySlice<KeyScript.Step>
  private var dueAt: Double?
  /// Why the script ended early; nil while it goes well.
  private(set) var failure: String?

  init(_ script: KeyScript) { steps = script.steps[...] }

  var isOver: Bool { steps.isEmpty || failure != nil }

  /// What the next step does.
  enum Action {
    case input(InputEvent)
    case capture(String)
    /// Nothing before the next look.
    case wait
  }

  /// The next action at a time (seconds), when the screen shows `grid`; nil when the script is over.
  mutating func next(at now: Double, showing grid: Grid) -> Action? {
    guard !isOver, let step = steps.first else { return nil }
    switch step {
    case .key(let key): return pass(.input(.key(key)))
    case .paste(let text): return pass(.input(.paste(text)))
    case .resize(let size):
      return pass(.input(.resize(columns: size.width, rows: size.height)))
    case .capture(let path): return pass(.capture(path))
    case .wait(let seconds):
      let due = dueAt ?? now + seconds
      dueAt = due
      return now >= due ? pass(.wait) : .wait
    case .until(let text, let seconds):
      if grid.text.contains(text) { return pass(.wait) }
      let due = dueAt ?? now + seconds
      dueAt = due
      if now >= due { failure = "\"\(text)\" did not appear within \(Numbers.short(seconds)) s" }
      return .wait
    }
  }

  private mutating func pass(_ action: Action) -> Action {
    steps = steps.dropFirst()
    dueAt = nil
    return action
  }
}
