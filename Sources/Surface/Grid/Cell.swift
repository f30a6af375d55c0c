/// What stands in one column of one row: a base character with its combining marks, and a style.
///
/// A character two columns wide fills two cells: its own, of width 2, and a continuation to the
/// right, of width 0 and without text.
public struct Cell: Sendable, Hashable {
  /// One base character and at most four combining marks, never a control character; at most 15
  /// UTF-8 bytes, so that it is stored in place.
  public internal(set) var text: String
  /// Columns that the text takes: 1, 2, or 0 for a continuation.
  public internal(set) var width: Int8
  public var style: Style

  init(text: String, width: Int8, style: Style) {
    self.text = text
    self.width = width
    self.style = style
  }

  /// An empty cell.
  public static func blank(_ style: Style = .plain) -> Cell {
    Cell(text: " ", width: 1, style: style)
  }

  /// The right half of a character two columns wide.
  static func continuation(_ style: Style) -> Cell { Cell(text: "", width: 0, style: style) }
}
