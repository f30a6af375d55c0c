/// A colour as a terminal takes it.
public enum Colour: Sendable, Hashable {
  /// The terminal's own foreground or background.
  case terminal
  /// An entry of the terminal's palette: 0–7 the ANSI colours, 8–15 the bright ones, 16–231 the
  /// 6×6×6 cube, 232–255 greys.
  case indexed(UInt8)
  /// Red, green, blue in sRGB.
  case rgb(UInt8, UInt8, UInt8)

  /// From 0xRRGGBB.
  public init(hex: UInt32) {
    self = .rgb(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
  }

  /// From `#rrggbb` or `#rgb`, with or without the `#`; nil for anything else.
  public init?(hexText: some StringProtocol) {
    var digits = hexText.hasPrefix("#") ? String(hexText.dropFirst()) : String(hexText)
    if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
    guard digits.utf8.count == 6, digits.allSatisfy(\.isHexDigit),
      let value = UInt32(digits, radix: 16)
    else { return nil }
    self.init(hex: value)
  }

  /// The nearest colour that a terminal of this level has.
  ///
  /// Palette entries 0–15 look different in every terminal, so 256 colours are matched by the cube
  /// and the greys alone.
  public func reduced(to level: ColourLevel) -> Colour {
    switch (self, level) {
    case (.terminal, _), (_, .none): return .terminal
    case (_, .truecolor): return self
    case (.indexed, .c256): return self
    case (.rgb, .c256): return .indexed(XtermPalette.nearest(to: self, in: 16...255))
    case (.indexed(let index), .c16) where index < 16: return self
    case (_, .c16): return .indexed(XtermPalette.nearest(to: self, in: 0...15))
    case (.indexed(let index), .c8) where index < 16: return .indexed(index & 7)
    case (_, .c8): return .indexed(XtermPalette.nearest(to: self, in: 0...7))
    }
  }

  /// Red, green and blue, with xterm's values for palette entries; nil for the terminal's own.
  public var components: (red: UInt8, green: UInt8, blue: UInt8)? {
    switch self {
    case .terminal: return nil
    case .rgb(let red, let green, let blue): return (red, green, blue)
    case .indexed(let index): return XtermPalette.components(of: index)
    }
  }

  /// `#rrggbb`, nil for the terminal's own.
  public var hexText: String? {
    guard let (red, green, blue) = components else { return nil }
    func two(_ value: UInt8) -> String {
      (value < 16 ? "0" : "") + String(value, radix: 16)
    }
    return "#" + two(red) + two(green) + two(blue)
  }

  /// The mixture with `other`: 0 is this colour, 1 the other; in sRGB.
  public func mixed(with other: Colour, _ share: Double) -> Colour {
    guard let from = components, let to = other.components else { return self }
    let share = min(max(share, 0), 1)
    func mix(_ a: UInt8, _ b: UInt8) -> UInt8 {
      UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
    }
    return .rgb(mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue))
  }

  /// Contrast of two colours, 1…21, by WCAG 2.1; nil where one is the terminal's own.
  public func contrast(with other: Colour) -> Double? {
    guard let own = luminance, let others = other.luminance else { return nil }
    return (max(own, others) + 0.05) / (min(own, others) + 0.05)
  }

  /// Relative luminance, 0…1, by WCAG 2.1.
  public var luminance: Double? {
    guard let (red, green, blue) = components else { return nil }
    return 0.2126 * Oklab.linear(red) + 0.7152 * Oklab.linear(green)
      + 0.0722 * Oklab.linear(blue)
  }
}
