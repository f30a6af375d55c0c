/// Reads YAML of the part that `YAMLValue` describes.
struct YAMLReader {
  private struct Line {
    var number: Int
    var indentation: Int
    var text: Substring
    /// Blank lines above it: within quotes each is a line break.
    var blanksAbove: Int
    /// Outside of quotes.
    var isComment: Bool { text.hasPrefix("#") }
  }

  private var lines: [Line] = []
  private var next = 0
  /// Deeper mappings than any group has.
  private static let deepest = 50
  /// Lines that one text may go over.
  private static let longestText = 1000

  /// The value of a whole text.
  static func value(of text: String) throws(YAMLSyntaxError) -> YAMLValue {
    var reader = try YAMLReader(text)
    reader.skipComments()
    guard reader.next < reader.lines.count else { return .mapping([]) }
    let first = reader.lines[reader.next]
    let value = try reader.block(indentation: first.indentation, depth: 0)
    if reader.next < reader.lines.count {
      throw reader.error("it is indented less than what it belongs to", at: reader.next)
    }
    return value
  }

  private init(_ text: String) throws(YAMLSyntaxError) {
    let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    var number = 0
    var blanks = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      number += 1
      let content = line.drop { $0 == " " }
      let trimmed = content.trimmingEnd
      if trimmed.isEmpty { blanks += 1 }
      if trimmed.isEmpty || trimmed == "---" { continue }
      if trimmed == "..." { break }
      if trimmed.hasPrefix("\t") {
        throw YAMLSyntaxError(line: number, description: "a tab stands where spaces indent")
      }
      lines.append(
        Line(
          number: number, indentation: line.count - content.count, text: trimmed,
          blanksAbove: blanks))
      blanks = 0
    }
  }

  private mutating func skipComments() {
    while next < lines.count, lines[next].isComment { next += 1 }
  }

  private func error(_ description: String, at index: Int) -> YAMLSyntaxError {
    YAMLSyntaxError(line: lines[min(index, lines.count - 1)].number, description: description)
  }

  // MARK: Blocks

  private mutating func block(indentation: Int, depth: Int) throws(YAMLSyntaxError) -> YAMLValue {
    guard depth < Self.deepest else {
      throw error("more than \(Self.deepest) mappings in each other", at: next)
    }
    let text = lines[next].text
    if text == "-" || text.hasPrefix("- ") {
      return try list(indentation: indentation, depth: depth)
    }
    var entries: [YAMLValue.Entry] = []
    var known: Set<String> = []
    while next < lines.count, lines[next].indentation == indentation {
      let (key, rest) = try key(of: lines[next].text)
      guard known.insert(key).inserted else { throw error("\(key) is set twice", at: next) }
      entries.append(
        .init(key: key, value: try value(rest, indentation: indentation, depth: depth)))
    }
    if next < lines.count, lines[next].indentation > indentation {
      throw error("it is indented differently from what is beside it", at: next)
    }
    return .mapping(entries)
  }

  private mutating func list(indentation: Int, depth: Int) throws(YAMLSyntaxError) -> YAMLValue {
    var elements: [YAMLValue] = []
    while next < lines.count, lines[next].indentation == indentation,
      lines[next].text == "-" || lines[next].text.hasPrefix("- ")
    {
      let rest = lines[next].text.dropFirst().drop { $0 == " " }
      let inner = indentation + lines[next].text.count - rest.count
      if !rest.isEmpty, (try? key(of: rest)) != nil || rest.hasPrefix("- ") {
        // A mapping or list that begins on the line of its dash.
        lines[next].text = rest
        lines[next].indentation = inner
        elements.append(try block(indentation: inner, depth: depth + 1))
      } else {
        elements.append(try value(rest, indentation: indentation, depth: depth))
      }
    }
    return .list(elements)
  }

  /// What stands after a key or dash: on the same line and those that go on with it, or as a block below.
  private mutating func value(
    _ rest: Substring, indentation: Int, depth: Int
  ) throws(YAMLSyntaxError) -> YAMLValue {
    let start = next
    next += 1
    guard rest.isEmpty || rest.hasPrefix("#") else { return try scalar(rest, indentation, start) }
    skipComments()
    guard next < lines.count else { return .text("") }
    let below = lines[next]
    // PyYAML writes the dashes of a list right below its key.
    let isList = below.text == "-" || below.text.hasPrefix("- ")
    guard below.indentation > indentation || isList && below.indentation == indentation else {
      return .text("")
    }
    // A dash's own neighbours are no block below it.
    if below.indentation == indentation, lines[start].text.hasPrefix("-") { return .text("") }
    if (try? key(of: below.text)) == nil, !isList {
      // A text too long for the line of its key.
      next += 1
      return try scalar(below.text, indentation, next - 1)
    }
    return try block(indentation: below.indentation, depth: depth + 1)
  }

  // MARK: Keys and texts

  /// A key and what follows its colon.
  private func key(of text: Substring) throws(YAMLSyntaxError) -> (String, Substring) {
    if let quote = text.first, quote == "'" || quote == "\"" {
      guard let (key, rest) = Self.quoted(text), rest.first == ":" else {
        throw error("a key in quotes is not followed by a colon", at: next)
      }
      return (key, rest.dropFirst().drop { $0 == " " })
    }
    var index = text.startIndex
    while index < text.endIndex {
      let after = text.index(after: index)
      if text[index] == ":", after == text.endIndex || text[after] == " " {
        let key = text[..<index].trimmingEnd
        guard let first = key.first,
          !"&*!|>%@`[]{},?#-".contains(first) || key.count > 1 && first == "-"
        else { break }
        return (String(key), text[after...].drop { $0 == " " })
      }
      index = after
    }
    throw error("there is no key with a colon: \(text.prefix(40))", at: next)
  }

  private mutating func scalar(
    _ first: Substring, _ indentation: Int, _ start: Int
  ) throws(YAMLSyntaxError) -> YAMLValue {
    guard let mark = first.first else { return .text("") }
    if mark == "'" || mark == "\"" {
      // Lines are joined by a space until the quote is closed.
      var text = String(first)
      while true {
        if let (value, rest) = Self.quoted(text[...]) {
          let rest = rest.drop { $0 == " " }
          guard rest.isEmpty || rest.hasPrefix("#") else {
            throw error("something follows the quotes: \(rest.prefix(20))", at: start)
          }
          skipComments()
          return .text(value)
        }
        guard next < lines.count, lines[next].indentation > indentation,
          next - start < Self.longestText
        else { throw error("a quote is not closed", at: start) }
        // In double quotes, a backslash at the end takes the break away.
        if mark == "\"", text.hasSuffix("\\") {
          text.removeLast()
          text +=
            lines[next].text.hasPrefix("\\ ") ? lines[next].text.dropFirst() : lines[next].text
        } else {
          let blanks = lines[next].blanksAbove
          text += blanks == 0 ? " " : String(repeating: "\n", count: blanks)
          text += lines[next].text
        }
        next += 1
      }
    }
    if mark == "{" || mark == "[" { return try flow(first, indentation, start) }
    guard !"&*!|>%@`[]{}".contains(mark) else {
      throw error("\(mark) begins what is not read here: \(first.prefix(20))", at: start)
    }
    var text = String(Self.withoutComment(first))
    while next < lines.count, lines[next].indentation > indentation, !lines[next].isComment {
      guard (try? key(of: lines[next].text)) == nil else {
        throw error("a key stands in the middle of a text", at: next)
      }
      text += " " + Self.withoutComment(lines[next].text)
      next += 1
    }
    skipComments()
    return .text(["~", "null", "Null", "NULL"].contains(text) ? "" : text)
  }

  /// A collection in braces or brackets, on one line or going on with deeper ones.
  private mutating func flow(
    _ first: Substring, _ indentation: Int, _ start: Int
  ) throws(YAMLSyntaxError) -> YAMLValue {
    var text = String(first)
    while true {
      var reader = YAMLFlowReader(text: text)
      if let value = reader.value(depth: 0) {
        guard reader.isAtEnd else {
          throw error(
            "something follows the bracket that closes: \(reader.rest.prefix(20))", at: start)
        }
        skipComments()
        return value
      }
      guard reader.isCutOff, next < lines.count, lines[next].indentation > indentation,
        next - start < Self.longestText
      else {
        throw error("the collection in brackets cannot be read: \(first.prefix(40))", at: start)
      }
      text += " " + lines[next].text
      next += 1
    }
  }

  private static func withoutComment(_ text: Substring) -> Substring {
    guard let range = text.firstRange(of: " #") else { return text }
    return text[..<range.lowerBound].trimmingEnd
  }
}

extension Substring {
  /// Without the blanks at its end.
  fileprivate var trimmingEnd: Substring {
    var result = self
    while let last = result.last, last == " " || last == "\t" || last == "\r" {
      result.removeLast()
    }
    return result
  }
}
