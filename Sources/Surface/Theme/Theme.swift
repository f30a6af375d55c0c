/// How every role looks at every colour level.
///
/// A theme is complete by construction: a role that it does not mention looks like `text`, and the
/// loader refuses a file that leaves one undefined.
public struct Theme: Sendable, Hashable {
  /// The stem of its file, by which it is chosen; and its name for people.
  public var identifier: String
  public var name: String
  /// Whether its ground is light.
  public var isLight: Bool
  /// The ground of everything; `.terminal` leaves the terminal's own.
  public var background: Colour
  public var roles: [Role: Face]
  /// Colours from low to high for bars; at least two.
  public var gradient: [Colour]
  /// The colour map of heat maps.
  public var heatMap: ColourMap

  /// How one role looks: at truecolour, and what differs at lower levels.
  public struct Face: Sendable, Hashable {
    public var truecolor: Style
    /// At 256, 16 and 8 colours and at none; nil means the nearest of `truecolor`.
    public var c256: Style?
    public var c16: Style?
    public var c8: Style?
    public var none: Style?

    public init(
      _ truecolor: Style, c256: Style? = nil, c16: Style? = nil, c8: Style? = nil,
      none: Style? = nil
    ) {
      self.truecolor = truecolor
      self.c256 = c256
      self.c16 = c16
      self.c8 = c8
      self.none = none
    }

    /// How the role looks at a level; `.terminal` as background means the ground.
    public func style(at level: ColourLevel) -> Style {
      switch level {
      case .truecolor: return truecolor
      case .c256: return c256 ?? truecolor.reduced(to: .c256)
      case .c16: return (c16 ?? truecolor).reduced(to: .c16)
      case .c8: return (c8 ?? c16 ?? truecolor).reduced(to: .c8)
      case .none: return (none ?? Style(attributes: truecolor.attributes)).reduced(to: .none)
      }
    }
  }

  public init(
    identifier: String, name: String, isLight: Bool = false, background: Colour = .terminal,
    roles: [Role: Face], gradient: [Colour], heatMap: ColourMap = .viridis
  ) {
    self.identifier = identifier
    self.name = name
    self.isLight = isLight
    self.background = background
    self.roles = roles
    self.gradient = gradient
    self.heatMap = heatMap
  }

  /// The theme at a colour level, ready to draw with.
  public func palette(at level: ColourLevel) -> Palette { Palette(theme: self, level: level) }
}

extension Style {
  func reduced(to level: ColourLevel) -> Style {
    Style(
      foreground: foreground.reduced(to: level), background: background.reduced(to: level),
      attributes: attributes)
  }
}
