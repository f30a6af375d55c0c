/// A grid of cells that drawing goes into: what a screen shows.
///
/// Total: every function works at every size and every position, what lies outside `clip` is left
/// out, and nothing traps. Text is made safe on its way in (see `Glyph.glyphs(of:level:)`).
///
/// ```swift
/// var grid = Grid(size: Size(width: 80, height: 24), glyphs: .unicode)
/// grid.write("3.21 Å", x: 2, y: 1, style: appearance[.accent])
/// ```
public struct Grid: Sendable, Hashable {
  public let size: Size
  /// Which characters may appear; text is brought to this level as it is written.
  public let glyphs: GlyphLevel
  /// Where drawing has an effect; the whole grid outside of `clipped(to:_:)`.
  public private(set) var clip: Rect
  /// Row-major, `size.width * size.height` of them.
  public private(set) var cells: [Cell]
  /// Where the terminal's cursor should stand, for text fields and screen readers.
  public var cursor: Point?

  public init(size: Size, glyphs: GlyphLevel = .unicode, style: Style = .plain) {
    self.size = size
    self.glyphs = glyphs
    self.clip = Rect(size)
    self.cells = Array(repeating: .blank(style), count: size.width * size.height)
  }

  /// The whole grid.
  public var bounds: Rect { Rect(size) }

  /// The cell at a position, or a blank one outside the grid.
  public subscript(x: Int, y: Int) -> Cell {
    guard bounds.contains(Point(x: x, y: y)) else { return .blank() }
    return cells[y * size.width + x]
  }

  /// Draws with everything outside `rect` left out; clips nest.
  public mutating func clipped<Result>(
    to rect: Rect, _ draw: (inout Grid) throws -> Result
  ) rethrows -> Result {
    let outer = clip
    clip = outer.intersection(rect)
    defer { clip = outer }
    return try draw(&self)
  }

  /// Puts one character; a control character or one without a width becomes the replacement.
  public mutating func put(_ scalar: Unicode.Scalar, x: Int, y: Int, style: Style) {
    // Plots and boxes draw millions of these: the usual ones skip the tables.
    if scalar.value >= 0x20 && scalar.value < 0x7F {
      place(Cell(text: String(Character(scalar)), width: 1, style: style), x: x, y: y)
      return
    }
    var x = x
    for glyph in Glyph.glyphs(of: String(Character(scalar)), level: glyphs) {
      place(Cell(text: glyph.text, width: Int8(glyph.width), style: style), x: x, y: y)
      x += glyph.width
    }
  }

  /// Fills a rectangle with one character.
  public mutating func fill(_ rect: Rect, with scalar: Unicode.Scalar = " ", style: Style) {
    let rect = rect.intersection(clip)
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right { put(scalar, x: x, y: y, style: style) }
    }
  }

  /// Changes the styles of a rectangle and leaves its text.
  public mutating func restyle(_ rect: Rect, _ change: (Style) -> Style) {
    let rect = rect.intersection(clip)
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right {
        let index = y * size.width + x
        let style = change(cells[index].style)
        cells[index].style = style
        // Both halves of a wide character keep one style, also when the rectangle cuts it.
        if x == rect.x && x > 0 && cells[index].width == 0 { cells[index - 1].style = style }
        if x == rect.right - 1 && cells[index].width == 2 && x + 1 < size.width {
          cells[index + 1].style = style
        }
      }
    }
  }

  /// Copies a grid with its corner at a position.
  public mutating func draw(_ other: Grid, at origin: Point) {
    for y in 0..<other.size.height {
      for x in 0..<other.size.width where other[x, y].width > 0 {
        place(other[x, y], x: origin.x + x, y: origin.y + y)
      }
    }
  }

  /// Stores a cell inside the clip, and mends wide characters that it cuts in two.
  mutating func place(_ cell: Cell, x: Int, y: Int) {
    guard cell.width > 0, clip.contains(Point(x: x, y: y)) else { return }
    if cell.width == 2 && x + 1 >= clip.right {
      place(.blank(cell.style), x: x, y: y)
      return
    }
    let index = y * size.width + x
    clearWide(index, x: x)
    if cell.width == 2 { clearWide(index + 1, x: x + 1) }
    cells[index] = cell
    if cell.width == 2 { cells[index + 1] = .continuation(cell.style) }
  }

  private mutating func clearWide(_ index: Int, x: Int) {
    if cells[index].width == 0 && x > 0 {
      cells[index - 1] = .blank(cells[index - 1].style)
    } else if cells[index].width == 2 && x + 1 < size.width {
      cells[index + 1] = .blank(cells[index + 1].style)
    }
  }

  /// Stores cells as they are, for `apply(_:)` only.
  mutating func replace(_ cells: [Cell], x: Int, y: Int) {
    for (offset, cell) in cells.enumerated()
    where bounds.contains(Point(x: x + offset, y: y)) {
      self.cells[y * size.width + x + offset] = cell
    }
  }
}
