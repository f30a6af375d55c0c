import TOMLText

/// What a theme's file says, not yet resolved: a theme that inherits is its parent's source with
/// its own laid over, so that other colours under the same names change every role that uses them.
struct ThemeSource {
  /// A piece of text and where it stands.
  struct Entry {
    var text: String
    var file: String
    var line: Int?
  }

  var name: Entry
  var isLight = false
  var background: Entry?
  var heatMap: Entry?
  var gradient: [Entry] = []
  var colours: [String: Entry] = [:]
  /// By role and level (`truecolor`, `c256`, `c16`, `c8`, `none`).
  var roles: [Role: [String: Entry]] = [:]

  static let levels = ["truecolor", "c256", "c16", "c8", "none"]

  /// This source with a child's entries over it.
  func overlaid(by child: ThemeSource) -> ThemeSource {
    var result = child
    result.background = child.background ?? background
    result.heatMap = child.heatMap ?? heatMap
    if child.gradient.isEmpty { result.gradient = gradient }
    result.colours = colours.merging(child.colours) { $1 }
    result.roles = roles.merging(child.roles) { $1 }
    return result
  }
}

/// Reads the TOML of one theme and notes every problem.
struct ThemeReader {
  let file: String
  /// The first line on which each key is set, in whichever table.
  private var lines: [String: Int] = [:]
  var problems: [ThemeProblem] = []

  init(file: String) { self.file = file }

  private mutating func noteLines(of table: TOMLTable) {
    for key in table.keys {
      guard let value = table[key] else { continue }
      lines[key] = min(lines[key] ?? .max, value.line)
      if let inner = value.table { noteLines(of: inner) }
    }
  }

  mutating func source(of table: TOMLTable, identifier: String) -> ThemeSource {
    noteLines(of: table)
    let name = string(table, "name") ?? identifier
    var source = ThemeSource(name: .init(text: name, file: file))
    for key in table.keys.sorted() where !ThemeReader.keys.contains(key) {
      note(
        key, "unknown key \"\(key)\"",
        "Keys are \(ThemeReader.keys.joined(separator: ", ")).")
    }
    if let light = table["light"] {
      if let value = light.bool {
        source.isLight = value
      } else {
        note("light", "light is neither true nor false", "Write light = true or light = false.")
      }
    }
    source.background = string(table, "background").map { entry($0, "background") }
    source.heatMap = string(table, "heat-map").map { entry($0, "heat-map") }
    source.gradient = gradient(table)
    source.colours = colours(table)
    source.roles = roles(table)
    return source
  }

  static let keys = [
    "name", "inherits", "light", "background", "heat-map", "gradient", "colours", "roles",
  ]

  mutating func string(_ table: TOMLTable, _ key: String) -> String? {
    guard let value = table[key] else { return nil }
    if let text = value.string { return text }
    note(key, "\(key) is not a text in quotes", "Write \(key) = \"…\".")
    return nil
  }

  private mutating func gradient(_ table: TOMLTable) -> [ThemeSource.Entry] {
    guard let value = table["gradient"] else { return [] }
    let texts = value.array?.compactMap(\.string) ?? []
    if texts.count < 2 || texts.count != value.array?.count {
      note(
        "gradient", "gradient is not a list of two or more colours",
        "Write gradient = [\"green\", \"yellow\", \"red\"].")
    }
    return texts.map { entry($0, "gradient") }
  }

  private mutating func colours(_ table: TOMLTable) -> [String: ThemeSource.Entry] {
    var result: [String: ThemeSource.Entry] = [:]
    guard let colours = section(table, "colours") else { return [:] }
    for key in colours.keys.sorted() {
      if let text = string(colours, key) { result[key] = entry(text, key) }
    }
    return result
  }

  private mutating func roles(_ table: TOMLTable) -> [Role: [String: ThemeSource.Entry]] {
    var result: [Role: [String: ThemeSource.Entry]] = [:]
    guard let roles = section(table, "roles") else { return [:] }
    for key in roles.keys.sorted() {
      guard let role = Role(rawValue: key) else {
        note(
          key, "there is no role \"\(key)\"",
          "Roles are \(Role.allCases.map(\.rawValue).joined(separator: ", ")).")
        continue
      }
      if let text = roles[key]?.string {
        result[role] = ["truecolor": entry(text, key)]
      } else if let levels = roles[key]?.table {
        result[role] = self.levels(levels, key)
      } else {
        note(
          key, "role \(key) is neither a style nor a table of styles by level",
          "Write \(key) = \"bold blue on black\" or \(key) = { truecolor = \"…\", c16 = \"…\" }.")
      }
    }
    return result
  }

  private mutating func levels(_ table: TOMLTable, _ role: String) -> [String: ThemeSource.Entry] {
    var result: [String: ThemeSource.Entry] = [:]
    for level in table.keys.sorted() {
      if ThemeSource.levels.contains(level), let text = table[level]?.string {
        result[level] = entry(text, role)
      } else {
        note(
          role, "role \(role) has no style for \"\(level)\"",
          "Levels are \(ThemeSource.levels.joined(separator: ", ")), each a text in quotes.")
      }
    }
    if result["truecolor"] == nil {
      note(role, "role \(role) has no style for truecolor", "Add truecolor = \"…\".")
    }
    return result
  }

  private mutating func section(_ table: TOMLTable, _ key: String) -> TOMLTable? {
    guard let value = table[key] else { return nil }
    if value.table == nil {
      note(key, "\(key) is not a table", "Write [\(key)] above its entries.")
    }
    return value.table
  }

  private func entry(_ text: String, _ key: String) -> ThemeSource.Entry {
    ThemeSource.Entry(text: text, file: file, line: line(of: key))
  }

  mutating func note(_ key: String, _ reason: String, _ whatToDo: String) {
    problems.append(
      ThemeProblem(file: file, line: line(of: key), reason: reason, whatToDo: whatToDo))
  }

  private func line(of key: String) -> Int? { lines[key] }
}
