/// Paragraphs of text, wrapped to the width and scrolled by lines: help, verdicts, logs.
public struct TextPane: Widget, Hashable {
  /// A paragraph in one style.
  public struct Paragraph: Sendable, Hashable {
    public var text: String
    public var role: Role
    /// Blanks before all lines but the first.
    public var indent: Int

    public init(_ text: String, role: Role = .text, indent: Int = 0) {
      self.text = text
      self.role = role
      self.indent = indent
    }
  }

  public var paragraphs: [Paragraph]
  /// The first line that is shown.
  public var top: Int

  public init(_ paragraphs: [Paragraph], top: Int = 0) {
    self.paragraphs = paragraphs
    self.top = top
  }

  /// Lines that the text takes at a width.
  public func lineCount(columns: Int) -> Int { lines(columns: columns).count }

  private func lines(columns: Int) -> [(text: String, role: Role)] {
    paragraphs.flatMap { paragraph in
      paragraph.text.wrapped(toColumns: columns, indent: paragraph.indent)
        .map { ($0, paragraph.role) }
    }
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard !rect.isEmpty else { return }
    var width = rect.width
    var lines = lines(columns: width)
    if lines.count > rect.height && width > 4 {
      width -= 2
      lines = self.lines(columns: width)
      let bar = Rect(x: rect.right - 1, y: rect.y, width: 1, height: rect.height)
      grid.draw(ScrollBar(total: lines.count, visible: rect.height, top: top), in: bar, appearance)
    }
    let start = max(0, min(top, lines.count - rect.height))
    for (row, line) in lines.dropFirst(start).prefix(rect.height).enumerated() {
      grid.write(
        line.text, x: rect.x, y: rect.y + row, style: appearance[line.role], width: width)
    }
  }
}
