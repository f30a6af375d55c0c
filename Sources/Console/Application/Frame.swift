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
  /// The plots that were drawn, with their places.
  private(set) var figures: [(figure: any VectorFigure, rect: Rect)] = []
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

  /// Draws a widget, and keeps it where it can be a figure.
  mutating func draw(_ widget: some Widget, in rect: Rect) {
    grid.draw(widget, in: rect, look)
    if let figure = widget as? any VectorFigure { figures.append((figure, rect)) }
  }

  /// Draws a widget whose figure says more.
  mutating func draw(_ widget: some Widget, as figure: some VectorFigure, in rect: Rect) {
    grid.draw(widget, in: rect, look)
    figures.append((figure, rect))
  }

  /// All plots as one figure, each where it stands; nil where there is none.
  var sheet: FigureSheet? {
    guard let first = figures.first else { return nil }
    let (left, top) = (
      figures.map(\.rect.x).min() ?? first.rect.x, figures.map(\.rect.y).min() ?? first.rect.y
    )
    let width = Double(max(1, (figures.map(\.rect.right).max() ?? 0) - left))
    let height = Double(max(1, (figures.map(\.rect.bottom).max() ?? 0) - top))
    return FigureSheet(
      figures.map { item in
        FigureSheet.Part(
          item.figure, x: Double(item.rect.x - left) / width, y: Double(item.rect.y - top) / height,
          width: Double(item.rect.width) / width, height: Double(item.rect.height) / height)
      })
  }
}
