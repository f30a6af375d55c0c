import Surface

/// SplitMix64 (Steele, Lea and Flood 2014): the same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Text with everything that may come in with metadata: wide characters, marks, controls.
  mutating func text() -> String {
    let pieces = [
      "a", "Z", " ", "\u{1B}[31m", "\u{7}", "\n", "\t", "ß", "Å", "漢", "字", "e\u{301}", "\u{301}",
      "👩‍🔬", "🇩🇪", "\u{9B}2J", "\u{202E}", "\u{200B}", "ﷺ", "한", "particles.star", "\u{FFFF}",
      "\u{0}", "🧬", "a\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}", "\u{1CD00}",
    ]
    return (0..<Int.random(in: 0...12, using: &self)).map { _ in
      pieces.randomElement(using: &self) ?? ""
    }.joined()
  }

  mutating func style() -> Style {
    let colours: [Colour] = [.terminal, .indexed(3), .indexed(200), .rgb(1, 2, 3)]
    return Style(
      foreground: colours.randomElement(using: &self) ?? .terminal,
      background: colours.randomElement(using: &self) ?? .terminal,
      attributes: Style.Attributes(rawValue: UInt8.random(in: 0..<16, using: &self)))
  }

  mutating func rect(around size: Size) -> Rect {
    Rect(
      x: Int.random(in: -5...size.width + 5, using: &self),
      y: Int.random(in: -5...size.height + 5, using: &self),
      width: Int.random(in: -2...size.width + 5, using: &self),
      height: Int.random(in: -2...size.height + 5, using: &self))
  }

  mutating func size() -> Size {
    let widths = [0, 1, 2, 3, 5, 20, 38, 80, 200, 500]
    let heights = [0, 1, 2, 3, 5, 10, 24, 60, 200]
    return Size(
      width: widths.randomElement(using: &self) ?? 0,
      height: heights.randomElement(using: &self) ?? 0)
  }
}
