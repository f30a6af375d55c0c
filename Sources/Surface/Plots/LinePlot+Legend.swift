extension LinePlot {
  /// The letter of a curve in legend and plot, from a.
  static func letter(_ order: Int) -> String {
    String(Character(Unicode.Scalar(UInt8(97 + ((order % 26) + 26) % 26))))
  }

  /// The value of a curve at x, between its two nearest points; nil outside of it.
  public func value(of index: Int, at x: Double) -> Double? {
    guard series.indices.contains(index) else { return nil }
    let points = series[index].points
    var before: PlotPoint?
    for point in points where point.x.isFinite {
      if point.x == x { return point.y.isFinite ? point.y : nil }
      if let last = before, last.x < x, point.x > x {
        guard last.y.isFinite, point.y.isFinite else { return nil }
        if series[index].kind == .steps { return last.y }
        return last.y + (point.y - last.y) * (x - last.x) / (point.x - last.x)
      }
      before = point
    }
    return nil
  }

  private var hasLetters: Bool { curves.count > 1 && curves.contains { !series[$0].name.isEmpty } }

  /// One line above the plot: what the curves are, or what they are worth at the cross-hair.
  func drawLegend(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    guard !frame.header.isEmpty else { return }
    var spans: [Span] = []
    if let crosshair {
      spans.append(Span(readOut(crosshair) + "  ", appearance[.crosshair]))
    } else if !y.title.isEmpty {
      spans.append(Span(y.title + (hasLetters ? "  " : ""), appearance[.dim]))
    }
    if hasLetters {
      spans += legend(
        appearance, room: frame.header.width - spans.reduce(0) { $0 + $1.text.columns })
    } else if let crosshair, let index = curves.first, let value = value(of: index, at: crosshair) {
      spans.append(Span(NumberText.short(value), appearance[.text]))
    }
    grid.write(spans, x: frame.header.x, y: frame.header.y, width: frame.header.width)
  }

  private func readOut(_ x: Double) -> String {
    guard self.x.isSpatialFrequency else { return NumberText.short(x) + " " + self.x.title }
    guard x > 0 else { return "DC" }
    return NumberText.fixed(1 / x, decimals: 1 / x < 100 ? 2 : 0) + " Å"
  }

  /// Entries as long as there is room for: names in full, else closer together, else cut alike.
  private func legend(_ appearance: Appearance, room: Int) -> [Span] {
    let marks = curves.indices.map { mark($0, appearance) }
    let styles = curves.map { style(of: $0, appearance) }
    let (texts, space, gap) = entries(marks: marks, room: room)
    var spans: [Span] = []
    for order in texts.indices {
      if order > 0 { spans.append(Span(gap, appearance[.text])) }
      spans.append(Span(marks[order] + space, styles[order].adding(.bold)))
      spans.append(Span(texts[order], appearance[.text]))
    }
    return spans
  }

  /// The texts of the entries, and the blanks after each letter and between entries.
  private func entries(marks: [String], room: Int) -> ([String], String, String) {
    func fits(_ texts: [String], _ blanks: Int) -> Bool {
      let used = texts.reduce(0) { $0 + $1.columns } + marks.reduce(0) { $0 + $1.columns }
      return used + blanks * texts.count <= room + blanks - 1
    }
    if crosshair != nil {
      let values = curves.map { value(of: $0, at: crosshair ?? 0) }
      // All in one format: shares as such, all else with three significant digits.
      let areShares =
        values.allSatisfy { $0.map { abs($0) < 1.05 } ?? true }
        && values.contains { $0.map { abs($0) > 0.01 } ?? false }
      for decimals in [3, 2] {
        let texts = values.map { value in
          value.map {
            areShares ? NumberText.fixed($0, decimals: decimals) : NumberText.short($0)
          } ?? "–"
        }
        let named = zip(curves, texts).map { "\(series[$0].name) \($1)" }
        if fits(named, 3) { return (named, " ", "  ") }
        if fits(texts, 3) { return (texts, " ", "  ") }
        if fits(texts, 2) { return (texts, " ", " ") }
        if decimals == 2 {
          return (texts.map(LinePlot.withoutLeadingZero), "", " ")
        }
      }
    }
    let names = curves.map { series[$0].name }
    if fits(names, 3) { return (names, " ", "  ") }
    var longest = names.map(\.columns).max() ?? 0
    var cut = names
    while longest > 1 && !fits(cut, 2) {
      longest -= 1
      cut = names.map { LinePlot.cut($0, longest) }
    }
    return (cut, " ", " ")
  }

  private static func withoutLeadingZero(_ text: String) -> String {
    if text.hasPrefix("-0.") { return "-" + text.dropFirst(2) }
    return text.hasPrefix("0.") ? String(text.dropFirst()) : text
  }

  /// A name cut to so many columns; few of them without an ellipsis, with which it would say less.
  private static func cut(_ name: String, _ columns: Int) -> String {
    if columns > 4 { return name.truncated(toColumns: columns) }
    var result = ""
    var used = 0
    for glyph in Glyph.glyphs(of: name) where used + glyph.width <= columns {
      result += glyph.text
      used += glyph.width
    }
    while result.hasSuffix(" ") { result.removeLast() }
    return result
  }

  private func mark(_ order: Int, _ appearance: Appearance) -> String {
    if appearance.marker == .ascii || (appearance.marker == .dot && appearance.colours == .none) {
      return String(Character(MarkerGlyphs.symbol(order, appearance.marker)))
    }
    return LinePlot.letter(order)
  }

  /// Puts each curve's letter on it, where it is farthest from the others.
  func drawLetters(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    guard hasLetters, appearance.marker != .ascii,
      appearance.marker != .dot || appearance.colours > .none, frame.area.height >= 3
    else { return }
    let curves = curves
    let columns = Array(frame.area.x..<frame.area.right)
    let rows = curves.map { index in
      columns.map { column -> Double? in
        guard let value = value(of: index, at: frame.xValue(atColumn: column)) else { return nil }
        let row = (1 - frame.y.share(of: value)) * Double(frame.area.height - 1)
        return row.isFinite && row > -0.5 && row < Double(frame.area.height) - 0.5 ? row : nil
      }
    }
    var taken: [Point] = []
    for order in curves.indices {
      var best: (score: Double, point: Point)?
      let wanted = (Double(order) + 0.5) / Double(curves.count)
      for (offset, column) in columns.enumerated() where offset > 0 && offset < columns.count - 1 {
        guard let row = rows[order][offset],
          let cell = value(of: curves[order], at: frame.xValue(atColumn: column))
            .flatMap(frame.row(of:))
        else { continue }
        if taken.contains(where: { abs($0.x - column) < 3 && abs($0.y - cell) < 2 }) { continue }
        let distance = curves.indices.reduce(2.0) { least, other in
          guard other != order, let otherRow = rows[other][offset] else { return least }
          return min(least, abs(otherRow - row))
        }
        let place = Double(offset) / Double(columns.count)
        let score = distance - abs(place - wanted)
        if best.map({ score > $0.score }) ?? true { best = (score, Point(x: column, y: cell)) }
      }
      guard let best else { continue }
      taken.append(best.point)
      grid.write(
        LinePlot.letter(order), x: best.point.x, y: best.point.y,
        style: style(of: curves[order], appearance).adding(.bold))
    }
  }
}
