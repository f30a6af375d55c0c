/// A frame with a title, a note at the right of its top, and a footer.
public struct Box: Widget, Hashable {
  public var title: String
  /// Set at the right end of the top, left out where there is no room for it.
  public var note: String
  public var footer: String
  /// The number by which the pane is toggled, before the title.
  public var number: Int?
  public var isFocused: Bool

  public init(
    title: String = "", note: String = "", footer: String = "", number: Int? = nil,
    isFocused: Bool = false
  ) {
    self.title = title
    self.note = note
    self.footer = footer
    self.number = number
    self.isFocused = isFocused
  }

  /// What is left inside the frame.
  public static func content(of rect: Rect) -> Rect { rect.inset() }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let style = appearance[isFocused ? .borderFocus : .border]
    grid.frame(rect, style: style, isHeavy: isFocused && appearance.palette.level == .none)
    guard rect.height > 0, rect.width > 5 else { return }
    var column = rect.x + 2
    let end = rect.right - 2
    if !title.isEmpty || number != nil {
      let titleStyle = appearance[.title]
      var spans: [Span] = []
      if let number { spans.append(Span("\(number)", appearance[.accent])) }
      if number != nil && !title.isEmpty { spans.append(Span(" ", style)) }
      if !title.isEmpty { spans.append(Span(title, titleStyle)) }
      spans = [Span(" ", style)] + spans + [Span(" ", style)]
      column += grid.write(spans, x: column - 1, y: rect.y, width: end - column + 2)
    }
    let noteWidth = note.columns + 2
    if !note.isEmpty && column + noteWidth <= end {
      grid.write(
        " \(note) ", x: end - noteWidth + 1, y: rect.y, style: appearance[.dim], width: noteWidth)
    }
    if !footer.isEmpty && rect.height > 1 && rect.width > 6 {
      grid.write(
        " \(footer) ", x: rect.x + 1, y: rect.bottom - 1, style: appearance[.dim],
        width: min(footer.columns + 2, rect.width - 2))
    }
  }
}

extension Grid {
  /// Draws the frame of a rectangle; one that is too thin for corners becomes a line.
  public mutating func frame(_ rect: Rect, style: Style, isHeavy: Bool = false) {
    guard !rect.isEmpty else { return }
    let line: [Unicode.Scalar]
    switch glyphs {
    case .ascii: line = isHeavy ? ["=", "|", "+", "+", "+", "+"] : ["-", "|", "+", "+", "+", "+"]
    case .basic, .unicode:
      line = isHeavy ? ["═", "║", "╔", "╗", "╚", "╝"] : ["─", "│", "┌", "┐", "└", "┘"]
    }
    let right = rect.right - 1
    let bottom = rect.bottom - 1
    for x in rect.x...right {
      put(line[0], x: x, y: rect.y, style: style)
      put(line[0], x: x, y: bottom, style: style)
    }
    guard rect.height > 1 else { return }
    for y in rect.y...bottom {
      put(line[1], x: rect.x, y: y, style: style)
      put(line[1], x: right, y: y, style: style)
    }
    guard rect.width > 1 else { return }
    put(line[2], x: rect.x, y: rect.y, style: style)
    put(line[3], x: right, y: rect.y, style: style)
    put(line[4], x: rect.x, y: bottom, style: style)
    put(line[5], x: right, y: bottom, style: style)
  }
}
