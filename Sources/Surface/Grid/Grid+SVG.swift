extension Grid {
  /// The grid as a picture in SVG, with text as text: for reports and for sharing a panel.
  ///
  /// - Parameters:
  ///   - title: what the picture shows, read aloud by screen readers.
  ///   - foreground: for cells in the terminal's own colour.
  ///   - background: likewise.
  public func svg(
    title: String = "", foreground: Colour = Colour(hex: 0x20262E),
    background: Colour = Colour(hex: 0xFFFFFF)
  ) -> String {
    // Monospaced fonts are 0.6 as wide as high; a line is twice as high as a column is wide.
    let cellWidth = 9
    let cellHeight = 18
    let width = size.width * cellWidth
    let height = size.height * cellHeight
    let ground = background.hexText ?? "#ffffff"
    var svg =
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
      + " viewBox=\"0 0 \(width) \(height)\" font-family=\"monospace\" font-size=\"15\">\n"
    if !title.isEmpty { svg += "<title>\(markupEscaped(title))</title>\n" }
    svg += "<rect width=\"100%\" height=\"100%\" fill=\"\(ground)\"/>\n"
    for y in 0..<size.height {
      for run in runs(y) {
        let (ink, paper) = colours(of: run.style, foreground, background)
        let x = run.x * cellWidth
        if paper != ground {
          svg +=
            "<rect x=\"\(x)\" y=\"\(y * cellHeight)\" width=\"\(run.columns * cellWidth)\""
            + " height=\"\(cellHeight)\" fill=\"\(paper)\"/>\n"
        }
        svg += blocks(run, y: y, ink, cellWidth, cellHeight)
        if run.text.allSatisfy({ $0 == " " || Grid.blockShape($0) != nil }) { continue }
        var attributes = "fill=\"\(ink)\""
        if run.style.attributes.contains(.bold) { attributes += " font-weight=\"bold\"" }
        if run.style.attributes.contains(.underline) {
          attributes += " text-decoration=\"underline\""
        }
        if run.style.attributes.contains(.dim) { attributes += " opacity=\"0.6\"" }
        let text = String(run.text.map { Grid.blockShape($0) == nil ? $0 : " " })
        svg +=
          "<text x=\"\(x)\" y=\"\(y * cellHeight + 14)\" textLength=\"\(run.columns * cellWidth)\""
          + " xml:space=\"preserve\" \(attributes)>\(markupEscaped(text))</text>\n"
      }
    }
    return svg + "</svg>\n"
  }

  private struct Run {
    var x: Int
    var columns: Int
    var text: String
    var style: Style
  }

  private func runs(_ y: Int) -> [Run] {
    var runs: [Run] = []
    for x in 0..<size.width {
      let cell = self[x, y]
      // A wide character stands alone, so that in a run characters are columns.
      if cell.width == 0, let last = runs.indices.last {
        runs[last].columns += 1
      } else if let last = runs.last, last.style == cell.style, cell.width == 1,
        last.text.count == last.columns
      {
        runs[runs.count - 1].text += cell.text
        runs[runs.count - 1].columns += 1
      } else {
        runs.append(Run(x: x, columns: 1, text: cell.text, style: cell.style))
      }
    }
    return runs
  }

  private func colours(
    of style: Style, _ foreground: Colour, _ background: Colour
  ) -> (ink: String, paper: String) {
    let ink = style.foreground.hexText ?? foreground.hexText ?? "#000000"
    let paper = style.background.hexText ?? background.hexText ?? "#ffffff"
    return style.attributes.contains(.reverse) ? (paper, ink) : (ink, paper)
  }

  /// Blocks as rectangles, since fonts leave gaps between them.
  private func blocks(
    _ run: Run, y: Int, _ ink: String, _ cellWidth: Int, _ cellHeight: Int
  ) -> String {
    var result = ""
    for (index, character) in run.text.enumerated() {
      guard let shape = Grid.blockShape(character) else { continue }
      let x = Double(run.x + index) + shape.left
      let top = Double(y) + shape.top
      let width = shape.right - shape.left
      let height = shape.bottom - shape.top
      result +=
        "<rect x=\"\(x * Double(cellWidth))\" y=\"\(top * Double(cellHeight))\""
        + " width=\"\(width * Double(cellWidth))\" height=\"\(height * Double(cellHeight))\""
        + " fill=\"\(ink)\"/>\n"
    }
    return result
  }

  /// The part of a cell that a block fills, in shares of its width and height.
  private static func blockShape(
    _ character: Character
  ) -> (left: Double, top: Double, right: Double, bottom: Double)? {
    guard let scalar = character.unicodeScalars.first, character.unicodeScalars.count == 1 else {
      return nil
    }
    switch scalar.value {
    case 0x2580: return (0, 0, 1, 0.5)
    case 0x2581...0x2588: return (0, 1 - Double(scalar.value - 0x2580) / 8, 1, 1)
    case 0x2589...0x258F: return (0, 0, Double(0x2590 - scalar.value) / 8, 1)
    case 0x2590: return (0.5, 0, 1, 1)
    default: return nil
    }
  }
}
