import Surface
import Terminal

/// Something in front of a screen that takes all keys until it is closed.
protocol PopUp: Sendable {
  /// Its name, for the one-line status of tiny terminals.
  var title: String { get }
  /// What a key, the mouse wheel or pasted text does. Escape has to close it.
  mutating func take(_ input: InputEvent, _ surroundings: inout Surroundings) -> [Effect]
  /// The mouse on something that it marked.
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect]
  /// News from outside.
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect]
  /// The keys that count while it is open, for the bar at the bottom.
  var keys: [EntryKey] { get }
  /// Draws over the frame.
  func draw(over frame: inout Frame, _ surroundings: Surroundings)
}

/// A key that means something while text is typed or a pop-up is open, whatever the key map says.
struct EntryKey: Sendable, Hashable {
  var key: Key
  var label: String

  init(_ key: Key, _ label: String) {
    self.key = key
    self.label = label
  }

  /// The keys of a field that is being filled in.
  static let field = field("Keep")

  /// The same where Enter does something else than keep the text.
  static func field(_ action: String) -> [EntryKey] {
    [EntryKey(.enter, action), EntryKey(.escape, "Go back"), EntryKey(.control("u"), "Clear")]
  }
}

extension PopUp {
  var keys: [EntryKey] { [EntryKey(.escape, "Close")] }
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] { [] }
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] { [] }

  /// The wheel as the keys up and down, for what scrolls.
  mutating func scroll(
    with mouse: MouseEvent, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch mouse.kind {
    case .wheelUp: take(.key(.up), &surroundings)
    case .wheelDown: take(.key(.down), &surroundings)
    case .press, .drag, .release: []
    }
  }
}
