extension Theme {
  /// Reads a base16 scheme: the colours base00 to base0F, as its styling guide defines them, in
  /// YAML, at the top or under `palette`.
  ///
  /// - Throws: which of the colours are missing or malformed.
  public init(base16 text: String, identifier: String, file: String) throws(ThemeProblems) {
    var found: [String: (text: String, line: Int)] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      guard let (key, value) = ThemeImport.pair(line, separator: ":") else { continue }
      found[key.lowercased()] = (value, index + 1)
    }
    let places: [(base: String, names: [String])] = [
      ("base00", ["ground"]), ("base01", ["panel", "field"]), ("base02", ["edit", "quiet"]),
      ("base03", ["line", "ghost"]), ("base04", ["faint"]), ("base05", ["ink"]),
      ("base08", ["red"]), ("base09", ["orange"]), ("base0a", ["yellow"]), ("base0b", ["green"]),
      ("base0c", ["cyan"]), ("base0d", ["blue", "select"]), ("base0e", ["magenta"]),
      ("base0f", ["pink"]),
    ]
    var source = BuiltInTheme.source
    var problems: [ThemeProblem] = []
    for (base, names) in places {
      let entry = found[base]
      guard let entry, let hex = Colour(hexText: entry.text)?.hexText else {
        problems.append(
          ThemeProblem(
            file: file, line: entry?.line,
            reason: entry == nil ? "\(base) is missing" : "\(base) is no colour",
            whatToDo: "A base16 scheme has base00 to base0F as six hexadecimal digits each."))
        continue
      }
      for name in names { source.colours[name] = .init(text: hex, file: file, line: entry.line) }
    }
    if !problems.isEmpty { throw ThemeProblems(problems) }
    let name = (found["scheme"] ?? found["name"])?.text ?? identifier
    source.name = .init(text: name, file: file)
    source.colours["bright"] = source.colours["ground"]
    source.isLight = ThemeImport.isLight(source)
    try self.init(source: source, identifier: identifier, file: file)
  }

  /// Reads a theme of btop: lines such as `theme[main_bg]="#282a36"`.
  ///
  /// - Throws: which of the colours that are needed are missing or malformed.
  public init(btop text: String, identifier: String, file: String) throws(ThemeProblems) {
    let found = try ThemeImport.btopColours(text, file: file)
    var source = BuiltInTheme.source
    for (key, names) in ThemeImport.btopPlaces {
      // Empty ones mean "as the one before" there, and the built-in colour here.
      if let entry = found[key], entry.text != "terminal" {
        for name in names { source.colours[name] = entry }
      }
    }
    let ground = found["main_bg"] ?? .init(text: "terminal", file: file)
    for name in ["ground", "panel"] { source.colours[name] = ground }
    if ground.text == "terminal" {
      source.roles[.key] = ["truecolor": .init(text: "black on blue", file: file)]
    }
    source.name = .init(text: identifier, file: file)
    source.isLight = ThemeImport.isLight(source)
    if let quiet = ThemeImport.between(source, "ground", "ink") {
      for name in ["field", "edit", "quiet"] {
        source.colours[name] = .init(text: quiet, file: file)
      }
    }
    try self.init(source: source, identifier: identifier, file: file)
  }
}

/// What the formats of other programs have in common.
private enum ThemeImport {
  /// Which colours of ours a colour of btop's gives.
  static let btopPlaces: [(key: String, names: [String])] = [
    ("main_fg", ["ink"]), ("hi_fg", ["blue"]), ("selected_bg", ["select"]),
    ("selected_fg", ["bright"]), ("inactive_fg", ["faint", "ghost"]), ("div_line", ["line"]),
    ("cpu_start", ["green"]), ("cpu_mid", ["yellow"]), ("cpu_end", ["red"]),
    ("available_start", ["orange"]), ("download_start", ["cyan"]),
    ("upload_start", ["magenta"]), ("upload_end", ["pink"]),
  ]

  /// The colours of a theme of btop, by their names there.
  static func btopColours(
    _ text: String, file: String
  ) throws(ThemeProblems) -> [String: ThemeSource.Entry] {
    var problems: [ThemeProblem] = []
    var found: [String: ThemeSource.Entry] = [:]
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      guard line.hasPrefix("theme["), let (key, value) = pair(line, separator: "=")
      else { continue }
      let name = String(key.dropFirst(6).dropLast())
      guard let colour = btopColour(value) else {
        problems.append(
          ThemeProblem(
            file: file, line: index + 1, reason: "\(name) is no colour",
            whatToDo: "btop's colours are \"#rrggbb\", \"#xx\" for a grey, or \"r g b\"."))
        continue
      }
      found[name] = .init(text: colour.hexText ?? "terminal", file: file, line: index + 1)
    }
    if found["main_fg"] == nil {
      problems.append(
        ThemeProblem(
          file: file, reason: "main_fg is missing",
          whatToDo: "A theme of btop has lines such as theme[main_fg]=\"#f8f8f2\"."))
    }
    if !problems.isEmpty { throw ThemeProblems(problems) }
    return found
  }

  /// `key: "value"  # comment` in its parts, without quotes; nil for other lines.
  static func pair(_ line: Substring, separator: Character) -> (String, String)? {
    guard let middle = line.firstIndex(of: separator) else { return nil }
    let key = trimmed(line[..<middle])
    var value = trimmed(line[line.index(after: middle)...])[...]
    if let quote = value.first, quote == "\"" || quote == "'" {
      value = value.dropFirst().prefix { $0 != quote }
    } else if let comment = value.firstIndex(of: "#"), comment != value.startIndex {
      value = value[..<comment]
    }
    return key.isEmpty || key.hasPrefix("#") ? nil : (key, trimmed(value))
  }

  private static func trimmed(_ text: Substring) -> String {
    let blanks: Set<Character> = [" ", "\t", "\r"]
    var text = text.drop { blanks.contains($0) }
    while let last = text.last, blanks.contains(last) { text.removeLast() }
    return String(text)
  }

  static func btopColour(_ text: String) -> Colour? {
    if text.isEmpty { return .terminal }
    if text.hasPrefix("#"), text.utf8.count == 3 {
      return Colour(hexText: String(repeating: String(text.dropFirst()), count: 3))
    }
    if text.hasPrefix("#") { return Colour(hexText: text) }
    let parts = text.split(separator: " ").compactMap { UInt8($0) }
    return parts.count == 3 ? .rgb(parts[0], parts[1], parts[2]) : nil
  }

  static func isLight(_ source: ThemeSource) -> Bool {
    let ground = source.colours["ground"].flatMap { Colour(hexText: $0.text) }
    return (ground?.luminance ?? 0) > 0.18
  }

  /// A ground that differs a little from the main one.
  static func between(_ source: ThemeSource, _ from: String, _ to: String) -> String? {
    guard let a = source.colours[from].flatMap({ Colour(hexText: $0.text) }),
      let b = source.colours[to].flatMap({ Colour(hexText: $0.text) })
    else { return nil }
    return a.mixed(with: b, 0.15).hexText
  }
}
