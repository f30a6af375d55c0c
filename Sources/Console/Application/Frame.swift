import Surface
import Terminal

/// What is drawn, and what a click on it means.
public struct Frame: Sendable {
  public var grid: Grid
  /// How it looks where drawing goes on: as `base`, or on the ground of a pop-up.
  var look: Appearance
  let base: Appearance
  /// Where the selected line is: the hidden cursor stands there, so that screen readers find it.
  var focus: Point?
  /// Pixels of a cell where pictures are shown in pixels; nil where they are drawn with cells.
  var pictureCell: Size?
  /// The pictures over the grid.
  public private(set) var pictures: [Picture] = []
  /// Places that can be clicked or jumped to; a later one lies above an earlier one.
  public private(set) var targets: [(rect: Rect, target: Target)] = []

  /// What lies at a place.
  public enum Target: Sendable, Hashable {
    /// As if the command's key was pressed.
    case command(Command)
    /// As if the key was pressed.
    case key(Key)
    /// A line of a list or table of a pane.
    case row(pane: String, Int)
    /// A pane as a whole.
    case pane(String)
    /// The heading of a table's column.
    case column(pane: String, Int)
    /// An edge between panes that can be dragged.
    case splitter(Splitter)
    /// Nothing, but it covers what lies under it.
    case cover
  }

  init(size: Size, look: Appearance) {
    self.look = look
    base = look
    grid = look.grid(size)
  }

  /// Marks a rectangle as something to click.
  mutating func mark(_ rect: Rect, _ target: Target) {
    let visible = rect.intersection(grid.bounds)
    if !visible.isEmpty { targets.append((visible, target)) }
  }

  /// The topmost target at a place, with its rectangle.
  public func target(at point: Point) -> (rect: Rect, target: Target)? {
    targets.last { $0.rect.contains(point) }
  }

  /// Writes text in a role and returns the columns taken.
  @discardableResult
  mutating func write(
    _ text: String, x: Int, y: Int, _ role: Role = .text, width: Int? = nil,
    alignment: Alignment = .left
  ) -> Int {
    grid.write(text, x: x, y: y, style: look[role], width: width, alignment: alignment)
  }

  /// Draws a slice: in pixels where the terminal can, over cells that stay blank.
  mutating func draw(picture slice: ImageSlice, in rect: Rect) {
    guard let pictureCell, let picture = slice.picture(in: rect, cell: pictureCell, look) else {
      draw(slice, in: rect)
      return
    }
    if !slice.title.isEmpty, rect.height >= 4 {
      write(slice.title, x: rect.x, y: rect.y, .dim, width: rect.width, alignment: .centre)
    }
    pictures.append(picture)
  }

  /// Puts a picture in pixels over cells that stay blank.
  mutating func add(_ picture: Picture) { pictures.append(picture) }

  /// Draws a widget.
  mutating func draw(_ widget: some Widget, in rect: Rect) { grid.draw(widget, in: rect, look) }
}
