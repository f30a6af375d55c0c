/// One character as a terminal shows it: a base and its combining marks, one or two columns wide.
public struct Glyph: Sendable, Hashable {
  public let text: String
  /// 1 or 2.
  public let width: Int

  init(text: String, width: Int) {
    self.text = text
    self.width = width
  }

  /// Text as characters that are safe to send to a terminal.
  ///
  /// Control characters (so every escape sequence) become a replacement of the same number of
  /// columns, as do private, unassigned and separator characters; format characters (text
  /// direction, joiners, variation selectors) and marks without a base are left out. The width does
  /// not depend on the level: at `.ascii` each column holds the nearest ASCII character.
  ///
  /// Emoji sequences come apart into their parts, since terminals do not agree on their width.
  public static func glyphs(of text: String, level: GlyphLevel = .unicode) -> [Glyph] {
    var result: [Glyph] = []
    result.reserveCapacity(text.utf8.count)
    var base: Unicode.Scalar?
    var marks = String.UnicodeScalarView()

    func finish() {
      guard let scalar = base else { return }
      let width = scalar.columns
      if level == .ascii && scalar.value > 0x7E {
        let text = ASCIIFallback.text(for: scalar)
        for _ in 0..<width { result.append(Glyph(text: text, width: 1)) }
      } else {
        var characters = String.UnicodeScalarView([scalar])
        characters.append(contentsOf: marks)
        result.append(Glyph(text: String(characters), width: width))
      }
      marks = String.UnicodeScalarView()
    }

    for scalar in text.unicodeScalars {
      switch scalar.kind {
      case .printable:
        finish()
        base = scalar
      case .mark:
        // Four marks are all that ncurses keeps, and with them a cell's text stays in place.
        if base != nil && level != .ascii && marks.count < 4
          && marks.reduce(4, { $0 + $1.utf8.count }) + scalar.utf8.count <= 15
        {
          marks.append(scalar)
        }
      case .space:
        finish()
        base = " "
      case .regionalLetter(let letter):
        finish()
        base = letter
      case .unsafe:
        finish()
        base = level == .ascii ? "?" : "\u{FFFD}"
      case .invisible: break
      }
    }
    finish()
    return result
  }
}

extension String {
  /// Columns that the text takes in a grid.
  public var columns: Int {
    if utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return utf8.count }
    return Glyph.glyphs(of: self).reduce(0) { $0 + $1.width }
  }

  /// The text cut to `columns`, with an ellipsis where something is missing.
  public func truncated(toColumns columns: Int) -> String {
    if self.columns <= columns { return self }
    guard columns > 0 else { return "" }
    var result = ""
    var used = 0
    for glyph in Glyph.glyphs(of: self) {
      if used + glyph.width > columns - 1 { break }
      result += glyph.text
      used += glyph.width
    }
    return result + "…"
  }

  /// The text cut or filled with blanks to exactly `columns`.
  public func padded(toColumns columns: Int, alignment: Alignment = .left) -> String {
    let text = truncated(toColumns: columns)
    let missing = max(0, columns - text.columns)
    let before: Int
    switch alignment {
    case .left: before = 0
    case .centre: before = missing / 2
    case .right: before = missing
    }
    return String(repeating: " ", count: before) + text
      + String(repeating: " ", count: missing - before)
  }
}
