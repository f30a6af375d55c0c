/// All that decides how the same content looks on different terminals: theme, colours, characters,
/// plot markers. Every widget and plot takes one.
public struct Appearance: Sendable, Hashable {
  public var palette: Palette
  public var glyphs: GlyphLevel
  /// What plots draw with; brought down to what the glyph level has.
  public var marker: Marker

  public init(
    theme: Theme = .builtIn, colours: ColourLevel = .truecolor, glyphs: GlyphLevel = .unicode,
    marker: Marker? = nil
  ) {
    self.palette = theme.palette(at: colours)
    self.glyphs = glyphs
    let wanted = marker ?? .preferred(at: glyphs)
    self.marker = wanted.isAvailable(at: glyphs) ? wanted : .preferred(at: glyphs)
  }

  public var colours: ColourLevel { palette.level }
  public subscript(role: Role) -> Style { palette[role] }
  public func style(_ role: Role, on ground: Role) -> Style {
    palette.style(role, on: ground)
  }

  /// The appearance for drawing on another role's ground, as in a pop-up.
  public func grounded(on role: Role) -> Appearance {
    var result = self
    result.palette = palette.grounded(on: role)
    return result
  }

  /// An empty grid with the theme's ground.
  public func grid(_ size: Size) -> Grid { Grid(size: size, glyphs: glyphs, style: self[.text]) }

  /// `unicode` where the terminal has box drawing, else `ascii`.
  public func glyph(_ unicode: Unicode.Scalar, _ ascii: Unicode.Scalar) -> Unicode.Scalar {
    glyphs == .ascii ? ascii : unicode
  }
}

/// Something that draws itself into any rectangle, a pure function of its values.
public protocol Widget: Sendable {
  /// Draws into `rect`, of any size, the empty one included. Callers use `Grid.draw(_:in:_:)`, which
  /// leaves out what would not fit.
  func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance)
}

extension Widget {
  /// The widget alone in a grid of its own.
  public func grid(_ size: Size, _ appearance: Appearance) -> Grid {
    var grid = appearance.grid(size)
    draw(in: Rect(size), of: &grid, appearance)
    return grid
  }
}

extension Grid {
  /// Draws a widget in a rectangle, clipped to it.
  public mutating func draw(_ widget: some Widget, in rect: Rect, _ appearance: Appearance) {
    clipped(to: rect) { widget.draw(in: rect, of: &$0, appearance) }
  }
}
