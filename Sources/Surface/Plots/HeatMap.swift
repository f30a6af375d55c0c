import Glibc

/// Values over two axes as colours or characters, such as particles by azimuth and elevation.
public struct HeatMap: Widget, Hashable {
  /// How columns and rows lie on the plane.
  public enum Projection: Sendable, Hashable {
    /// As they are.
    case rectangular
    /// Columns are longitudes of 0…360°, rows latitudes of −90…90°, on an ellipse of equal areas.
    case mollweide
  }

  /// Values, row-major, the first row at the bottom; missing ones count as none.
  public var columns: Int
  public var rows: Int
  public var values: [Double]
  public var x: PlotAxis
  public var y: PlotAxis
  /// What the lowest and the highest colour stand for; 0 and the highest value without it.
  public var range: ClosedRange<Double>?
  public var projection: Projection
  /// What the values are.
  public var unit: String
  /// The column and row under the cross-hair; its value is then said above.
  public var crosshair: Point?
  /// The bins that were chosen: columns and rows from the first on, beyond the last column at the first again;
  /// outlined.
  public var chosen: Rect?

  public init(
    columns: Int, rows: Int, values: [Double], x: PlotAxis, y: PlotAxis,
    range: ClosedRange<Double>? = nil, projection: Projection = .rectangular, unit: String = "",
    crosshair: Point? = nil, chosen: Rect? = nil
  ) {
    self.chosen = chosen
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    self.values = values
    self.x = x
    self.y = y
    self.range = range
    self.projection = projection
    self.unit = unit
    self.crosshair = crosshair
  }

  /// Where things stand when the map is drawn in a rectangle.
  public func frame(in rect: Rect, _ appearance: Appearance) -> PlotFrame {
    let xMapping = AxisMapping(x, values: [0, Double(columns)])
    let yMapping = AxisMapping(y, values: [0, Double(rows)])
    guard projection == .rectangular else {
      // An ellipse has no axes: all but the scale above is for it.
      return PlotFrame(
        unlabelled: rect.split(top: rect.height >= 6 ? 1 : 0), xMapping, yMapping)
    }
    return PlotFrame(
      rect: rect, x: x, y: y, xMapping: xMapping, yMapping: yMapping, marker: .dot,
      wantsHeader: true)
  }

  /// The column and row of the values at a cell, as for the mouse; nil outside.
  public func bin(at point: Point, in rect: Rect, _ appearance: Appearance) -> Point? {
    let area = frame(in: rect, appearance).area
    guard area.contains(point), columns > 0, rows > 0 else { return nil }
    let u = (Double(point.x - area.x) + 0.5) / Double(area.width)
    let v = (Double(point.y - area.y) + 0.5) / Double(area.height)
    guard let (across, up) = place(u, v, area) else { return nil }
    return Point(
      x: min(columns - 1, Int(across * Double(columns))), y: min(rows - 1, Int(up * Double(rows))))
  }

  /// The column and row at a cell of a map that goes all the way round, for a drag: beyond its left and right edges
  /// it goes on, with columns below 0 and from `columns` on. Nil above, below, and more than once round.
  public func unrolledBin(at point: Point, in rect: Rect, _ appearance: Appearance) -> Point? {
    if let bin = bin(at: point, in: rect, appearance) { return bin }
    let area = frame(in: rect, appearance).area
    guard (area.y..<area.bottom).contains(point.y), area.width > 0, columns > 0, rows > 0 else {
      return nil
    }
    let u = (Double(point.x - area.x) + 0.5) / Double(area.width)
    let v = (Double(point.y - area.y) + 0.5) / Double(area.height)
    guard let edges = edges(v, area), let (_, up) = place(0.5, v, area) else { return nil }
    // Cells beyond an edge are as wide as those at the equator.
    let equator = projection == .rectangular ? 1 : 4 * radius(area) / Double(area.width)
    let across = u < 0.5 ? (u - edges.lowerBound) / equator : 1 + (u - edges.upperBound) / equator
    let column = Int((across * Double(columns)).rounded(.down))
    guard (-columns..<2 * columns).contains(column) else { return nil }
    return Point(x: column, y: min(rows - 1, Int(up * Double(rows))))
  }

  /// Where the map begins and ends at a height, as shares of the area's width; nil above and below it.
  private func edges(_ v: Double, _ area: Rect) -> ClosedRange<Double>? {
    guard projection == .mollweide else { return 0...1 }
    let radius = radius(area)
    guard radius > 0 else { return nil }
    let y = (0.5 - v) * Double(area.height) * 2 / radius
    guard abs(y) <= 1 else { return nil }
    let half = (1 - y * y).squareRoot() * 2 * radius / Double(area.width)
    return 0.5 - half...0.5 + half
  }

  /// Half of the ellipse's height, which is twice as wide as high, in columns: cells are twice as high as wide.
  private func radius(_ area: Rect) -> Double {
    min(Double(area.width) / 4, Double(area.height))
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let frame = frame(in: rect, appearance)
    if projection == .rectangular { frame.drawAxes(of: &grid, appearance) }
    let highest = values.filter(\.isFinite).max() ?? 0
    let low = range?.lowerBound ?? 0
    let high = range?.upperBound ?? max(highest, low)
    drawScale(frame.header, low, high, of: &grid, appearance)
    guard columns > 0, rows > 0, !frame.area.isEmpty else { return }
    let mode = PixelRaster.Mode.of(appearance, isPicture: false)
    let raster = PixelRaster(mode: mode, map: appearance.palette.heatMap, area: frame.area)
    let extent = high > low ? high - low : 1
    let hair = hair(raster, frame.area)
    raster.draw(of: &grid, appearance) { x, y in
      let left = Double(x) / Double(raster.width)
      let top = Double(y) / Double(raster.height)
      let right = Double(x + 1) / Double(raster.width)
      let bottom = Double(y + 1) / Double(raster.height)
      guard let (across, up) = place((left + right) / 2, (top + bottom) / 2, frame.area) else {
        return .outside
      }
      if projection == .mollweide, mode == .ramp, isRim(left, right, top, bottom, frame.area) {
        return .mark(.axis)
      }
      if let hair, let arm = raster.hair(x, y, about: hair) { return arm }
      if isChosen(x, y, raster, frame.area),
        [(x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)]
          .contains(where: { !isChosen($0.0, $0.1, raster, frame.area) })
      {
        return .mark(.crosshair)
      }
      let value =
        projection == .rectangular
        ? mean(left...right, (1 - bottom)...(1 - top)) : nearest(across, up)
      return .level((value - low) / extent)
    }
  }

  /// Whether a pixel of characters lies at the ellipse's edge, which no colour shows there.
  private func isRim(
    _ left: Double, _ right: Double, _ top: Double, _ bottom: Double, _ area: Rect
  ) -> Bool {
    let u = (left + right) / 2
    let v = (top + bottom) / 2
    return [
      (u + left - right, v), (u + right - left, v), (u, v + top - bottom), (u, v + bottom - top),
    ]
    .contains { place($0.0, $0.1, area) == nil }
  }

  /// Whether a pixel shows some of what was chosen; on the globe whether its middle does.
  private func isChosen(_ x: Int, _ y: Int, _ raster: PixelRaster, _ area: Rect) -> Bool {
    guard let chosen, (0..<raster.height).contains(y) else { return false }
    // What goes on at the other edge has no outline there.
    let goesRound = chosen.right > columns
    let x = goesRound ? (x + raster.width) % raster.width : x
    guard (0..<raster.width).contains(x) else { return false }
    if projection == .rectangular {
      // Whole numbers: pixels and bins of a common denominator.
      let row = raster.height - 1 - y
      guard (row + 1) * rows > chosen.y * raster.height, row * rows < chosen.bottom * raster.height
      else { return false }
      return [chosen.x, chosen.x - columns].contains { first in
        (x + 1) * columns > first * raster.width
          && x * columns < (first + chosen.width) * raster.width
      }
    }
    guard
      let (across, up) = place(
        (Double(x) + 0.5) / Double(raster.width), (Double(y) + 0.5) / Double(raster.height), area)
    else { return false }
    let column = min(columns - 1, Int(across * Double(columns)))
    let row = min(rows - 1, Int(up * Double(rows)))
    return chosen.contains(Point(x: column, y: row))
      || chosen.contains(Point(x: column + columns, y: row))
  }

  /// The pixel over the middle of the bin under the cross-hair.
  private func hair(_ raster: PixelRaster, _ area: Rect) -> Point? {
    guard let crosshair, (0..<columns).contains(crosshair.x), (0..<rows).contains(crosshair.y)
    else { return nil }
    let across = (Double(crosshair.x) + 0.5) / Double(columns)
    let up = (Double(crosshair.y) + 0.5) / Double(rows)
    if projection == .rectangular {
      return Point(
        x: Int(across * Double(raster.width)), y: Int((1 - up) * Double(raster.height)))
    }
    // The projection is given from the screen to the sphere; the nearest pixel is looked for.
    var best: (distance: Double, point: Point)?
    for y in 0..<raster.height {
      for x in 0..<raster.width {
        guard
          let place = place(
            (Double(x) + 0.5) / Double(raster.width), (Double(y) + 0.5) / Double(raster.height),
            area)
        else { continue }
        let distance = abs(place.0 - across) * 2 * cos((up - 0.5) * .pi) + abs(place.1 - up)
        if best.map({ distance < $0.distance }) ?? true { best = (distance, Point(x: x, y: y)) }
      }
    }
    return best?.point
  }

  /// Where a place of the area (0…1 from its left and its top) lies on the axes, 0…1 from the left
  /// and from the bottom; nil outside of the projection.
  func place(_ u: Double, _ v: Double, _ area: Rect) -> (Double, Double)? {
    guard projection == .mollweide else { return (u, 1 - v) }
    let wide = Double(area.width)
    let high = Double(area.height) * 2
    let radius = radius(area)
    guard radius > 0 else { return nil }
    let x = (u - 0.5) * wide / (2 * radius)
    let y = (0.5 - v) * high / radius
    guard abs(y) <= 1 else { return nil }
    // Snyder 1987, Map projections, equations 31-4 to 31-6, with the auxiliary angle θ.
    let theta = asin(y)
    let sine = (2 * theta + sin(2 * theta)) / .pi
    guard cos(theta) > 1e-9, abs(x) <= cos(theta), abs(sine) <= 1 else { return nil }
    let longitude = x / cos(theta)
    return ((longitude + 1) / 2, asin(sine) / .pi + 0.5)
  }

  private func nearest(_ across: Double, _ up: Double) -> Double {
    let column = min(columns - 1, max(0, Int(across * Double(columns))))
    let row = min(rows - 1, max(0, Int(up * Double(rows))))
    return value(column, row)
  }

  private func value(_ column: Int, _ row: Int) -> Double {
    let index = row * columns + column
    return index < values.count && values[index].isFinite ? values[index] : 0
  }

  /// The mean over a part of the axes, weighted by how much of each bin it covers.
  private func mean(_ across: ClosedRange<Double>, _ up: ClosedRange<Double>) -> Double {
    func weights(_ range: ClosedRange<Double>, _ count: Int) -> [(index: Int, weight: Double)] {
      let low = range.lowerBound * Double(count)
      let high = range.upperBound * Double(count)
      let first = max(0, Int(low))
      let last = min(count - 1, Int(high))
      guard first <= last else { return [] }
      return (first...last).map {
        ($0, max(0, min(high, Double($0 + 1)) - max(low, Double($0))))
      }
    }
    var sum = 0.0
    var total = 0.0
    for row in weights(up, rows) {
      for column in weights(across, columns) {
        sum += value(column.index, row.index) * row.weight * column.weight
        total += row.weight * column.weight
      }
    }
    return total > 0 ? sum / total : 0
  }

  /// The colours from low to high with what they stand for, or the value under the cross-hair.
  private func drawScale(
    _ header: Rect, _ low: Double, _ high: Double, of grid: inout Grid, _ appearance: Appearance
  ) {
    guard !header.isEmpty else { return }
    if let crosshair, columns > 0, rows > 0 {
      let column = min(max(crosshair.x, 0), columns - 1)
      let row = min(max(crosshair.y, 0), rows - 1)
      let xMapping = AxisMapping(x, values: [0, Double(columns)])
      let yMapping = AxisMapping(y, values: [0, Double(rows)])
      let xValue = xMapping.value(at: (Double(column) + 0.5) / Double(columns))
      let yValue = yMapping.value(at: (Double(row) + 0.5) / Double(rows))
      grid.write(
        [
          Span("\(x.title) \(NumberText.short(xValue))  ", appearance[.crosshair]),
          Span("\(y.title) \(NumberText.short(yValue))  ", appearance[.crosshair]),
          Span(NumberText.short(value(column, row)) + " " + unit, appearance[.text]),
        ], x: header.x, y: header.y, width: header.width)
      return
    }
    let lowText = NumberText.short(low) + " "
    let highText = " " + NumberText.short(high) + (unit.isEmpty ? "" : " " + unit)
    let room = header.width - lowText.columns - highText.columns
    guard room >= 4 else { return }
    let length = min(room, 20)
    let start = header.x + grid.write(lowText, x: header.x, y: header.y, style: appearance[.dim])
    let mode = PixelRaster.Mode.of(appearance, isPicture: false)
    let bar = Rect(x: start, y: header.y, width: length, height: 1)
    let raster = PixelRaster(mode: mode, map: appearance.palette.heatMap, area: bar)
    raster.draw(of: &grid, appearance) { x, _ in
      .level(Double(x) / Double(max(1, raster.width - 1)))
    }
    grid.write(highText, x: bar.right, y: header.y, style: appearance[.dim])
  }
}
