/// How often values occur, with marks such as a prior's standard deviation or a limit.
public struct HistogramPlot: Widget, Hashable {
  /// A line from top to bottom, named above the plot.
  public struct Mark: Sendable, Hashable {
    public var value: Double
    public var label: String
    public var role: Role

    public init(_ value: Double, _ label: String, role: Role = .limit) {
      self.value = value
      self.label = label
      self.role = role
    }
  }

  /// The values' range, in equal bins.
  public var lower: Double
  public var upper: Double
  /// One number for each bin; negative and non-finite ones count as 0.
  public var counts: [Double]
  public var title: String
  public var marks: [Mark]
  /// Bins that reach to or beyond this value are drawn as warnings, and hatched.
  public var flaggedFrom: Double?
  public var role: Role
  /// Whether the last bin holds what is beyond the axis, too: it is marked with a sign.
  public var isOpenEnded: Bool
  /// Values that were chosen: their bins stand out from the others.
  public var chosen: ClosedRange<Double>?
  public var emptyText: String

  public init(
    lower: Double, upper: Double, counts: [Double], title: String = "", marks: [Mark] = [],
    flaggedFrom: Double? = nil, role: Role = .series1, isOpenEnded: Bool = false,
    chosen: ClosedRange<Double>? = nil, emptyText: String = "no data yet"
  ) {
    self.isOpenEnded = isOpenEnded
    self.lower = lower
    self.upper = upper
    self.counts = counts.map { $0.isFinite ? max(0, $0) : 0 }
    self.title = title
    self.marks = marks
    self.flaggedFrom = flaggedFrom
    self.chosen = chosen
    self.role = role
    self.emptyText = emptyText
  }

  /// Where things stand when the plot is drawn in a rectangle.
  public func frame(in rect: Rect, _ appearance: Appearance) -> PlotFrame {
    let highest = counts.max() ?? 0
    let isDrawable = lower.isFinite && upper.isFinite && upper > lower
    let x = PlotAxis(title: title, range: isDrawable ? lower...upper : 0...1)
    let y = PlotAxis(range: 0...(highest > 0 && highest < 1e300 ? highest : 1))
    // Bars are eighths of a cell, whatever the marker of curves.
    return PlotFrame(
      rect: rect, x: x, y: y, xMapping: AxisMapping(x, values: []),
      yMapping: AxisMapping(y, values: []), marker: .halfBlock,
      wantsHeader: !marks.isEmpty || isOpenEnded)
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let frame = frame(in: rect, appearance)
    frame.drawAxes(of: &grid, appearance)
    let area = frame.area
    guard counts.contains(where: { $0 > 0 }) else {
      grid.write(
        emptyText, x: area.x, y: area.y + area.height / 2, style: appearance[.dim],
        width: area.width, alignment: .centre)
      return
    }
    for offset in 0..<area.width {
      let bar = bar(offset, of: area.width)
      let isChosen = isChosen(offset, of: area.width)
      drawBar(
        bar.height / frame.y.upper, look(isFlagged: bar.isFlagged, isChosen, appearance),
        column: area.x + offset, area, &grid, appearance)
      guard isChosen == true, appearance.colours > .none else { continue }
      for row in area.y..<area.bottom {
        let cell = grid[area.x + offset, row]
        grid.put(
          cell.text.unicodeScalars.first ?? " ", x: area.x + offset, y: row,
          style: cell.style.with(background: appearance[.selectionInactive].background))
      }
    }
    for mark in marks { draw(mark, frame, of: &grid, appearance) }
    if isOpenEnded, (counts.last ?? 0) > 0, !frame.header.isEmpty {
      grid.put(
        appearance.glyph("≥", ">"), x: area.right - 1, y: frame.header.y, style: appearance[.dim])
    }
    drawLabels(frame, of: &grid, appearance)
  }

  /// The highest of the bins that a column covers, and whether one of them is flagged.
  private func bar(_ column: Int, of columns: Int) -> (height: Double, isFlagged: Bool) {
    let count = counts.count
    let first = min(column * count / columns, count - 1)
    let last = max(first, min((column + 1) * count / columns, count) - 1)
    // Where bins are wider than columns the bin under the column's middle counts.
    let middle = min(count - 1, (2 * column + 1) * count / (2 * columns))
    let range = count <= columns ? middle...middle : first...last
    let end = lower + (upper - lower) * Double(range.upperBound + 1) / Double(count)
    let tolerance = (upper - lower) * 1e-9
    return (
      counts[range].max() ?? 0, flaggedFrom.map { end >= $0 - tolerance } ?? false
    )
  }

  /// Whether the middle of a column is in what was chosen; nil where nothing was.
  private func isChosen(_ column: Int, of columns: Int) -> Bool? {
    chosen.map {
      $0.contains(lower + (upper - lower) * (Double(column) + 0.5) / Double(columns))
    }
  }

  /// The bin under a share of the axis, 0…1.
  public func bin(at share: Double) -> Int {
    min(max(0, Int(share * Double(counts.count))), max(0, counts.count - 1))
  }

  /// The bin under a column, as for the mouse: the nearest one outside of the plot.
  public func bin(atColumn column: Int, in rect: Rect, _ appearance: Appearance) -> Int {
    let area = frame(in: rect, appearance).area
    return bin(at: (Double(column - area.x) + 0.5) / Double(max(1, area.width)))
  }

  /// How the bars of a column look: hatched where they are flagged, and without colours where others
  /// were chosen.
  private func look(
    isFlagged: Bool, _ isChosen: Bool?, _ appearance: Appearance
  ) -> (style: Style, full: Unicode.Scalar, isHatched: Bool) {
    if isFlagged { return (appearance[.warning], appearance.glyph("▒", "%"), true) }
    guard isChosen == false else { return (appearance[role], appearance.glyph("█", "#"), false) }
    return appearance.colours == .none
      ? (appearance[.dim], appearance.glyph("░", ":"), true)
      : (appearance[.dim], appearance.glyph("█", "#"), false)
  }

  private func drawBar(
    _ share: Double, _ look: (style: Style, full: Unicode.Scalar, isHatched: Bool), column: Int,
    _ area: Rect, _ grid: inout Grid, _ appearance: Appearance
  ) {
    let (style, full, isHatched) = look
    let steps = appearance.glyphs == .unicode ? 8 : 2
    // A bin that is not empty shows at least as the lowest step.
    let height = Double(area.height * steps) * min(max(share, 0), 1)
    let filled = share > 0 ? max(1, Int(height.rounded())) : 0
    let eighths: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇"]
    for row in 0..<area.height {
      let part = filled - row * steps
      let y = area.bottom - 1 - row
      if part >= steps {
        grid.put(full, x: column, y: y, style: style)
      } else if part > 0 {
        let top: Unicode.Scalar
        switch appearance.glyphs {
        case .ascii: top = isHatched ? full : ":"
        case .basic: top = isHatched ? full : "▄"
        case .unicode: top = isHatched ? full : eighths[part - 1]
        }
        grid.put(top, x: column, y: y, style: style)
      }
    }
  }

  private func draw(
    _ mark: Mark, _ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance
  ) {
    guard let column = frame.column(of: mark.value) else { return }
    let style = appearance[mark.role]
    let line: Unicode.Scalar =
      appearance.glyphs == .unicode ? "┆" : appearance.glyph("│", "|")
    for row in frame.area.y..<frame.area.bottom {
      let cell = grid[column, row]
      if cell.text == " " {
        grid.put(line, x: column, y: row, style: style)
      } else if cell.text == "█" || cell.text == "#" {
        // Through a bar: in the ground's colour on the bar's, or as a gap in it.
        let bar = cell.text == "#" ? Colour.terminal : cell.style.foreground
        let ground = appearance.palette.background
        grid.put(
          line, x: column, y: row,
          style: bar == .terminal || ground == .terminal
            ? style.with(background: bar) : Style(foreground: ground, background: bar))
      }
    }
  }

  /// Names of the marks above their lines, moved aside where they would touch.
  private func drawLabels(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    guard !frame.header.isEmpty else { return }
    var end = frame.header.x - 1
    for mark in marks.sorted(by: { $0.value < $1.value }) {
      guard let column = frame.column(of: mark.value) else { continue }
      let width = mark.label.columns
      let start = max(end + 1, min(column - width / 2, frame.header.right - width))
      guard start >= frame.header.x, start + width <= frame.header.right else { continue }
      grid.write(mark.label, x: start, y: frame.header.y, style: appearance[mark.role])
      end = start + width
    }
  }
}
