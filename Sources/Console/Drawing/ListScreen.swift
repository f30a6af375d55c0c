import Surface
import Terminal

/// A screen that is a list of lines, in which the mouse does what it does in every list: the wheel moves, a click
/// selects a line or opens the selected one, and one on a heading sorts.
protocol ListScreen: Screen {
  /// Selects the line that is so many further down, up to the ends of the list.
  mutating func move(by step: Int)
  /// Selects a line, or opens it where it is selected.
  mutating func choose(row index: Int, _ surroundings: Surroundings) -> [Effect]
  /// Sorts by a column, or the other way round where it is sorted by it.
  mutating func sort(byColumn index: Int)
}

extension ListScreen {
  mutating func sort(byColumn index: Int) {}

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): move(by: -1)
    case (.wheelDown, _): move(by: 1)
    case (.press, .row(_, let index)): return choose(row: index, surroundings)
    case (.press, .column(_, let index)): sort(byColumn: index)
    default: break
    }
    return []
  }
}
