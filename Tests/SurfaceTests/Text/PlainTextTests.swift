import Testing

@testable import Surface

@Suite struct PlainTextTests {
  /// Sequences that clear the screen, set the title, answer back, or turn the text round.
  static let hostile = [
    "a\u{1B}[2J\u{1B}[31mb", "\u{1B}]0;title\u{07}", "\u{9B}6n", "x\u{90}q\u{9C}", "\r\u{08}\u{7F}",
    "\u{202E}gnp.exe\u{2066}", "\u{0}\u{5}\u{E}", "\u{1B}P+q544e\u{1B}\\", "\u{85}\u{2028}\u{2029}",
  ]

  @Test(arguments: hostile)
  func noCommandGoesThrough(text: String) {
    for scalar in (text.plainText + text.plainLine).unicodeScalars {
      let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
      #expect(!isControl && !(0x2028...0x202E).contains(scalar.value), "\(scalar.value)")
      #expect(!(0x2066...0x2069).contains(scalar.value))
    }
  }

  @Test func ordinaryTextIsAsItWas() {
    let text = "24.7 → 22.1 Å, 0.4% µ 粒子 e\u{301}\tfirst\nsecond"
    #expect(text.plainText == text)
    #expect(text.plainLine == text.replacing("\n", with: " "))
    #expect("".plainText == "" && "\n".plainLine == " ")
  }

  /// What is drawn is as harmless as what is printed.
  @Test(arguments: hostile)
  func gridsHoldNoCommands(text: String) {
    var grid = Grid(size: Size(width: 40, height: 1))
    grid.write(text, x: 0, y: 0, style: .plain)
    let drawn = (0..<40).map { grid[$0, 0].text }.joined()
    #expect(drawn.plainText == drawn)
  }
}
