import Testing

@testable import Surface

/// The themes that ship, found from this file and not from the test's program.
let shippedThemes: ThemeCatalogue = {
  let parts = #filePath.split(separator: "/").dropLast(4)
  return ThemeCatalogue(folders: ["/" + parts.joined(separator: "/") + "/Themes"])
}()

@Suite struct ThemeTests {
  @Test func thereAreAtLeastTwenty() {
    #expect(shippedThemes.identifiers.count >= 20)
    for wanted in [
      "dark", "light", "high-contrast", "monochrome", "colour-blind", "nord", "gruvbox-dark",
      "solarized-dark", "solarized-light", "ansi16",
    ] {
      #expect(shippedThemes.identifiers.contains(wanted))
    }
  }

  @Test(arguments: ["[*roles]\n", "a = \n"]) func whatIsNotTOMLIsAnErrorOfItsLine(text: String)
    throws
  {
    let problems = try #require(throws: ThemeProblems.self) {
      _ = try Theme(text: text, identifier: "x", file: "x.toml") { _ in nil }
    }
    #expect(problems.all.map(\.what).joined().hasPrefix("x.toml:1: is not TOML"))
  }

  @Test func theBuiltInThemeIsTheFileDark() throws {
    let theme = try shippedThemes.theme("dark")
    for role in Role.allCases { #expect(theme.roles[role] == Theme.builtIn.roles[role], "\(role)") }
    #expect(theme == .builtIn)
  }

  @Test(arguments: shippedThemes.identifiers)
  func everyRoleAtEveryLevel(identifier: String) throws {
    let theme = try shippedThemes.theme(identifier)
    #expect(Set(theme.roles.keys) == Set(Role.allCases))
    #expect(theme.gradient.count >= 2)
    for level in ColourLevel.allCases {
      let palette = theme.palette(at: level)
      for role in Role.allCases {
        for colour in [palette[role].foreground, palette[role].background] {
          #expect(colour == colour.reduced(to: level), "\(role) at \(level)")
        }
      }
      // What keys act on must stand out, also without colours.
      #expect(palette[.selection] != palette[.text])
      #expect(palette[.key] != palette[.keyLabel])
      #expect(palette[.fieldFocus] != palette[.field])
      #expect(palette[.tabActive] != palette[.tab])
    }
  }

  /// WCAG 2.1 level AA: 4.5 for text, 3 for curves.
  @Test(arguments: shippedThemes.identifiers)
  func contrast(identifier: String) throws {
    let theme = try shippedThemes.theme(identifier)
    let palette = theme.palette(at: .truecolor)
    let text: [Role] = [
      .text, .dim, .accent, .good, .warning, .bad, .selection, .selectionInactive, .match,
      .changed, .title, .header, .key, .keyLabel, .field, .fieldFocus, .popup, .tab, .tabActive,
      .axis,
    ]
    let drawn: [Role] = [
      .threshold, .limit, .crosshair, .outline, .progress, .borderFocus, .series1, .series2,
      .series3, .series4, .series5, .series6,
    ]
    for (roles, least) in [(text, 4.5), (drawn, 3.0)] {
      for role in roles {
        let style = palette[role]
        // Colours of the terminal's own palette are the terminal's affair.
        guard case .rgb = style.foreground, case .rgb = style.background,
          let contrast = style.foreground.contrast(with: style.background)
        else { continue }
        #expect(contrast >= least, "\(identifier): \(role) has \(contrast)")
      }
    }
  }

  @Test func statusOnTheSelectionStaysReadable() throws {
    for identifier in shippedThemes.identifiers {
      let palette = try shippedThemes.theme(identifier).palette(at: .truecolor)
      for role in [Role.good, .warning, .bad, .dim] {
        let style = palette.style(role, on: .selection)
        #expect(style.background == palette[.selection].background)
        if let contrast = style.foreground.contrast(with: style.background) {
          #expect(contrast >= 3 || style.foreground == palette[.selection].foreground)
        }
      }
    }
  }

  @Test func aThemeThatInheritsChangesOnlyWhatItNames() throws {
    let theme = try shippedThemes.theme("nord")
    #expect(theme.roles[.text]?.truecolor.foreground == Colour(hex: 0xD8DEE9))
    #expect(theme.background == Colour(hex: 0x2E3440))
    #expect(theme.roles[.good]?.c16?.foreground == .indexed(2))
    #expect(theme.name == "Nord")
  }

  @Test func hasNoColoursInMonochrome() throws {
    let theme = try shippedThemes.theme("monochrome")
    for level in ColourLevel.allCases {
      for role in Role.allCases {
        #expect(theme.palette(at: level)[role].foreground == .terminal)
        #expect(theme.palette(at: level)[role].background == .terminal)
      }
    }
  }
}

@Suite struct ThemeProblemTests {
  private func problems(_ text: String, parents: [String: String] = [:]) -> [ThemeProblem] {
    do {
      _ = try Theme(text: text, identifier: "mine", file: "mine.toml") { name in
        parents[name].map { ($0, "\(name).toml") }
      }
      return []
    } catch {
      return error.all
    }
  }

  private var dark: String {
    get throws {
      let path = try #require(shippedThemes.path(of: "dark"))
      return try #require(Files.text(of: path))
    }
  }

  @Test func namesTheLineOfBadSyntax() throws {
    let found = try #require(problems("name = \"a\"\nlight = = true\n").first)
    #expect(found.line == 2)
    #expect(found.file == "mine.toml")
  }

  @Test func namesEveryMissingRole() throws {
    let text = try dark.split(separator: "\n")
      .filter { !$0.hasPrefix("axis =") && !$0.hasPrefix("series3 =") }.joined(separator: "\n")
    #expect(problems(text).map(\.reason) == ["role axis is missing", "role series3 is missing"])
    #expect(problems(text + "\n").allSatisfy { $0.whatToDo.contains("[roles]") })
  }

  @Test func namesLineAndRoleOfABadStyle() throws {
    let text = """
      inherits = "dark"
      [roles]
      good = "gren"
      bad = "red on"
      warning = "red green"
      axis = { c16 = "red" }
      nonsense = "red"
      """
    let first = problems(text, parents: ["dark": try dark])
    #expect(first.map(\.line) == [6, 7])
    #expect(first.first?.reason.contains("axis") == true)
    let mended = text.split(separator: "\n").dropLast(2).joined(separator: "\n")
    let second = problems(mended, parents: ["dark": try dark])
    #expect(second.map(\.line) == [3, 5, 4])
    #expect(second.contains { $0.reason == "good names no known colour: \"gren\"" })
    #expect(second[1].what == "mine.toml:5: warning has two foregrounds")
  }

  @Test func refusesToInheritInACircleOrFromNothing() {
    let circle = problems(
      "inherits = \"a\"", parents: ["a": "inherits = \"b\"", "b": "inherits = \"a\""])
    #expect(circle.count == 1)
    #expect(circle.first?.reason.contains("mine → a → b → a") == true)
    #expect(
      problems("inherits = \"none\"").map(\.reason) == [
        "inherits from \"none\", which is no theme"
      ])
  }

  @Test func namesUnknownKeysAndWrongTypes() throws {
    let text = """
      inherits = "dark"
      backgrund = "black"
      light = "yes"
      gradient = ["red"]
      """
    #expect(problems(text, parents: ["dark": try dark]).map(\.line) == [2, 3, 4])
    let map = problems("inherits = \"dark\"\nheat-map = \"jet\"", parents: ["dark": try dark])
    #expect(map.map(\.line) == [2])
  }

  @Test func aMissingThemeFallsBack() {
    let (theme, found) = shippedThemes.themeOrBuiltIn("no-such-theme")
    #expect(theme == .builtIn)
    #expect(found?.all.first?.whatToDo.contains("nord") == true)
    #expect(ThemeCatalogue(folders: []).identifiers == ["dark"])
    #expect(ThemeCatalogue(folders: []).themeOrBuiltIn("dark").problems == nil)
    #expect(shippedThemes.path(of: "../Themes/dark") == nil)
  }

  @Test func foldersComeFromUserProgramAndPrefix() {
    let catalogue = ThemeCatalogue.standard(
      executable: "/opt/tools/bin/fulcrum", environment: ["HOME": "/home/ada"])
    #expect(
      catalogue.folders == [
        "/home/ada/.config/fulcrum/themes", "/opt/tools/share/fulcrum/themes",
      ])
    let built = ThemeCatalogue.standard(
      executable: (shippedThemes.folders[0].dropLast(6)) + ".build/debug/fulcrum",
      environment: ["XDG_CONFIG_HOME": "/etc/me"])
    #expect(built.folders.first == "/etc/me/fulcrum/themes")
    #expect(built.folders.contains(shippedThemes.folders[0]))
  }
}
