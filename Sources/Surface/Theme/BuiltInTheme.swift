extension Theme {
  /// The dark theme, which needs no file.
  public static let builtIn: Theme = {
    let colours = Dictionary(
      uniqueKeysWithValues: BuiltInTheme.colours.map { ($0.name, Colour(hex: $0.hex)) })
    var roles: [Role: Face] = [:]
    for (role, text) in BuiltInTheme.styles {
      roles[role] = Face(
        (try? StyleText.style(text, colours: colours)) ?? .plain, c16: StandardFaces.c16(role),
        none: Style(StandardFaces.none(role)))
    }
    return Theme(
      identifier: "dark", name: "Dark", background: colours["ground"] ?? .terminal, roles: roles,
      gradient: BuiltInTheme.gradient.compactMap { colours[$0] }, heatMap: .viridis)
  }()
}

/// What the dark theme is made of, from which themes without a parent's file inherit too.
enum BuiltInTheme {
  static let gradient = ["green", "yellow", "red"]

  static let colours: [(name: String, hex: UInt32)] = [
    ("ground", 0x12161C), ("panel", 0x1C232C), ("field", 0x222A34), ("edit", 0x33445A),
    ("select", 0x1F4E79), ("quiet", 0x2B333E), ("ink", 0xD5DBE3), ("bright", 0xFFFFFF),
    ("faint", 0x8C97A5), ("line", 0x4C5866), ("ghost", 0x5A6675), ("red", 0xFF8A80),
    ("orange", 0xFFB454), ("yellow", 0xE3B341), ("green", 0x7EE787), ("cyan", 0x5CD3D3),
    ("blue", 0x6CB6FF), ("magenta", 0xC49BFF), ("pink", 0xF29BC9),
  ]

  static let styles: [(role: Role, text: String)] = [
    (.text, "ink"), (.dim, "faint"), (.accent, "blue"), (.good, "green"), (.warning, "yellow"),
    (.bad, "red"), (.selection, "bright on select"), (.selectionInactive, "ink on quiet"),
    (.match, "bold yellow"), (.changed, "yellow"), (.border, "line"), (.borderFocus, "blue"),
    (.title, "bold ink"), (.header, "bold faint"), (.key, "ground on blue"),
    (.keyLabel, "ink on panel"), (.field, "ink on field"), (.fieldFocus, "ink on edit"),
    (.popup, "ink on panel"), (.tab, "faint"), (.tabActive, "bold underline blue"),
    (.scrollBar, "line"), (.progress, "blue"), (.progressRest, "line"), (.axis, "faint"),
    (.threshold, "faint"), (.limit, "magenta"), (.ghost, "ghost"), (.crosshair, "yellow"),
    (.outline, "orange"), (.series1, "blue"), (.series2, "orange"), (.series3, "green"),
    (.series4, "pink"), (.series5, "magenta"), (.series6, "cyan"),
  ]

  /// The same as a theme file would say it.
  static var source: ThemeSource {
    func entry(_ text: String) -> ThemeSource.Entry { .init(text: text, file: "dark", line: nil) }
    var source = ThemeSource(name: entry("Dark"))
    source.background = entry("ground")
    source.gradient = gradient.map(entry)
    for (name, hex) in colours { source.colours[name] = entry(Colour(hex: hex).hexText ?? "") }
    for (role, text) in styles { source.roles[role] = ["truecolor": entry(text)] }
    return source
  }
}
