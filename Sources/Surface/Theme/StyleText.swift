/// Styles as theme files write them: `bold snow on night`, `underline`, `#ebcb8b`, `bright-red`.
///
/// Words are attributes (bold, dim, underline, reverse), a foreground colour, and after `on` a
/// background colour. A colour is a name from the theme's own list, an ANSI name, `terminal`,
/// `#rrggbb`, or a palette entry as `palette-N`.
enum StyleText {
  struct Malformed: Error { let reason: String }

  static func style(_ text: String, colours: [String: Colour]) throws(Malformed) -> Style {
    var style = Style.plain
    var foregroundSet = false
    var backgroundNext = false
    var backgroundSet = false
    for word in text.split(separator: " ").map(String.init) {
      if backgroundNext {
        style.background = try colour(word, colours: colours)
        backgroundNext = false
        backgroundSet = true
      } else if word == "on" {
        if backgroundSet { throw Malformed(reason: "has two backgrounds") }
        backgroundNext = true
      } else if let attribute = attributes[word] {
        style.attributes.insert(attribute)
      } else {
        if foregroundSet { throw Malformed(reason: "has two foregrounds") }
        style.foreground = try colour(word, colours: colours)
        foregroundSet = true
      }
    }
    if backgroundNext { throw Malformed(reason: "ends with \"on\"") }
    return style
  }

  static func colour(_ word: String, colours: [String: Colour]) throws(Malformed) -> Colour {
    if let named = colours[word] ?? ansi[word] { return named }
    if word.hasPrefix("#"), let colour = Colour(hexText: word) { return colour }
    if word.hasPrefix("palette-"), let index = UInt8(word.dropFirst(8)) { return .indexed(index) }
    throw Malformed(reason: "names no known colour: \"\(word)\"")
  }

  private static let attributes: [String: Style.Attributes] = [
    "bold": .bold, "dim": .dim, "underline": .underline, "reverse": .reverse,
  ]

  private static let ansi: [String: Colour] = {
    var colours: [String: Colour] = ["terminal": .terminal]
    let names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"]
    for (index, name) in names.enumerated() {
      colours["ansi-" + name] = .indexed(UInt8(index))
      colours["bright-" + name] = .indexed(UInt8(index + 8))
      colours[name] = .indexed(UInt8(index))
    }
    return colours
  }()
}
