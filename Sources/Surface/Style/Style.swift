/// How a cell looks: two colours, already of the terminal's level, and attributes.
public struct Style: Sendable, Hashable {
  public var foreground: Colour
  public var background: Colour
  public var attributes: Attributes

  /// What a terminal can do to characters besides colours.
  public struct Attributes: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    public static let bold = Attributes(rawValue: 1)
    public static let dim = Attributes(rawValue: 2)
    public static let underline = Attributes(rawValue: 4)
    public static let reverse = Attributes(rawValue: 8)
  }

  public init(
    foreground: Colour = .terminal, background: Colour = .terminal, attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }

  /// The terminal's own colours, no attributes.
  public static let plain = Style()

  public func adding(_ attributes: Attributes) -> Style {
    Style(
      foreground: foreground, background: background,
      attributes: self.attributes.union(attributes))
  }

  public func with(foreground: Colour) -> Style {
    Style(foreground: foreground, background: background, attributes: attributes)
  }

  public func with(background: Colour) -> Style {
    Style(foreground: foreground, background: background, attributes: attributes)
  }

  /// The SGR sequence (ECMA-48) that sets this style from any other.
  public var ansiSequence: String {
    var codes = ["0"]
    if attributes.contains(.bold) { codes.append("1") }
    if attributes.contains(.dim) { codes.append("2") }
    if attributes.contains(.underline) { codes.append("4") }
    if attributes.contains(.reverse) { codes.append("7") }
    codes += Style.codes(foreground, base: 30) + Style.codes(background, base: 40)
    return "\u{1B}[" + codes.joined(separator: ";") + "m"
  }

  private static func codes(_ colour: Colour, base: Int) -> [String] {
    switch colour {
    case .terminal: return []
    case .indexed(let index) where index < 8: return ["\(base + Int(index))"]
    case .indexed(let index) where index < 16: return ["\(base + 52 + Int(index))"]
    case .indexed(let index): return ["\(base + 8)", "5", "\(index)"]
    case .rgb(let red, let green, let blue):
      return ["\(base + 8)", "2", "\(red)", "\(green)", "\(blue)"]
    }
  }
}
