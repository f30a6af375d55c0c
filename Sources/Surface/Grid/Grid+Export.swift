extension Grid {
  /// The rows as plain text, blanks at their ends left out, each ended by a line feed.
  public var text: String {
    var result = ""
    for y in 0..<size.height {
      var line = ""
      for x in 0..<size.width { line += self[x, y].text }
      while line.last == " " { line.removeLast() }
      result += line + "\n"
    }
    return result
  }

  /// The rows with SGR sequences, as a terminal would show them with `cat`.
  public var ansiText: String {
    var result = ""
    for y in 0..<size.height {
      var style = Style.plain
      for x in 0..<size.width {
        let cell = self[x, y]
        if cell.style != style {
          result += cell.style.ansiSequence
          style = cell.style
        }
        result += cell.text
      }
      result += style == .plain ? "\n" : "\u{1B}[0m\n"
    }
    return result
  }
}
