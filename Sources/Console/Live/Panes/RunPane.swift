import Surface
import Terminal

/// A panel of the live run and of results: its settings, how it is drawn, what leaves it, and what keys
/// and the mouse do in it. It sees of the screen what all panels share, the `RunView`, and nothing else.
protocol RunPane: Sendable {
  static var words: PaneWords { get }
  /// The commands of its own.
  static var bindings: [Binding<RunScreen>] { get }
  /// Whether it is most of what a frame sends: on a slow line it waits until it is looked at.
  static var isHeavy: Bool { get }
  /// Why there is nothing to show; nil where there is.
  func obstacle(_ view: RunView) -> String?
  /// What stands at the right of its top: its setting or its number.
  func note(_ view: RunView) -> String
  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame)
  /// Its numbers, the heading first; nil where it has none.
  func table(_ view: RunView) -> [[String]]?
  /// What is copied in place of its characters; nil for those.
  func copyText(_ view: RunView) -> String?
  /// What a key does that moves in it; nil where that is for the screen to say.
  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]?
  /// What the mouse does in it; nil where that is for the screen to say.
  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]?
  /// Why no particles can be chosen in it; nil where they can.
  func choiceObstacle(_ view: RunView) -> String?
  /// The plots in which particles are chosen, in the rectangle of its content.
  func choicePlots(_ view: RunView, in rect: Rect) -> [ChoicePlot]
}

/// What a panel is called: on its frame, in few columns, in the key bar; and what it shows, for the help.
struct PaneWords: Sendable, Hashable {
  var title: String
  var short: String
  var label: String
  var contents: String
}

/// Where a panel is drawn, and how things look there.
struct PaneRect: Sendable {
  /// Inside of its frame.
  var inner: Rect
  var isFocused = false
  var look: Appearance
  /// Seconds that local time is ahead of Greenwich.
  var timeZoneOffset = 0
}

extension RunPane {
  static var bindings: [Binding<RunScreen>] { [] }
  static var isHeavy: Bool { false }
  func obstacle(_ view: RunView) -> String? { view.metrics == nil ? "No iteration yet" : nil }
  func note(_ view: RunView) -> String { "" }
  func table(_ view: RunView) -> [[String]]? { nil }
  func copyText(_ view: RunView) -> String? { nil }
  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? { nil }
  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? { nil }
  func choiceObstacle(_ view: RunView) -> String? {
    "Tab goes to the pose changes or the orientations, in which particles are chosen"
  }
  func choicePlots(_ view: RunView, in rect: Rect) -> [ChoicePlot] { [] }

  /// The wheel as the keys up and down; nil for the rest of the mouse.
  mutating func scroll(_ mouse: MouseEvent, _ view: inout RunView) -> [Effect]? {
    switch mouse.kind {
    case .wheelUp: navigate(.up, &view)
    case .wheelDown: navigate(.down, &view)
    case .press, .drag, .release: nil
    }
  }
}
