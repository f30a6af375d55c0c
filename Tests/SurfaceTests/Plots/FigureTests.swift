import Testing

@testable import Surface

/// Figures whose elements are read again and measured.
struct FigureTests {
  /// The points of all polylines, or polygons, in the order of the document.
  private func paths(_ svg: String, _ element: String = "polyline") -> [[(x: Double, y: Double)]] {
    svg.split(separator: "\n").filter { $0.hasPrefix("<\(element) ") }.map { line in
      guard let match = line.firstMatch(of: /points="([^"]*)"/) else { return [] }
      return match.1.split(separator: " ").compactMap { pair in
        let numbers = pair.split(separator: ",").compactMap { Double($0) }
        return numbers.count == 2 ? (numbers[0], numbers[1]) : nil
      }
    }
  }

  /// A straight curve is a straight line that meets the threshold where the formula says.
  @Test func curvesLieWhereTheyShould() throws {
    let plot = LinePlot(
      [LinePlot.Series("falling", values: (0...50).map { 1 - Double($0) / 50 }, step: 0.01)],
      x: .spatialFrequency(), y: PlotAxis(range: 0...1),
      thresholds: [PlotFrame.Threshold(0.143)])
    let svg = plot.svg(title: "A & B")
    #expect(svg.contains("<title>A &amp; B</title>") && svg.contains(">falling</text>"))
    #expect(svg.contains("resolution, Å"))
    let all = paths(svg)
    let curve = try #require(all.first { $0.count == 51 })
    let threshold = try #require(all.last { $0.count == 2 && $0[0].y == $0[1].y && $0[1].x > 400 })
    #expect(curve[0].x < curve[50].x && curve[0].y < curve[50].y)
    for (index, point) in curve.enumerated() {
      let share = Double(index) / 50
      #expect(abs(point.x - curve[0].x - share * (curve[50].x - curve[0].x)) < 0.02)
      #expect(abs(point.y - curve[0].y - share * (curve[50].y - curve[0].y)) < 0.02)
    }
    // The plot spans 0 to 1: 0.143 lies so far above its foot.
    let height = curve[50].y - curve[0].y
    #expect(abs(curve[50].y - threshold[0].y - 0.143 * height) < 0.02)
  }

  /// A value that is none leaves a gap.
  @Test func curvesHaveGaps() {
    let plot = LinePlot(
      [LinePlot.Series("a", values: [1, 0.9, .nan, 0.7, 0.6, 0.5], step: 0.1)],
      x: PlotAxis(title: "x"), y: PlotAxis(range: 0...1))
    let pieces = paths(plot.svg(title: "")).map(\.count)
    #expect(pieces.contains(2) && pieces.contains(3) && !pieces.contains(6))
  }

  @Test func barsAreAsHighAsTheirCounts() {
    let plot = HistogramPlot(
      lower: 0, upper: 4, counts: [1, 4, 0, 2], title: "turned °",
      marks: [HistogramPlot.Mark(3, "limit")], flaggedFrom: 3)
    let svg = plot.svg(title: "")
    let bars = svg.matches(
      of:
        /<rect x="([0-9.]+)" y="([0-9.]+)" width="([0-9.]+)" height="([0-9.]+)" fill="(#[0-9a-f]+)"/
    ).compactMap { match -> (Double, Double, String)? in
      guard let x = Double(match.1), let height = Double(match.4) else { return nil }
      return (x, height, String(match.5))
    }
    #expect(bars.count == 3)
    #expect(abs(bars[1].1 / bars[0].1 - 4) < 0.01 && abs(bars[2].1 / bars[0].1 - 2) < 0.01)
    #expect(bars[0].2 == bars[1].2 && bars[2].2 != bars[0].2)
    #expect(svg.contains(">limit</text>") && svg.contains(">turned °</text>"))
  }

  /// On Mollweide's ellipse equal areas are equal: a cell's is that of its part of the sphere.
  @Test func theEllipseKeepsAreas() {
    let (columns, rows) = (36, 18)
    let map = HeatMap(
      columns: columns, rows: rows, values: (0..<columns * rows).map(Double.init),
      x: PlotAxis(range: 0...360), y: PlotAxis(range: -90...90), projection: .mollweide)
    let cells = paths(map.svg(title: "", width: 800, height: 480), "polygon")
    #expect(cells.count == columns * rows)
    let areas = cells.map { cell in
      abs(
        cell.indices.reduce(0.0) { sum, index in
          let (a, b) = (cell[index], cell[(index + 1) % cell.count])
          return sum + a.x * b.y - b.x * a.y
        }) / 2
    }
    let whole = areas.reduce(0, +)
    for row in 0..<rows {
      func sine(_ row: Int) -> Double {
        let latitude = (Double(row) / Double(rows) - 0.5) * 180
        return sinOfDegrees(latitude)
      }
      let share = (sine(row + 1) - sine(row)) / 2
      let found = areas[row * columns..<(row + 1) * columns].reduce(0, +) / whole
      #expect(abs(found - share) < 0.004, "row \(row)")
    }
  }

  /// By its series, so that no library is asked.
  private func sinOfDegrees(_ degrees: Double) -> Double {
    let x = degrees * Double.pi / 180
    var (term, sum) = (x, x)
    for n in 1..<14 {
      term *= -x * x / Double(2 * n * (2 * n + 1))
      sum += term
    }
    return sum
  }

  @Test func sheetsKeepTheirPlaces() {
    let plot = HistogramPlot(lower: 0, upper: 1, counts: [1])
    let sheet = FigureSheet([
      FigureSheet.Part(plot, x: 0, y: 0, width: 0.5, height: 1),
      FigureSheet.Part(plot, x: 0.5, y: 0, width: 0.5, height: 1),
    ])
    #expect(sheet.size == (1040, 320))
    let svg = sheet.svg(title: "two", width: 1040, height: 320)
    #expect(svg.contains("translate(0 0)") && svg.contains("translate(520 0)"))
    #expect(svg.components("<g ") == svg.components("</g>"))
  }
}

extension String {
  fileprivate func components(_ part: String) -> Int { ranges(of: part).count }
}
