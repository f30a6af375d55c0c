import Surface
import Testing

@testable import Terminal

@Suite struct CapabilitiesTests {
  private func capabilities(
    _ environment: [String: String], codeset: String = "UTF-8",
    terminfo: TerminfoFacts = TerminfoFacts(), isTerminal: Bool = true,
    options: TerminalOptions = TerminalOptions()
  ) -> Capabilities {
    Capabilities(
      environment: environment, codeset: codeset, terminfo: terminfo, isTerminal: isTerminal,
      options: options)
  }

  @Test func coloursFollowTheEnvironment() {
    let term = ["TERM": "xterm-256color"]
    func level(_ extra: [String: String], colours: Int = 256) -> ColourLevel {
      capabilities(
        term.merging(extra) { $1 }, terminfo: TerminfoFacts(colours: colours)
      ).colour
    }
    #expect(level([:]) == .c256)
    #expect(level([:], colours: 16) == .c16)
    #expect(level([:], colours: 8) == .c8)
    #expect(level([:], colours: 0) == .none)
    #expect(level(["COLORTERM": "truecolor"]) == .truecolor)
    #expect(level(["COLORTERM": "24bit"]) == .truecolor)
    #expect(level(["NO_COLOR": "1", "COLORTERM": "truecolor"]) == .none)
    #expect(level(["NO_COLOR": ""]) == .c256)
    #expect(level(["NO_COLOR": "1", "CLICOLOR_FORCE": "1"]) == .none)
    #expect(level(["CLICOLOR_FORCE": "1"], colours: 0) == .c8)
    #expect(level(["CLICOLOR": "0"]) == .none)
    #expect(
      capabilities(
        term.merging(["NO_COLOR": "1"]) { $1 }, options: TerminalOptions(colour: .c16)
      ).colour == .c16)
  }

  @Test func glyphsFollowTheCodeset() {
    #expect(capabilities(["TERM": "xterm"]).glyphs == .unicode)
    #expect(capabilities(["TERM": "xterm"], codeset: "utf8").glyphs == .unicode)
    #expect(capabilities(["TERM": "linux"]).glyphs == .basic)
    #expect(capabilities(["TERM": "xterm"], codeset: "ANSI_X3.4-1968").glyphs == .ascii)
    #expect(capabilities(["TERM": "xterm"], codeset: "").glyphs == .ascii)
    #expect(
      capabilities(["TERM": "xterm"], options: TerminalOptions(glyphs: .ascii)).glyphs == .ascii)
  }

  @Test func saysWhyThereCanBeNoScreens() {
    #expect(capabilities(["TERM": "dumb"]).obstacle?.contains("dumb") == true)
    #expect(capabilities([:]).obstacle != nil)
    #expect(capabilities(["TERM": "xterm"], isTerminal: false).obstacle != nil)
    #expect(
      capabilities(["TERM": "odd"], terminfo: TerminfoFacts(canMoveCursor: false)).obstacle != nil)
    #expect(capabilities(["TERM": "xterm"]).obstacle == nil)
  }

  @Test func unknownTerminalsAreTakenForXterm() {
    let unknown = capabilities(["TERM": "my-own"], terminfo: TerminfoFacts(isKnown: false))
    #expect(unknown.term == "xterm-256color")
    #expect(unknown.obstacle == nil)
  }

  @Test func wantsAnOverlayOnlyWhereTerminfoLacksSomething() {
    let old = TerminfoFacts(mousePrefix: "\u{1B}[M")
    #expect(capabilities(["TERM": "tmux-256color"], terminfo: old).wantsOverlay)
    #expect(!capabilities(["TERM": "xterm-256color"]).wantsOverlay)
    #expect(
      capabilities(["TERM": "xterm-256color", "COLORTERM": "truecolor"]).wantsOverlay)
    #expect(
      !capabilities(
        ["TERM": "tmux-256color"], terminfo: old, options: TerminalOptions(usesMouse: false)
      ).wantsOverlay)
  }

  /// Colours that were asked for against the terminal's entry come by the overlay, and only those.
  @Test func forcedColoursNeedAnOverlay() {
    let none = TerminfoFacts(colours: 0)
    func overlay(_ colour: ColourLevel?, _ extra: [String: String] = [:], _ facts: TerminfoFacts)
      -> ColourLevel?
    {
      let found = capabilities(
        ["TERM": "vt100"].merging(extra) { $1 }, terminfo: facts,
        options: TerminalOptions(colour: colour))
      #expect(found.overlayColour == nil || found.wantsOverlay)
      return found.overlayColour
    }
    #expect(overlay(.c256, [:], none) == .c256)
    #expect(overlay(.c16, [:], none) == .c16)
    #expect(overlay(.truecolor, [:], none) == .truecolor)
    #expect(overlay(nil, ["CLICOLOR_FORCE": "1"], none) == .c8)
    #expect(overlay(nil, [:], none) == nil)
    #expect(overlay(ColourLevel.none, [:], none) == nil)
    #expect(overlay(.c256, [:], TerminfoFacts(colours: 8)) == .c256)
    #expect(overlay(.c256, [:], TerminfoFacts(colours: 256)) == nil)
    #expect(overlay(.c8, [:], TerminfoFacts(colours: 256)) == nil)
  }

  @Test func takesDelaysOutOfCapabilities() {
    #expect(TerminalScreen.withoutPadding("\u{1B}[m$<2/>x$<10>$y") == "\u{1B}[mx$y")
    #expect(TerminalScreen.withoutPadding("$<5") == "$<5")
  }

  @Test func coloursUnderEightAreMovedAside() {
    #expect(ColourPairs.direct((0, 0, 5)) == 8)
    #expect(ColourPairs.direct((1, 2, 3)) == 0x010203)
  }
}
