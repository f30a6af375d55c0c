/// How many colours the terminal has.
public enum ColourLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  /// None: bold, dim, underline and reverse alone.
  case none
  /// The eight ANSI colours.
  case c8 = "8"
  /// Those and eight bright ones.
  case c16 = "16"
  /// The 6×6×6 cube and 24 greys besides.
  case c256 = "256"
  /// Any sRGB colour.
  case truecolor

  private var rank: Int {
    switch self {
    case .none: return 0
    case .c8: return 8
    case .c16: return 16
    case .c256: return 256
    case .truecolor: return 1 << 24
    }
  }

  public static func < (left: ColourLevel, right: ColourLevel) -> Bool { left.rank < right.rank }
}

/// Which characters the terminal and its font have.
public enum GlyphLevel: String, Sendable, Hashable, CaseIterable, Comparable {
  /// Printable ASCII alone.
  case ascii
  /// Box drawing and half-blocks besides, as in the fonts of Linux consoles.
  case basic
  /// Unicode with braille patterns and block elements.
  case unicode

  private var rank: Int {
    switch self {
    case .ascii: return 0
    case .basic: return 1
    case .unicode: return 2
    }
  }

  public static func < (left: GlyphLevel, right: GlyphLevel) -> Bool { left.rank < right.rank }
}

/// What plots draw their dots with.
public enum Marker: String, Sendable, Hashable, CaseIterable {
  /// U+2800…28FF, 2×4 dots a cell.
  case braille
  /// Block octants of Unicode 16, 2×4 a cell; few fonts have them yet.
  case octant
  /// Quadrant blocks, 2×2 a cell.
  case quadrant
  /// Half blocks, 1×2 a cell.
  case halfBlock = "half-block"
  /// One dot a cell.
  case dot
  /// One ASCII character a cell, another for each series.
  case ascii

  /// Columns and rows of dots in a cell.
  public var dots: (columns: Int, rows: Int) {
    switch self {
    case .braille, .octant: return (2, 4)
    case .quadrant: return (2, 2)
    case .halfBlock: return (1, 2)
    case .dot, .ascii: return (1, 1)
    }
  }

  /// Whether a terminal of this level can show it.
  public func isAvailable(at level: GlyphLevel) -> Bool {
    switch level {
    case .ascii: return self == .ascii
    case .basic: return self == .ascii || self == .dot || self == .halfBlock
    case .unicode: return true
    }
  }

  /// The finest marker that a level can show in most fonts.
  public static func preferred(at level: GlyphLevel) -> Marker {
    switch level {
    case .ascii: return .ascii
    case .basic: return .halfBlock
    case .unicode: return .braille
    }
  }

  /// The next marker of those that a level can show, for a key that steps through them.
  public func next(at level: GlyphLevel) -> Marker {
    let all = Marker.allCases.filter { $0.isAvailable(at: level) }
    guard let index = all.firstIndex(of: self) else { return .preferred(at: level) }
    return all[(index + 1) % all.count]
  }
}
