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
  /// Draws over the frame.
  func draw(over frame: inout Frame, _ surroundings: Surroundings)
}

extension PopUp {
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] { [] }
  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] { [] }
}
