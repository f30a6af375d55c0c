/// Text in one style, part of a line.
public struct Span: Sendable, Hashable {
  public var text: String
  public var style: Style

  public init(_ text: String, _ style: Style) {
    self.text = text
    self.style = style
  }
}

/// Where text stands in a width that is larger than it.
public enum Alignment: Sendable, Hashable { case left, centre, right }

extension Grid {
  /// Writes one line of text and returns the columns that it took.
  ///
  /// - Parameter width: columns at most; longer text is cut with an ellipsis. Without it the text
  ///   is cut by the clip alone.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, style: Style, width: Int? = nil, alignment: Alignment = .left
  ) -> Int {
    write([Span(text, style)], x: x, y: y, width: width, alignment: alignment)
  }

  /// Writes one line of several styles and returns the columns that it took.
  @discardableResult
  public mutating func write(
    _ spans: [Span], x: Int, y: Int, width: Int? = nil, alignment: Alignment = .left
  ) -> Int {
    var pieces: [(glyph: Glyph, style: Style)] = []
    for span in spans {
      for glyph in Glyph.glyphs(of: span.text, level: glyphs) { pieces.append((glyph, span.style)) }
    }
    var total = pieces.reduce(0) { $0 + $1.glyph.width }
    var column = x
    if let width {
      if width <= 0 { return 0 }
      if total > width {
        while let last = pieces.last, total > width - 1 {
          total -= last.glyph.width
          pieces.removeLast()
        }
        let style = pieces.last?.style ?? spans.first?.style ?? .plain
        pieces.append((Glyph(text: glyphs == .ascii ? "~" : "…", width: 1), style))
        total += 1
      }
      switch alignment {
      case .left: break
      case .centre: column += (width - total) / 2
      case .right: column += width - total
      }
    }
    for piece in pieces {
      place(
        Cell(text: piece.glyph.text, width: Int8(piece.glyph.width), style: piece.style),
        x: column, y: y)
      column += piece.glyph.width
    }
    return total
  }
}
