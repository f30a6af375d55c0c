extension String {
  /// The text broken into lines of at most `columns`, at blanks where possible; line feeds are
  /// kept, and lines after the first of a paragraph start with `indent` blanks more than the first.
  public func wrapped(toColumns columns: Int, indent: Int = 0) -> [String] {
    guard columns > 0 else { return [] }
    var result: [String] = []
    for paragraph in split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let margin = String(paragraph.prefix { $0 == " " })
      var line = margin
      var used = margin.columns
      let next = String(
        repeating: " ", count: min(margin.columns + indent, max(0, columns - 1)))
      var isEmpty = true
      for word in paragraph.split(separator: " ") {
        var glyphs = Glyph.glyphs(of: String(word))[...]
        let width = glyphs.reduce(0) { $0 + $1.width }
        if !isEmpty && used + 1 + width > columns {
          result.append(line)
          (line, used, isEmpty) = (next, next.columns, true)
        } else if !isEmpty {
          line += " "
          used += 1
        }
        // A word longer than a line, such as a path, is broken where the line ends.
        while let glyph = glyphs.first {
          if used + glyph.width > columns && !isEmpty {
            result.append(line)
            (line, used, isEmpty) = (next, next.columns, true)
          }
          if used + glyph.width > columns { (line, used) = ("", 0) }
          line += glyph.text
          used += glyph.width
          isEmpty = false
          glyphs = glyphs.dropFirst()
        }
      }
      result.append(isEmpty ? "" : line)
    }
    return result
  }
}
