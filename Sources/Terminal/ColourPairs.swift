import CNcurses
import Surface

/// Gives ncurses colour pairs for styles.
struct ColourPairs {
  /// Whether colours are given to ncurses as red, green and blue.
  let isDirect: Bool
  private var pairs: [PairKey: Int32] = [:]
  private var allowsTerminalColours = false
  /// Whether the terminal has colours as far as ncurses knows: it has no pairs to give otherwise, and
  /// must not be asked for any.
  private(set) var isStarted = false

  private struct PairKey: Hashable {
    var foreground: Colour
    var background: Colour
  }

  init(isDirect: Bool) { self.isDirect = isDirect }

  /// Starts colours; to be called once the screen is open.
  mutating func start() {
    guard has_colors(), start_color() == OK else { return }
    isStarted = true
    allowsTerminalColours = use_default_colors() == OK
  }

  /// The pair of a style's colours.
  mutating func pair(for style: Style) -> Int32 {
    guard isStarted else { return 0 }
    if style.foreground == .terminal, style.background == .terminal { return 0 }
    let key = PairKey(foreground: style.foreground, background: style.background)
    if let pair = pairs[key] { return pair }
    // ncurses gives the oldest pairs anew when all are used: then none of ours can be trusted.
    if pairs.count >= Int(fulcrum_colour_pairs()) - 2 {
      reset_color_pairs()
      pairs = [:]
    }
    let pair = alloc_pair(
      number(style.foreground, absent: 7), number(style.background, absent: 0))
    guard pair > 0 else { return 0 }
    pairs[key] = pair
    return pair
  }

  private func number(_ colour: Colour, absent: Int32) -> Int32 {
    switch colour {
    case .terminal: return allowsTerminalColours ? -1 : absent
    case .indexed(let index):
      guard isDirect, index >= 8, let parts = colour.components else {
        return min(Int32(index), max(0, fulcrum_colours() - 1))
      }
      return Self.direct(parts)
    case .rgb:
      guard isDirect, let parts = colour.components else {
        return number(colour.reduced(to: Self.level), absent: absent)
      }
      return Self.direct(parts)
    }
  }

  /// The level of terminals that ncurses drives by numbers of colours.
  private static var level: ColourLevel {
    let count = fulcrum_colours()
    return count >= 256 ? .c256 : count >= 16 ? .c16 : .c8
  }

  /// Red, green and blue as one number; the eight lowest mean ANSI colours, so they are passed over.
  static func direct(_ parts: (red: UInt8, green: UInt8, blue: UInt8)) -> Int32 {
    let number = Int32(parts.red) << 16 | Int32(parts.green) << 8 | Int32(parts.blue)
    return max(number, 8)
  }

  /// The attribute bits of a style.
  static func attributes(_ style: Style) -> UInt32 {
    var bits: UInt32 = 0
    if style.attributes.contains(.bold) { bits |= fulcrum_bold() }
    if style.attributes.contains(.dim) { bits |= fulcrum_dim() }
    if style.attributes.contains(.underline) { bits |= fulcrum_underline() }
    if style.attributes.contains(.reverse) { bits |= fulcrum_reverse() }
    return bits
  }
}
