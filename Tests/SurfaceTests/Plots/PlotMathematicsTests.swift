import Glibc
import Testing

@testable import Surface

@Suite struct MarkerGlyphTests {
  /// Names of the Unicode character database: BRAILLE PATTERN DOTS-1237 is the left column, BLOCK
  /// OCTANT-3 the first of its block, BLOCK OCTANT-123 the third, BLOCK OCTANT-1235678 near its end.
  @Test func glyphsAreTheOnesOfTheirNames() {
    func dots(_ places: Int...) -> UInt8 { places.reduce(0) { $0 | 1 << UInt8($1 - 1) } }
    #expect(MarkerGlyphs.scalar(dots(1, 3, 5, 7), .braille) == "\u{2847}")
    #expect(MarkerGlyphs.scalar(dots(2), .braille) == "\u{2808}")
    #expect(MarkerGlyphs.scalar(255, .braille) == "\u{28FF}")
    #expect(MarkerGlyphs.scalar(dots(3), .octant) == "\u{1CD00}")
    #expect(MarkerGlyphs.scalar(dots(2, 3), .octant) == "\u{1CD01}")
    #expect(MarkerGlyphs.scalar(dots(1, 2, 3), .octant) == "\u{1CD02}")
    #expect(MarkerGlyphs.scalar(dots(4), .octant) == "\u{1CD03}")
    #expect(MarkerGlyphs.scalar(dots(2, 3, 4, 5, 6, 7, 8), .octant) == "\u{1CDE5}")
    #expect(MarkerGlyphs.scalar(dots(1, 2, 3, 4), .octant) == "▀")
    #expect(MarkerGlyphs.scalar(dots(1, 3), .octant) == "▘")
    #expect(MarkerGlyphs.scalar(dots(1, 4), .quadrant) == "▚")
    #expect(MarkerGlyphs.scalar(dots(2), .halfBlock) == "▄")
  }

  @Test func everyPatternHasItsOwnGlyph() {
    for marker in [Marker.braille, .octant] {
      #expect(Set((0..<256).map { MarkerGlyphs.scalar(UInt8($0), marker) }).count == 256)
    }
    #expect(Set((0..<16).map { MarkerGlyphs.scalar(UInt8($0), .quadrant) }).count == 16)
  }
}

@Suite struct DotCanvasTests {
  private func text(_ canvas: DotCanvas) -> String {
    var grid = Grid(size: Size(width: canvas.columns, height: canvas.rows))
    canvas.draw(at: Point(x: 0, y: 0), of: &grid, style: { _ in .plain }, symbol: { _ in "*" })
    return grid.text
  }

  /// Every dot of a line lies within half a dot of the true line, and every column or row that the
  /// line crosses has one.
  @Test func linesFollowTheTrueLine() {
    var generator = SeededGenerator(21)
    for _ in 0..<200 {
      var canvas = DotCanvas(columns: 30, rows: 20, marker: .ascii)
      let a = (
        x: Double.random(in: -20...50, using: &generator),
        y: Double.random(in: -20...40, using: &generator)
      )
      let b = (
        x: Double.random(in: -20...50, using: &generator),
        y: Double.random(in: -20...40, using: &generator)
      )
      var step = 0
      canvas.line(from: a, to: b, 0, step: &step)
      let rows = text(canvas).split(separator: "\n", omittingEmptySubsequences: false)
      for (y, row) in rows.enumerated() {
        for (x, character) in row.enumerated() where character == "*" {
          // Where the line ends or is cut, its last dot is the nearest to that place.
          if x == 0 || x == 29 || y == 0 || y == 19 { continue }
          if [a, b].contains(where: { abs($0.x - Double(x)) < 1 && abs($0.y - Double(y)) < 1 }) {
            continue
          }
          let dx = b.x - a.x
          let dy = b.y - a.y
          let distance = abs((Double(x) - a.x) * dy - (Double(y) - a.y) * dx)
          #expect(distance / max(abs(dx), abs(dy)) <= 0.5 + 1e-9)
        }
      }
      // Through the middles of all columns where the line is flat and inside.
      if abs(b.x - a.x) > abs(b.y - a.y) {
        for x in 0..<30 where Double(x) > min(a.x, b.x) && Double(x) < max(a.x, b.x) {
          let y = a.y + (b.y - a.y) * (Double(x) - a.x) / (b.x - a.x)
          guard y > 0, y < 19 else { continue }
          let hit = rows.contains { row in
            row.count > x && row[row.index(row.startIndex, offsetBy: x)] == "*"
          }
          #expect(hit, "column \(x) from \(a) to \(b)")
        }
      }
    }
  }

  @Test func backgroundLeavesTheCellsOfCurves() {
    var canvas = DotCanvas(columns: 2, rows: 1, marker: .braille)
    for x in 0..<4 { canvas.set(x, 3, DotCanvas.background) }
    canvas.set(0, 0, 0)
    #expect(text(canvas) == "⠁⣀\n")
  }
}

@Suite struct AxisTests {
  private func mapping(_ range: ClosedRange<Double>, log: Bool = false) -> AxisMapping {
    AxisMapping(PlotAxis(range: range, scale: log ? .logarithmic : .linear), values: [])
  }

  @Test func ticksAreRound() {
    let ticks = mapping(0...0.385).ticks(8).map { AxisMapping.label($0, step: 0.05) }
    #expect(ticks == ["0", "0.05", "0.10", "0.15", "0.20", "0.25", "0.30", "0.35"])
    #expect(mapping(-90...90).ticks(4) == [-50, 0, 50])
    #expect(mapping(0.01...250, log: true).ticks(9) == [0.01, 0.1, 1, 10, 100])
    let angles = AxisMapping(PlotAxis(range: 0...360, isAngle: true), values: [])
    #expect(angles.ticks(5) == [0, 90, 180, 270, 360])
  }

  @Test func ticksAreInsideAndNotTooMany() {
    var generator = SeededGenerator(4)
    for _ in 0..<500 {
      let low = Double.random(in: -1000...1000, using: &generator)
      let high = low + pow(10, Double.random(in: -6...6, using: &generator))
      let axis = mapping(low...high)
      for count in 1...12 {
        let ticks = axis.ticks(count)
        #expect(ticks.count <= count + 1)
        #expect(ticks.allSatisfy { axis.share(of: $0) > -1e-5 && axis.share(of: $0) < 1 + 1e-5 })
      }
      #expect(!axis.ticks(5).isEmpty)
    }
  }

  @Test func shareAndValueAreInverses() {
    for axis in [mapping(-3...8), mapping(0.02...500, log: true)] {
      for index in 0...10 {
        let share = Double(index) / 10
        #expect(abs(axis.share(of: axis.value(at: share)) - share) < 1e-12)
      }
    }
  }

  @Test(arguments: [
    (0.0, "0"), (1.0, "1"), (0.143, "0.143"), (3.214, "3.21"), (12.0, "12"), (1234.0, "1234"),
    (15300.0, "15.3k"), (2_000_000.0, "2M"), (-0.5, "-0.5"), (0.00001234, "1.2e-5"),
    (999_999.0, "1M"), (1e9, "1G"), (.infinity, "∞"), (.nan, "–"), (-.infinity, "-∞"),
  ])
  func shortNumbers(value: Double, text: String) { #expect(NumberText.short(value) == text) }

  @Test func fixedNumbers() {
    #expect(NumberText.fixed(3.14159, decimals: 2) == "3.14")
    #expect(NumberText.fixed(-0.004, decimals: 2) == "0.00")
    #expect(NumberText.fixed(-2.5, decimals: 0) == "-3")
    #expect(NumberText.fixed(0.05, decimals: 1) == "0.1")
    var generator = SeededGenerator(6)
    for _ in 0..<500 {
      let value = Double.random(in: -1e4...1e4, using: &generator)
      let text = NumberText.fixed(value, decimals: 4)
      #expect(abs((Double(text) ?? .nan) - value) <= 0.5000001e-4)
    }
  }
}

@Suite struct MollweideTests {
  private let map = PlotData.orientations(.mollweide)
  private let area = Rect(x: 0, y: 0, width: 400, height: 100)

  /// Equal areas: the share of the ellipse up to a latitude φ is the sphere's, (1 + sin φ) / 2.
  @Test func areasAreEqual() {
    var latitudes: [Double] = []
    for y in 0..<200 {
      for x in 0..<400 {
        if let place = map.place((Double(x) + 0.5) / 400, (Double(y) + 0.5) / 200, area) {
          latitudes.append((place.1 - 0.5) * .pi)
        }
      }
    }
    // The ellipse fills π/4 of the rectangle about it.
    #expect(abs(Double(latitudes.count) / 80_000 - .pi / 4) < 0.005)
    for degrees in stride(from: -60.0, through: 60, by: 30) {
      let latitude = degrees * .pi / 180
      let share = Double(latitudes.filter { $0 < latitude }.count) / Double(latitudes.count)
      #expect(abs(share - (1 + sin(latitude)) / 2) < 0.006)
    }
  }

  /// Snyder 1987, table 38: the parallel of 40° is at 0.5937 of the pole's distance, and of 70° at
  /// 0.8619… of it (θ from 2θ + sin 2θ = π sin φ).
  @Test func parallelsAreWhereTheEquationPutsThem() throws {
    for degrees in [10.0, 40, 70] {
      let latitude = degrees * .pi / 180
      // Newton's method on the equation, the other way round than the plot's.
      var theta = latitude
      for _ in 0..<50 {
        theta -=
          (2 * theta + sin(2 * theta) - .pi * sin(latitude)) / (2 + 2 * cos(2 * theta))
      }
      let place = try #require(map.place(0.5, 0.5 - sin(theta) / 2, area))
      #expect(abs((place.1 - 0.5) * 180 - degrees) < 1e-6)
      #expect(abs(place.0 - 0.5) < 1e-12)
    }
    #expect(map.place(0.01, 0.05, area) == nil)
  }

  @Test func aBinIsFoundUnderTheCellThatShowsIt() throws {
    let appearance = Appearance()
    let rect = Rect(x: 2, y: 1, width: 60, height: 20)
    for projection in [HeatMap.Projection.rectangular, .mollweide] {
      let map = PlotData.orientations(projection)
      let frame = map.frame(in: rect, appearance)
      let middle = Point(
        x: frame.area.x + frame.area.width / 2, y: frame.area.y + frame.area.height / 2)
      let bin = try #require(map.bin(at: middle, in: rect, appearance))
      #expect(abs(bin.x - 18) <= 1 && abs(bin.y - 9) <= 1)
      #expect(map.bin(at: Point(x: 0, y: 0), in: rect, appearance) == nil)
    }
  }

  /// From far left to far right the columns go on, past the edges by the width of a column at the equator.
  @Test(arguments: [HeatMap.Projection.rectangular, .mollweide])
  func aDragGoesRoundTheEdges(_ projection: HeatMap.Projection) throws {
    let appearance = Appearance()
    let rect = Rect(x: 20, y: 3, width: 60, height: 20)
    let map = PlotData.orientations(projection)
    let area = map.frame(in: rect, appearance).area
    // The ellipse may be less high than its area.
    let rows = (area.y..<area.bottom).filter { y in
      (area.x..<area.right).contains {
        map.bin(at: Point(x: $0, y: y), in: rect, appearance) != nil
      }
    }
    #expect(rows.count >= area.width / 4)
    for y in rows {
      let found = (0..<100).map { map.unrolledBin(at: Point(x: $0, y: y), in: rect, appearance) }
      let columns = found.compactMap { $0?.x }
      #expect(columns == columns.sorted() && columns.count > area.width)
      #expect(columns.contains { $0 < 0 } && columns.contains { $0 >= 36 })
      #expect(Set(found.compactMap { $0?.y }).count == 1, "one row, inside and beyond")
      for x in area.x..<area.right {
        let bin = map.bin(at: Point(x: x, y: y), in: rect, appearance)
        if bin != nil { #expect(found[x] == bin) }
      }
    }
    for y in [0, area.y - 1, area.bottom] {
      #expect(map.unrolledBin(at: Point(x: area.x - 1, y: y), in: rect, appearance) == nil)
    }
    // At the equator: so many cells beyond the rim are so many columns.
    let middle = area.y + area.height / 2
    let inside = (0..<100).filter {
      map.bin(at: Point(x: $0, y: middle), in: rect, appearance) != nil
    }
    let (first, last) = (try #require(inside.first), try #require(inside.last))
    let width = Double(36) / Double(inside.count)
    for (x, column) in [(first - 5, -5 * width), (last + 5, 36 + 5 * width)] {
      let bin = try #require(map.unrolledBin(at: Point(x: x, y: middle), in: rect, appearance))
      #expect(abs(Double(bin.x) - column) <= 1.5)
    }
  }
}

@Suite struct SliceTests {
  @Test func pixelsAreSquareAndAllInView() {
    let appearance = Appearance(colours: .c256)
    let rect = Rect(x: 0, y: 0, width: 80, height: 20)
    let slice = ImageSlice(width: 20, height: 20, pixels: Array(repeating: 1, count: 400))
    var seen: Set<Point> = []
    var columns: Set<Int> = []
    for y in 0..<20 {
      for x in 0..<80 {
        if let pixel = slice.pixel(at: Point(x: x, y: y), in: rect, appearance) {
          seen.insert(pixel)
          columns.insert(x)
        }
      }
    }
    // 20 rows of two pixels: as many columns as half the rows' pixels, twice enlarged.
    #expect(columns.count == 40)
    #expect(Set(seen.map(\.x)).count == 20 && Set(seen.map(\.y)).count == 20)
  }

  @Test func averagesWhatACellCovers() {
    // Columns of black and white become grey where two fall on one pixel.
    let pixels = (0..<64 * 64).map { Float($0 % 2) }
    let slice = ImageSlice(width: 64, height: 64, pixels: pixels)
    let grid = slice.grid(Size(width: 32, height: 16), Appearance(colours: .truecolor))
    #expect(grid[10, 8].style.foreground == ColourMap.grey.colour(at: 0.5))
  }
}
