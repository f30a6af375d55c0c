/// Moving around, which every screen does in its way.
enum Navigation: String, Sendable, Hashable, CaseIterable {
  case back
  case up, down, left, right
  case pageUp = "page-up"
  case pageDown = "page-down"
  case first, last
  case nextPane = "next-pane"
  case previousPane = "previous-pane"

  var command: Command { Command(rawValue: rawValue) }

  /// Whether it moves within a pane: nobody looks for that in the palette.
  var isWithinPane: Bool { ![.back, .nextPane, .previousPane].contains(self) }

  /// Lines that it goes in a list of which a page has so many; nil for what does not go up or down.
  func lines(page: Int = 10) -> Int? {
    switch self {
    case .up: -1
    case .down: 1
    case .pageUp: -page
    case .pageDown: page
    case .first: -.max / 2
    case .last: .max / 2
    case .left, .right, .back, .nextPane, .previousPane: nil
    }
  }

  /// Panes that it goes on; nil for what stays in its pane.
  var panes: Int? {
    switch self {
    case .nextPane: 1
    case .previousPane: -1
    default: nil
    }
  }
}
