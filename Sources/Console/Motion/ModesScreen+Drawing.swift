import Ground
import Motion
import Surface

extension ModesScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let motion, motion.problem == nil else {
      let problem = motion?.problem
      frame.write(
        problem?.what ?? "Reading how the regions move …", x: rect.x + 2, y: rect.y + 1,
        problem == nil ? .dim : .bad, width: rect.width - 2)
      frame.write(problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    for (pane, place) in places(in: rect) {
      guard place.height >= 3 else { continue }
      draw(pane, in: place, of: &frame, surroundings)
    }
  }

  /// The panes that are seen, with their places.
  func places(in rect: Rect) -> [(pane: Pane, rect: Rect)] {
    if isZoomed || rect.height < 14 || rect.width < 50 { return [(focus, rect)] }
    let hasNoise = motion?.report.map { $0.modes.count > $0.claimed } ?? false
    let rows = min(lines.count + (hasNoise ? 4 : 3), max(5, rect.height / 3))
    let (list, rest) = rect.split(top: rows)
    let (left, right) = rest.split(right: max(24, rest.width * 2 / 5))
    let sides = Layout.split(right, .rows, [.init(), .init()])
    return [(.modes, list), (.surface, left), (.histogram, sides[0]), (.axes, sides[1])]
  }

  private func draw(
    _ pane: Pane, in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    let isFocused = focus == pane && !isZoomed
    if pane == .surface {
      drawSurface(in: rect, isFocused: isFocused, of: &frame, surroundings)
      return
    }
    let inner = frame.box(
      rect, Box(title: pane.title, note: note(of: pane), isFocused: isFocused))
    frame.mark(rect, .pane(pane.name))
    switch pane {
    case .modes: drawModes(in: inner, of: &frame)
    case .histogram: drawHistogram(in: inner, of: &frame, surroundings)
    default: drawAxes(in: inner, of: &frame)
    }
  }

  private func note(of pane: Pane) -> String {
    guard let report = motion?.report else { return "" }
    return pane == .modes
      ? "against \(report.regions.first ?? ""), \(Format.counted(report.particles, "particle"))"
      : "mode \(mode + 1)"
  }

  // MARK: The modes

  /// A line of the list: a region's part in a mode.
  struct Line {
    var mode: Int
    var part: MotionReport.Part
    var isFirst: Bool
  }

  var lines: [Line] {
    modes.enumerated().flatMap { index, mode in
      mode.parts.enumerated().map { Line(mode: index, part: $1, isFirst: $0 == 0) }
    }
  }

  private func drawModes(in rect: Rect, of frame: inout Frame) {
    guard let report = motion?.report else { return }
    guard !modes.isEmpty else {
      frame.write(
        "No mode: what moves is no more than the poses' noise.", x: rect.x + 1, y: rect.y,
        .warning, width: rect.width - 1)
      return
    }
    let names = max(6, min(14, report.regions.map(\.columns).max() ?? 6))
    func row(_ cells: [String]) -> String {
      let widths = [2, 8, 7, names + 1, 12, 18, 9]
      return zip(cells, widths).map { $0.padded(toColumns: $1) }.joined()
        + (cells.last ?? "")
    }
    frame.write(
      row(["", "share", "Å rms", "region", "turns by", "axis", "known to", "hinge, voxel"]),
      x: rect.x + 2, y: rect.y, .header, width: rect.width - 2)
    let lines = lines
    let body = Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1)
    let selected = lines.firstIndex { $0.mode == mode } ?? 0
    let top = Frame.firstLine(selected: selected, visible: body.height, total: lines.count)
    for (index, line) in lines.enumerated().dropFirst(top).prefix(max(0, body.height)) {
      let place = Rect(x: body.x, y: body.y + index - top, width: body.width, height: 1)
      draw(line, row, in: place, of: &frame)
      frame.mark(place, .row(pane: "modes", line.mode))
    }
    let left = body.height - (lines.count - top)
    let noise = report.modes.count - report.claimed
    guard left > 0, noise > 0 else { return }
    let share = report.modes.dropFirst(report.claimed).reduce(0) { $0 + $1.share.value }
    frame.write(
      "The other \(Format.counted(noise, "mode")), \(Format.percent(share)), are within noise.",
      x: body.x + 2, y: body.y + lines.count - top, .dim, width: body.width - 2)
  }

  private func draw(
    _ line: Line, _ row: ([String]) -> String, in rect: Rect, of frame: inout Frame
  ) {
    let (mode, part, isSelected) = (modes[line.mode], line.part, line.mode == self.mode)
    let ground: Role =
      isSelected ? (focus == .modes ? .selection : .selectionInactive) : .text
    if isSelected { frame.grid.fill(rect, style: frame.look[ground]) }
    func fixed(_ value: Double, _ decimals: Int) -> String { Format.fixed(value, decimals) }
    let share =
      "\(fixed(100 * mode.share.value, 0))±\(fixed(100 * mode.share.error, 0))%"
    let cells = [
      line.isFirst ? "\(line.mode + 1)" : "", line.isFirst ? share : "",
      fixed(part.displacement, 2), part.region,
      "\(fixed(part.rotation.value, 2))±\(fixed(part.rotation.error, 2))°",
      part.axis.map { fixed($0, 2) }.joined(separator: ","), "\(fixed(part.axisError, 0))°",
      part.hingeVoxel.map { fixed($0, 0) }.joined(separator: ","),
    ]
    frame.grid.write(
      (isSelected && line.isFirst ? frame.look[Symbol.selected] : " ") + " " + row(cells),
      x: rect.x, y: rect.y, style: frame.look[ground], width: rect.width)
  }

  // MARK: The complex as it moves

  private func drawSurface(
    in rect: Rect, isFocused: Bool, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    frame.mark(rect, .pane(Pane.surface.name))
    guard var maps else {
      let inner = frame.box(rect, Box(title: Pane.surface.title, isFocused: isFocused))
      frame.write("No maps of the regions.", x: inner.x + 1, y: inner.y, .dim, width: inner.width)
      return
    }
    maps.step = step(surroundings)
    maps.pane = isFocused ? .surface : .first
    maps.isZoomed = false
    guard let shown = maps.shown, let density = maps.density else {
      let inner = frame.box(rect, Box(title: Pane.surface.title, isFocused: isFocused))
      frame.write("Composing …", x: inner.x + 1, y: inner.y, .dim, width: inner.width)
      return
    }
    maps.drawSurface(shown, density, in: rect, of: &frame, surroundings)
    let names = maps.shelf.regions
    guard frame.look.colours >= .c256, maps.colouring == .regions, rect.width > 40 else { return }
    var x = rect.x + 2
    for (index, name) in names.enumerated() {
      x += frame.write(
        " \(frame.look.glyph("■", "#")) \(name) ", x: x, y: rect.y + 1, .series(index),
        width: max(0, rect.right - 1 - x))
    }
  }

  // MARK: Particles along the mode

  private func drawHistogram(
    in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings
  ) {
    guard modes.indices.contains(mode), !rect.isEmpty else { return }
    let (body, foot) = Self.histogramParts(of: rect)
    frame.draw(histogramPlot, in: body)
    if foot.height > 0 {
      let place = focus == .histogram ? "at \(Format.fixed(cursor, 2)) sd. " : ""
      frame.write(
        place + rangeText, x: foot.x, y: foot.y, expression == nil ? .dim : .accent,
        width: foot.width)
    }
  }

  /// The plot, and a line about the range where it has room.
  static func histogramParts(of rect: Rect) -> (body: Rect, foot: Rect) {
    let (body, foot) = rect.split(bottom: rect.height >= 6 ? 1 : 0)
    return (body, foot)
  }

  /// How the particles lie along the mode, with the range and the cursor.
  var histogramPlot: HistogramPlot {
    var marks: [HistogramPlot.Mark] = []
    if let lower { marks.append(.init(lower, "from")) }
    if let upper { marks.append(.init(upper, "to")) }
    if focus == .histogram { marks.append(.init(cursor, "", role: .crosshair)) }
    let isChosen = lower != nil || upper != nil
    let values =
      (lower ?? range.lowerBound)...max(lower ?? range.lowerBound, upper ?? range.upperBound)
    return HistogramPlot(
      lower: range.lowerBound, upper: range.upperBound,
      counts: modes.indices.contains(mode) ? modes[mode].histogram.map(Double.init) : [],
      title: "sd", marks: marks, chosen: isChosen ? values : nil)
  }

  // MARK: Export

  /// The pane with the focus; the modes as a table, the histogram as numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    return Export(
      name: "\(title) \(focus.title)", grid: frame.grid, table: table, figure: frame.sheet)
  }

  private var table: [[String]]? {
    guard let report = motion?.report, report.modes.indices.contains(mode) else { return nil }
    guard focus == .histogram else {
      return report.tsv.split(separator: "\n").map { line in
        line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      }
    }
    return [["from_sd", "to_sd", "particles"]]
      + report.modes[mode].histogram.enumerated().map { bin, count in
        let start = range.lowerBound + Double(bin) * Self.binWidth
        return [Format.fixed(start, 3), Format.fixed(start + Self.binWidth, 3), "\(count)"]
      }
  }
}
