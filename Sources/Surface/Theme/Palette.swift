/// A theme brought to one colour level.
public struct Palette: Sendable, Hashable {
  public let level: ColourLevel
  /// The ground of everything.
  public private(set) var background: Colour
  public let heatMap: ColourMap
  /// Colours from low to high for bars; one or none below 8 colours.
  public let gradient: [Colour]
  private var styles: [Role: Style]

  public init(theme: Theme, level: ColourLevel) {
    self.level = level
    // With 16 colours or fewer the terminal's own ground is the one that its colours are made for.
    background = level >= .c256 ? theme.background.reduced(to: level) : .terminal
    heatMap = theme.heatMap
    var styles: [Role: Style] = [:]
    let text = theme.roles[.text] ?? Theme.Face(.plain)
    for role in Role.allCases {
      var style = (theme.roles[role] ?? text).style(at: level)
      if style.background == .terminal { style.background = background }
      if style.foreground == .terminal && level >= .c256 {
        style.foreground = text.style(at: level).foreground
      }
      styles[role] = style
    }
    self.styles = styles
    gradient = theme.gradient.map { $0.reduced(to: level) }
  }

  public subscript(role: Role) -> Style { styles[role] ?? .plain }

  /// A role's foreground on another role's ground, as for a status in the selected row.
  ///
  /// Where the ground is made by attributes or by one of few colours, the ground's own style is
  /// used as it is: two of eight colours may be hard to tell apart.
  public func style(_ role: Role, on ground: Role) -> Style {
    let under = self[ground]
    let over = self[role]
    if under.background == background && under.attributes.isDisjoint(with: .reverse) {
      return over.adding(under.attributes)
    }
    guard level >= .c256 else { return under.adding(over.attributes.intersection(.bold)) }
    if let contrast = over.foreground.contrast(with: under.background), contrast < 3 {
      return under.adding(over.attributes)
    }
    return over.with(background: under.background).adding(under.attributes)
  }

  /// The palette for drawing on another role's ground, as in a pop-up: every role that stood on the
  /// theme's ground stands on that one.
  public func grounded(on role: Role) -> Palette {
    let ground = self[role].background
    var result = self
    result.background = ground
    for (role, style) in styles where style.background == background {
      result.styles[role] = style.with(background: ground)
    }
    return result
  }

  /// The gradient's colour for a share of 0…1.
  public func gradient(at share: Double) -> Colour {
    guard !gradient.isEmpty else { return .terminal }
    guard share.isFinite else { return gradient[0] }
    let position = min(max(share, 0), 1) * Double(gradient.count - 1)
    let index = min(Int(position), gradient.count - 1)
    guard level >= .truecolor, index + 1 < gradient.count else {
      return gradient[min(Int(position.rounded()), gradient.count - 1)]
    }
    return gradient[index].mixed(with: gradient[index + 1], position - Double(index))
  }
}
