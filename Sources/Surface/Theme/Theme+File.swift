import TOMLText

extension Theme {
  /// Reads a theme from the text of its file.
  ///
  /// - Parameters:
  ///   - text: the TOML.
  ///   - identifier: the stem of the file's name.
  ///   - file: the file's name, for messages.
  ///   - parent: gives the text and file name of the theme that this one inherits from, nil if
  ///     there is none.
  /// - Throws: every problem found, with file, line and role.
  public init(
    text: String, identifier: String, file: String,
    parent: (String) -> (text: String, file: String)?
  ) throws(ThemeProblems) {
    let source = try Theme.source(text, identifier, file, parent, chain: [identifier])
    try self.init(source: source, identifier: identifier, file: file)
  }

  private static func source(
    _ text: String, _ identifier: String, _ file: String,
    _ parent: (String) -> (text: String, file: String)?, chain: [String]
  ) throws(ThemeProblems) -> ThemeSource {
    var reader = ThemeReader(file: file)
    let table: TOMLTable
    do { table = try parseTOML(text) } catch {
      throw ThemeProblems([
        ThemeProblem(
          file: file, line: error.line, reason: "is not TOML: \(error.description)",
          whatToDo: "Mend this line; https://toml.io shows the syntax.")
      ])
    }
    let source = reader.source(of: table, identifier: identifier)
    var inherited: ThemeSource?
    if let name = reader.string(table, "inherits") {
      if chain.contains(name) {
        reader.note(
          "inherits", "inherits from itself: \((chain + [name]).joined(separator: " → "))",
          "Name a theme that does not inherit from this one.")
      } else if let found = parent(name) {
        inherited = try self.source(found.text, name, found.file, parent, chain: chain + [name])
      } else if name == Theme.builtIn.identifier {
        inherited = BuiltInTheme.source
      } else {
        reader.note(
          "inherits", "inherits from \"\(name)\", which is no theme",
          "Name a file of a themes folder without its .toml.")
      }
    }
    if !reader.problems.isEmpty { throw ThemeProblems(reader.problems) }
    return inherited?.overlaid(by: source) ?? source
  }

  init(source: ThemeSource, identifier: String, file: String) throws(ThemeProblems) {
    var resolver = ThemeResolver(file: file)
    resolver.readColours(source.colours)
    let background = resolver.background(source.background)
    let gradient = resolver.gradient(source.gradient)
    let heatMap = resolver.heatMap(source.heatMap)
    let roles = resolver.roles(source.roles)
    if !resolver.problems.isEmpty { throw ThemeProblems(resolver.problems) }
    self.init(
      identifier: identifier, name: source.name.text, isLight: source.isLight,
      background: background, roles: roles, gradient: gradient, heatMap: heatMap)
  }
}

/// Turns the texts of a theme into colours and styles, and notes every problem.
private struct ThemeResolver {
  let file: String
  var colours: [String: Colour] = [:]
  var problems: [ThemeProblem] = []

  init(file: String) { self.file = file }

  mutating func readColours(_ entries: [String: ThemeSource.Entry]) {
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
      do {
        colours[name] = try StyleText.colour(entry.text, colours: [:])
      } catch {
        note(
          entry, "colour \(name) \(error.reason)",
          "Write #rrggbb, palette-0 to palette-255, an ANSI colour's name or terminal.")
      }
    }
  }

  mutating func background(_ entry: ThemeSource.Entry?) -> Colour {
    guard let entry else {
      missing("background", "Add background = \"#rrggbb\", or \"terminal\" for the terminal's own.")
      return .terminal
    }
    return style(entry, "background").foreground
  }

  mutating func gradient(_ entries: [ThemeSource.Entry]) -> [Colour] {
    if entries.isEmpty { missing("gradient", "Add gradient = [\"…\", \"…\"], low to high.") }
    return entries.map { style($0, "gradient").foreground }
  }

  mutating func heatMap(_ entry: ThemeSource.Entry?) -> ColourMap {
    guard let entry else { return .viridis }
    if let map = ColourMap(rawValue: entry.text) { return map }
    let names = ColourMap.allCases.map(\.rawValue).joined(separator: ", ")
    note(entry, "heat-map \"\(entry.text)\" is not known", "Choose one of \(names).")
    return .viridis
  }

  mutating func roles(_ entries: [Role: [String: ThemeSource.Entry]]) -> [Role: Theme.Face] {
    var result: [Role: Theme.Face] = [:]
    for role in Role.allCases {
      guard let levels = entries[role], let truecolor = levels["truecolor"] else {
        missing(
          "role \(role.rawValue)",
          "Add \(role.rawValue) = \"…\" under [roles], or inherit from a theme that has it.")
        continue
      }
      let own = style(truecolor, role.rawValue)
      // Sixteen colours look as their terminal wants; a style that is made of them is kept.
      let keeps = [own.foreground, own.background].allSatisfy {
        if case .rgb = $0 { return false }
        if case .indexed(16...) = $0 { return false }
        return true
      }
      let colourless = own.foreground == .terminal && own.background == .terminal
      result[role] = Theme.Face(
        own, c256: levels["c256"].map { style($0, role.rawValue) },
        c16: levels["c16"].map { style($0, role.rawValue) }
          ?? (keeps ? own : StandardFaces.c16(role)),
        c8: levels["c8"].map { style($0, role.rawValue) },
        none: levels["none"].map { style($0, role.rawValue) }
          ?? Style(colourless ? own.attributes : StandardFaces.none(role)))
    }
    return result
  }

  private mutating func style(_ entry: ThemeSource.Entry, _ key: String) -> Style {
    do {
      return try StyleText.style(entry.text, colours: colours)
    } catch {
      let names = colours.keys.sorted().joined(separator: ", ")
      note(
        entry, "\(key) \(error.reason)",
        "Write \"bold COLOUR on COLOUR\"; colours are #rrggbb, ANSI names"
          + (names.isEmpty ? "." : " and \(names)."))
      return .plain
    }
  }

  private mutating func missing(_ what: String, _ whatToDo: String) {
    problems.append(ThemeProblem(file: file, reason: "\(what) is missing", whatToDo: whatToDo))
  }

  private mutating func note(_ entry: ThemeSource.Entry, _ reason: String, _ whatToDo: String) {
    problems.append(
      ThemeProblem(file: entry.file, line: entry.line, reason: reason, whatToDo: whatToDo))
  }
}
