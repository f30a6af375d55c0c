/// Reads a collection of YAML in braces or brackets: `{metafile: '>J1.cs', num_items: 12}`.
struct YAMLFlowReader {
  private(set) var rest: Substring
  /// Whether the text ended before the collection did.
  private(set) var isCutOff = false
  private static let deepest = 20

  init(text: String) { rest = text[...] }

  var isAtEnd: Bool {
    let left = rest.drop { $0 == " " }
    return left.isEmpty || left.hasPrefix("#")
  }

  private mutating func skipBlanks() { rest = rest.drop { $0 == " " } }

  /// The value at hand; nil where there is none, and where the text ends within it.
  mutating func value(depth: Int) -> YAMLValue? {
    skipBlanks()
    guard depth < Self.deepest else { return nil }
    switch rest.first {
    case nil:
      isCutOff = true
      return nil
    case "{"?: return mapping(depth: depth)
    case "["?: return list(depth: depth)
    default: return scalar().map { .text(["~", "null", "Null", "NULL"].contains($0) ? "" : $0) }
    }
  }

  private mutating func list(depth: Int) -> YAMLValue? {
    var elements: [YAMLValue] = []
    rest.removeFirst()
    while true {
      skipBlanks()
      if rest.first == "]" { break }
      guard let element = value(depth: depth + 1) else { return nil }
      elements.append(element)
      guard isAfterElement(closing: "]") else { return nil }
    }
    rest.removeFirst()
    return .list(elements)
  }

  private mutating func mapping(depth: Int) -> YAMLValue? {
    var entries: [YAMLValue.Entry] = []
    rest.removeFirst()
    while true {
      skipBlanks()
      if rest.first == "}" { break }
      guard let key = scalar(), !entries.contains(where: { $0.key == key }) else { return nil }
      skipBlanks()
      guard rest.first == ":" else {
        isCutOff = rest.isEmpty
        return nil
      }
      rest.removeFirst()
      skipBlanks()
      let isEmpty = rest.first == "," || rest.first == "}"
      guard let value = isEmpty ? .text("") : value(depth: depth + 1) else { return nil }
      entries.append(.init(key: key, value: value))
      guard isAfterElement(closing: "}") else { return nil }
    }
    rest.removeFirst()
    return .mapping(entries)
  }

  /// Goes past a comma; false where neither a comma nor the end of the collection is at hand.
  private mutating func isAfterElement(closing: Character) -> Bool {
    skipBlanks()
    if rest.first == "," {
      rest.removeFirst()
      return true
    }
    isCutOff = rest.isEmpty
    return rest.first == closing
  }

  private mutating func scalar() -> String? {
    guard let first = rest.first else {
      isCutOff = true
      return nil
    }
    if first == "'" || first == "\"" {
      guard let (text, after) = YAMLReader.quoted(rest) else {
        isCutOff = true
        return nil
      }
      rest = after
      return text
    }
    guard !"&*!|>%@`?,:]}".contains(first) else { return nil }
    var end = rest.startIndex
    while end < rest.endIndex, !",{}[]".contains(rest[end]) {
      let after = rest.index(after: end)
      // A colon ends a key only before a blank; times and paths have others.
      if rest[end] == ":", after == rest.endIndex || rest[after] == " " { break }
      end = after
    }
    var text = rest[..<end]
    while text.last == " " { text.removeLast() }
    rest = rest[end...]
    return String(text)
  }
}
