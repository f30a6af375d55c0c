/// A point of a curve.
public struct PlotPoint: Sendable, Hashable {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }
}

/// Curves, steps or points over two axes, with thresholds, limits, ghosts and a cross-hair.
///
/// Curves are told apart by more than colour: each carries its letter, and where there are no
/// colours its own pattern or character.
public struct LinePlot: Widget, Hashable {
  /// One curve.
  public struct Series: Sendable, Hashable {
    /// How points are joined.
    public enum Kind: Sendable, Hashable { case line, steps, points }

    public var name: String
    public var points: [PlotPoint]
    public var kind: Kind
    /// Its colour; without it that of its place in the list.
    public var role: Role?
    /// Whether it belongs to the past: thin, behind the others, not in the legend.
    public var isGhost: Bool

    public init(
      _ name: String, _ points: [PlotPoint], kind: Kind = .line, role: Role? = nil,
      isGhost: Bool = false
    ) {
      self.name = name
      self.points = points
      self.kind = kind
      self.role = role
      self.isGhost = isGhost
    }

    /// A curve of values at equal steps from 0, as of shells.
    public init(
      _ name: String, values: [Double], step: Double, role: Role? = nil, isGhost: Bool = false
    ) {
      self.init(
        name, values.enumerated().map { PlotPoint(Double($0.offset) * step, $0.element) },
        role: role, isGhost: isGhost)
    }
  }

  /// A line from top to bottom with a label beside it.
  public struct Limit: Sendable, Hashable {
    public var value: Double
    public var label: String
    public var role: Role

    public init(_ value: Double, _ label: String, role: Role = .limit) {
      self.value = value
      self.label = label
      self.role = role
    }
  }

  /// Later ones are drawn over earlier ones.
  public var series: [Series]
  public var x: PlotAxis
  public var y: PlotAxis
  public var thresholds: [PlotFrame.Threshold]
  public var limits: [Limit]
  /// Where the cross-hair stands, as a value of x; the legend then gives the curves' values.
  public var crosshair: Double?
  /// Said in the middle where there is nothing to plot.
  public var emptyText: String

  public init(
    _ series: [Series], x: PlotAxis = PlotAxis(), y: PlotAxis = PlotAxis(),
    thresholds: [PlotFrame.Threshold] = [], limits: [Limit] = [], crosshair: Double? = nil,
    emptyText: String = "no data yet"
  ) {
    self.series = series
    self.x = x
    self.y = y
    self.thresholds = thresholds
    self.limits = limits
    self.crosshair = crosshair
    self.emptyText = emptyText
  }

  /// Where things stand when the plot is drawn in a rectangle: for the mouse and the cross-hair.
  public func frame(in rect: Rect, _ appearance: Appearance) -> PlotFrame {
    let xMapping = AxisMapping(x, values: series.lazy.flatMap { $0.points.lazy.map(\.x) })
    let shown = series.lazy.flatMap { $0.points.lazy }
      .filter { $0.x >= xMapping.lower && $0.x <= xMapping.upper }.map(\.y)
    return PlotFrame(
      rect: rect, x: x, y: y, xMapping: xMapping, yMapping: AxisMapping(y, values: shown),
      thresholds: thresholds, marker: appearance.marker, wantsHeader: wantsHeader)
  }

  private var wantsHeader: Bool {
    crosshair != nil || !y.title.isEmpty || curves.filter { !series[$0].name.isEmpty }.count > 1
  }

  /// Indices of the series that are not ghosts.
  var curves: [Int] { series.indices.filter { !series[$0].isGhost } }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let frame = frame(in: rect, appearance)
    frame.drawAxes(of: &grid, appearance)
    guard series.contains(where: { $0.points.contains { $0.y.isFinite && $0.x.isFinite } }) else {
      grid.write(
        emptyText, x: frame.area.x, y: frame.area.y + frame.area.height / 2,
        style: appearance[.dim], width: frame.area.width, alignment: .centre)
      return
    }
    drawLimits(frame, of: &grid, appearance)
    var canvas = DotCanvas(
      columns: frame.area.width, rows: frame.area.height, marker: appearance.marker)
    drawThresholds(frame, on: &canvas)
    for index in series.indices {
      draw(series[index], layer(index), frame, on: &canvas, appearance)
    }
    grid.clipped(to: frame.area) { grid in
      canvas.draw(
        at: Point(x: frame.area.x, y: frame.area.y), of: &grid,
        style: { self.style($0, appearance) }, symbol: { self.symbol($0, appearance) })
    }
    drawCrosshair(frame, of: &grid, appearance)
    drawLetters(frame, of: &grid, appearance)
    drawLimitLabels(frame, of: &grid, appearance)
    drawLegend(frame, of: &grid, appearance)
  }

  // Layers: curves, the last one first, then ghosts (likewise), then thresholds.
  private static let thresholdLayer: Int16 = DotCanvas.thin

  private func layer(_ index: Int) -> Int16 {
    if let order = curves.firstIndex(of: index) {
      return Int16(min(curves.count - 1 - order, 900))
    }
    return DotCanvas.background + 1 + Int16(min(series.count - 1 - index, 1900))
  }

  private func order(_ layer: Int16) -> Int { curves.count - 1 - Int(layer) }

  func style(of index: Int, _ appearance: Appearance) -> Style {
    if series[index].isGhost { return appearance[.ghost] }
    return appearance[series[index].role ?? .series(curves.firstIndex(of: index) ?? 0)]
  }

  private func style(_ layer: Int16, _ appearance: Appearance) -> Style {
    if layer == LinePlot.thresholdLayer { return appearance[.threshold] }
    if layer > DotCanvas.background { return appearance[.ghost] }
    let order = order(layer)
    return curves.indices.contains(order)
      ? style(of: curves[order], appearance) : appearance[.text]
  }

  private func symbol(_ layer: Int16, _ appearance: Appearance) -> Unicode.Scalar {
    if layer == LinePlot.thresholdLayer { return appearance.glyph("┄", "-") }
    if layer > DotCanvas.background { return appearance.glyph("·", ".") }
    // One character for all curves where colour and letters tell them apart.
    let isPlain = appearance.marker == .dot && appearance.colours > .none
    return MarkerGlyphs.symbol(isPlain ? 0 : order(layer), appearance.marker)
  }

  private func drawThresholds(_ frame: PlotFrame, on canvas: inout DotCanvas) {
    for threshold in thresholds {
      let y = frame.dot(frame.x.lower, threshold.value).y
      guard y.isFinite, y > -0.5, y < Double(canvas.height) - 0.5 else { continue }
      for x in 0..<canvas.width {
        if x / canvas.marker.dots.columns % 2 == 0 {
          canvas.set(x, Int(y.rounded()), LinePlot.thresholdLayer)
        }
      }
    }
  }

  private func draw(
    _ series: Series, _ layer: Int16, _ frame: PlotFrame, on canvas: inout DotCanvas,
    _ appearance: Appearance
  ) {
    var step = 0
    var last: (x: Double, y: Double)?
    let hasPattern = appearance.colours == .none && canvas.marker.dots != (1, 1)
    let pattern: DotCanvas.Pattern =
      series.isGhost
      ? .dense : hasPattern && curves.count > 1 ? .of(order(layer)) : .solid
    for point in series.points {
      let dot = frame.dot(point.x, point.y)
      guard dot.x.isFinite, dot.y.isFinite else {
        last = nil
        continue
      }
      if let last, series.kind != .points {
        if series.kind == .steps {
          canvas.line(from: last, to: (dot.x, last.y), layer, pattern: pattern, step: &step)
          canvas.line(from: (dot.x, last.y), to: dot, layer, pattern: pattern, step: &step)
        } else {
          canvas.line(from: last, to: dot, layer, pattern: pattern, step: &step)
        }
      } else {
        var none = 0
        canvas.line(from: dot, to: dot, layer, step: &none)
      }
      last = dot
    }
  }

  private func drawLimits(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    for limit in limits {
      guard let column = frame.column(of: limit.value) else { continue }
      for row in frame.area.y..<frame.area.bottom {
        grid.put(
          appearance.glyphs == .unicode ? "┆" : appearance.glyph("│", ":"), x: column, y: row,
          style: appearance[limit.role])
      }
    }
  }

  private func drawLimitLabels(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    var taken: [Rect] = []
    for limit in limits where !limit.label.isEmpty {
      guard let column = frame.column(of: limit.value) else { continue }
      let width = limit.label.columns
      // Near the bottom, where curves that fall have left room, or as near to it as is free.
      let rows = stride(from: frame.area.bottom - 2, through: frame.area.y, by: -1)
      let places = rows.flatMap { row in
        [column + 1, column - width].map { Rect(x: $0, y: row, width: width, height: 1) }
      }
      let free = places.first { place in
        place.x >= frame.area.x && place.right <= frame.area.right
          && !taken.contains { !$0.intersection(place).isEmpty }
          && (place.x..<place.right).allSatisfy { grid[$0, place.y].text == " " }
      }
      guard let place = free else { continue }
      grid.write(limit.label, x: place.x, y: place.y, style: appearance[limit.role])
      taken.append(place)
    }
  }

  private func drawCrosshair(_ frame: PlotFrame, of grid: inout Grid, _ appearance: Appearance) {
    guard let crosshair, let column = frame.column(of: crosshair) else { return }
    for row in frame.area.y..<frame.area.bottom where grid[column, row].text == " " {
      grid.put(appearance.glyph("│", "|"), x: column, y: row, style: appearance[.crosshair])
    }
    for index in curves {
      guard let value = value(of: index, at: crosshair), let row = frame.row(of: value) else {
        continue
      }
      grid.put(appearance.glyph("┼", "+"), x: column, y: row, style: appearance[.crosshair])
    }
  }
}
