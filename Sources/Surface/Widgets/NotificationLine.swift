/// One line that says what just happened.
public struct NotificationLine: Widget, Hashable {
  /// How much it matters.
  public enum Kind: Sendable, Hashable, CaseIterable { case information, good, warning, bad }

  public var kind: Kind
  public var text: String

  public init(_ kind: Kind, _ text: String) {
    self.kind = kind
    self.text = text
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let (role, symbol): (Role, Symbol)
    switch kind {
    case .information: (role, symbol) = (.accent, .information)
    case .good: (role, symbol) = (.good, .done)
    case .warning: (role, symbol) = (.warning, .warning)
    case .bad: (role, symbol) = (.bad, .failed)
    }
    let style = appearance[role]
    grid.write(
      [Span(appearance[symbol] + " ", style.adding(.bold)), Span(text, style)], x: rect.x,
      y: rect.y, width: rect.width)
  }
}
