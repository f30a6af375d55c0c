import Testing

@testable import Surface

@Suite struct ThemeImportTests {
  private static let scheme = """
    system: "base16"
    name: "Mine"   # a comment
    palette:
    \((0..<16).map { "  base0\(String($0, radix: 16, uppercase: true)): \"#\($0 < 10 ? "0" : "")\($0)2030\"" }.joined(separator: "\n"))
    """

  @Test func readsBase16() throws {
    let theme = try Theme(base16: Self.scheme, identifier: "mine", file: "mine.yaml")
    #expect(theme.name == "Mine")
    #expect(theme.background == Colour(hex: 0x002030))
    #expect(theme.roles[.text]?.truecolor.foreground == Colour(hex: 0x052030))
    #expect(theme.roles[.bad]?.truecolor.foreground == Colour(hex: 0x082030))
    #expect(Set(theme.roles.keys) == Set(Role.allCases))
    let old = (0..<16).map {
      "base0\(String($0, radix: 16, uppercase: true)): 'f0\($0 + 10)30'"
    }.joined(separator: "\r\n")
    let light = try Theme(base16: old, identifier: "old", file: "old.yaml")
    #expect(light.roles[.text]?.truecolor.foreground == Colour(hex: 0xF01530))
  }

  @Test func namesWhatIsMissingInBase16() throws {
    let broken = Self.scheme.replacingFirst("base0A", "base0X").replacingFirst("#042030", "#xyz")
    do {
      _ = try Theme(base16: broken, identifier: "mine", file: "mine.yaml")
      Issue.record("accepted")
    } catch {
      #expect(error.all.map(\.reason) == ["base04 is no colour", "base0a is missing"])
      #expect(error.all.first?.line == 8)
    }
  }

  @Test func readsBtop() throws {
    let text = """
      # Main background, empty for terminal default
      theme[main_bg]="#282a36"
      theme[main_fg]="#f8"
      theme[hi_fg]="98 114 164"
      theme[selected_bg]="#ff79c6"
      theme[cpu_end]="#ff5555"
      """
    let theme = try Theme(btop: text, identifier: "mine", file: "mine.theme")
    #expect(theme.background == Colour(hex: 0x282A36))
    #expect(theme.roles[.text]?.truecolor.foreground == Colour(hex: 0xF8F8F8))
    #expect(theme.roles[.accent]?.truecolor.foreground == .rgb(98, 114, 164))
    #expect(theme.roles[.bad]?.truecolor.foreground == Colour(hex: 0xFF5555))
    let open = try Theme(
      btop: "theme[main_bg]=\"\"\ntheme[main_fg]=\"#fff\"\n", identifier: "o", file: "o.theme")
    #expect(open.background == .terminal)
  }

  @Test func namesWhatIsWrongInBtop() {
    do {
      _ = try Theme(btop: "theme[hi_fg]=\"red\"\n", identifier: "m", file: "m.theme")
      Issue.record("accepted")
    } catch {
      #expect(error.all.map(\.reason) == ["hi_fg is no colour", "main_fg is missing"])
      #expect(error.all.first?.line == 1)
    }
  }
}

extension String {
  fileprivate func replacingFirst(_ old: String, _ new: String) -> String {
    guard let range = self.firstRange(of: old) else { return self }
    return replacingCharacters(range, new)
  }

  private func replacingCharacters(_ range: Range<String.Index>, _ new: String) -> String {
    String(self[..<range.lowerBound]) + new + self[range.upperBound...]
  }
}
