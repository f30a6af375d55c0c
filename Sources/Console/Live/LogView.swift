import Runs

/// Which lines of the log are shown.
struct LogView: Sendable, Hashable {
  /// Warnings and errors only.
  var onlyWarnings = false
  var pattern = ""
  /// Lines that the end of the view is before the last line; 0 follows the newest.
  var back = 0

  mutating func follow() { back = 0 }

  mutating func navigate(_ way: Navigation, count: Int) {
    back = min(max(0, back - (way.lines() ?? 0)), max(0, count - 1))
  }

  /// The events that pass.
  func lines(of events: [RunEvent]) -> [RunEvent] {
    let needle = pattern.lowercased()
    return events.filter { event in
      if onlyWarnings, event.kind != .warning, event.kind != .error { return false }
      return needle.isEmpty || event.text.lowercased().contains(needle)
    }
  }
}

extension RunScreen {
  /// The lines of the log that pass its filter.
  var logLines: [RunEvent] { log.lines(of: snapshot?.events ?? []) }
}
