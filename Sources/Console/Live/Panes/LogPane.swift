import Ground
import Report
import Runs
import Surface
import Terminal

/// The log: time, sign of the level, text; the newest line at the bottom.
struct LogPane: RunPane {
  static let words = PaneWords(title: "Log", short: "Log", label: "Log", contents: "the log")

  static let bindings: [Binding<RunScreen>] = [
    Binding(
      "log-level", ["v"], "Level", "Show all log lines, or warnings only",
      bar: RunScreen.place(22, in: .log), does: .effects { $0.panes.log.changeLevel() })
  ]

  /// Warnings and errors only.
  private(set) var onlyWarnings = false
  var pattern = ""
  /// Lines that the end of the view is before the last line; 0 follows the newest.
  private(set) var back = 0

  mutating func follow() { back = 0 }

  private mutating func changeLevel() -> [Effect] {
    onlyWarnings.toggle()
    return [.say(onlyWarnings ? "Log: warnings and errors" : "Log: everything")]
  }

  var searchPrompt: Effect {
    .popUp(
      TextPrompt(
        .searchLog, title: "Log lines that contain", text: pattern,
        hint: "Enter keeps, Esc goes back", isLive: true))
  }

  func obstacle(_ view: RunView) -> String? { nil }

  func note(_ view: RunView) -> String {
    if view.metrics == nil { return "" }
    if !pattern.isEmpty { return "\"\(pattern)\"" }
    return onlyWarnings ? "warnings" : back > 0 ? "not following" : ""
  }

  /// The events that pass.
  private func lines(_ view: RunView) -> [RunEvent] {
    let needle = pattern.lowercased()
    return (view.snapshot?.events ?? []).filter { event in
      if onlyWarnings, event.kind != .warning, event.kind != .error { return false }
      return needle.isEmpty || event.text.lowercased().contains(needle)
    }
  }

  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? {
    back = min(max(0, back - (way.lines() ?? 0)), max(0, lines(view).count - 1))
    return []
  }

  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    scroll(mouse, &view)
  }

  func table(_ view: RunView) -> [[String]]? {
    if view.metrics == nil { return nil }
    return [["time", "kind", "text"]]
      + lines(view).map { [Format.fixed($0.time, 3), $0.kind.rawValue, $0.text] }
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    let (rect, events) = (pane.inner, lines(view))
    if events.isEmpty {
      frame.write("Nothing here yet", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    // Lines are wrapped from the newest upwards until the pane is full.
    var rows: [(time: String, symbol: Symbol?, text: String, role: Role)] = []
    let timeWidth = rect.width >= 50 ? 9 : 0
    let room = max(8, rect.width - timeWidth - 3)
    for event in events.dropLast(back).reversed() {
      if rows.count >= rect.height { break }
      let (symbol, role) = Self.look(of: event, view)
      let clock = CalendarDate(event.time, offset: pane.timeZoneOffset).clock
      let number = event.kind == .stage ? event.iteration.map { ", iteration \($0)" } ?? "" : ""
      let lines = (event.text + number).wrapped(toColumns: room)
      for (index, line) in lines.enumerated().reversed() {
        rows.append((index == 0 ? clock : "", index == 0 ? symbol : nil, line, role))
      }
    }
    for (index, row) in rows.prefix(rect.height).reversed().enumerated() {
      let y = rect.y + index
      if timeWidth > 0 { frame.write(row.time, x: rect.x, y: y, .dim) }
      if let symbol = row.symbol {
        frame.write(frame.look[symbol], x: rect.x + timeWidth, y: y, row.role)
      }
      frame.write(row.text, x: rect.x + timeWidth + 2, y: y, row.role, width: room)
    }
    frame.scrollBar(rect, top: max(0, events.count - back - rect.height), total: events.count)
  }

  /// The sign and role of an event: no green for an iteration at a limit.
  private static func look(of event: RunEvent, _ view: RunView) -> (Symbol?, Role) {
    guard event.kind == .iteration, let number = event.iteration,
      let metrics = view.snapshot?.metrics(of: number),
      metrics.shareAtLimit > VerdictRule.suspiciousShare
    else { return event.kind.look }
    return (.warning, .warning)
  }
}

extension RunEvent.Kind {
  /// The sign and role of a kind of event in the log.
  var look: (Symbol?, Role) {
    switch self {
    case .warning: (.warning, .warning)
    case .error: (.failed, .bad)
    case .iteration: (.done, .good)
    case .control: (.arrowRight, .accent)
    case .ended: (.stopped, .accent)
    case .started, .resumed: (.running, .accent)
    case .stage: (nil, .dim)
    case .log: (nil, .text)
    }
  }
}
