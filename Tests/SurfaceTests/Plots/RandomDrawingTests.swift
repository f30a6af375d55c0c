import Testing

@testable import Surface

/// Sizes from 0x0 to 500x200 and contents of every kind: nothing may trap, and nothing may be drawn
/// beyond the rectangle.
@Suite struct RandomDrawingTests {
  private static func number(_ generator: inout SeededGenerator) -> Double {
    let odd: [Double] = [0, -0.0, 1, .nan, .infinity, -.infinity, 1e308, -1e308, 1e-300, 0.143]
    return Bool.random(using: &generator)
      ? odd.randomElement(using: &generator) ?? 0 : Double.random(in: -3...9, using: &generator)
  }

  private static func numbers(_ generator: inout SeededGenerator) -> [Double] {
    (0..<Int.random(in: 0...40, using: &generator)).map { _ in number(&generator) }
  }

  private static func range(_ generator: inout SeededGenerator) -> ClosedRange<Double>? {
    let a = number(&generator)
    let b = number(&generator)
    guard Bool.random(using: &generator), !a.isNaN, !b.isNaN else { return nil }
    return min(a, b)...max(a, b)
  }

  private static func axis(_ generator: inout SeededGenerator) -> PlotAxis {
    PlotAxis(
      title: generator.text(), range: range(&generator),
      scale: Bool.random(using: &generator) ? .linear : .logarithmic,
      isSpatialFrequency: Bool.random(using: &generator),
      isAngle: Bool.random(using: &generator))
  }

  private static func linePlot(_ generator: inout SeededGenerator) -> LinePlot {
    let kinds: [LinePlot.Series.Kind] = [.line, .steps, .points]
    let series = (0..<Int.random(in: 0...8, using: &generator)).map { _ in
      LinePlot.Series(
        generator.text(),
        zip(numbers(&generator), numbers(&generator)).map { PlotPoint($0.0, $0.1) },
        kind: kinds.randomElement(using: &generator) ?? .line,
        isGhost: Bool.random(using: &generator))
    }
    return LinePlot(
      series, x: axis(&generator), y: axis(&generator),
      thresholds: numbers(&generator).prefix(3).map { PlotFrame.Threshold($0) },
      limits: numbers(&generator).prefix(3).map { .init($0, generator.text()) },
      crosshair: Bool.random(using: &generator) ? number(&generator) : nil)
  }

  private static func widgets(_ generator: inout SeededGenerator) -> [any Widget] {
    let columns = (0..<Int.random(in: 0...5, using: &generator)).map { index in
      Table.Column(
        generator.text(), width: Int.random(in: -1...30, using: &generator),
        alignment: .right, isFlexible: Bool.random(using: &generator), priority: index % 3)
    }
    let entry = Table.Entry(generator.text(), .bad)
    let values = numbers(&generator)
    let place = Point(
      x: Int.random(in: -3...40, using: &generator), y: Int.random(in: -3...40, using: &generator))
    let pixels = numbers(&generator).map { Float($0) }
    return [
      Table(
        columns: columns, rowCount: Int.random(in: 0...3000, using: &generator),
        selected: Int.random(in: -2...50, using: &generator), marked: [1], showsMarks: true,
        sort: (Int.random(in: -1...5, using: &generator), true),
        top: Int.random(in: -5...5000, using: &generator), emptyText: generator.text(),
        row: { _ in [entry, entry, entry] }),
      Box(title: generator.text(), note: generator.text(), footer: generator.text(), number: 3),
      KeyBar([.init(key: generator.text(), label: generator.text(), action: "a")]),
      ScrollBar(
        total: Int.random(in: -1...900, using: &generator),
        visible: Int.random(in: -1...90, using: &generator),
        top: Int.random(in: -9...999, using: &generator)),
      ProgressBar(share: number(&generator), label: generator.text()),
      NotificationLine(.bad, generator.text()), Sparkline(values, range: range(&generator)),
      TextField(
        TextInput(generator.text()), isFocused: Bool.random(using: &generator),
        placeholder: generator.text(), isInvalid: Bool.random(using: &generator)),
      linePlot(&generator),
      HistogramPlot(
        lower: number(&generator), upper: number(&generator), counts: values,
        title: generator.text(), marks: [.init(number(&generator), generator.text())],
        flaggedFrom: number(&generator)),
      HeatMap(
        columns: Int.random(in: -1...9, using: &generator),
        rows: Int.random(in: -1...9, using: &generator), values: values, x: axis(&generator),
        y: axis(&generator), range: range(&generator),
        projection: Bool.random(using: &generator) ? .mollweide : .rectangular,
        unit: generator.text(), crosshair: Bool.random(using: &generator) ? place : nil),
      ImageSlice(
        width: Int.random(in: -1...9, using: &generator),
        height: Int.random(in: -1...9, using: &generator), pixels: pixels,
        mask: Bool.random(using: &generator) ? pixels : [],
        crosshair: Bool.random(using: &generator) ? place : nil, title: generator.text()),
    ]
  }

  private static func appearance(_ generator: inout SeededGenerator) -> Appearance {
    Appearance(
      colours: ColourLevel.allCases.randomElement(using: &generator) ?? .none,
      glyphs: GlyphLevel.allCases.randomElement(using: &generator) ?? .ascii,
      marker: Marker.allCases.randomElement(using: &generator))
  }

  @Test(arguments: 0..<60)
  func nothingTrapsAndNothingLeaves(seed: Int) {
    var generator = SeededGenerator(UInt64(seed) + 100)
    for widget in Self.widgets(&generator) {
      let appearance = Self.appearance(&generator)
      let size = Size(
        width: Int.random(in: 0...70, using: &generator),
        height: Int.random(in: 0...30, using: &generator))
      let mark = Cell(text: "!", width: 1, style: .plain)
      var grid = Grid(size: size, glyphs: appearance.glyphs)
      grid.fill(grid.bounds, with: "!", style: .plain)
      let rect = generator.rect(around: size)
      grid.draw(widget, in: rect, appearance)
      for y in 0..<size.height {
        for x in 0..<size.width where !rect.contains(Point(x: x, y: y)) {
          #expect(grid[x, y] == mark, "\(type(of: widget)) left \(rect)")
        }
      }
      if appearance.glyphs == .ascii {
        #expect(grid.cells.allSatisfy { $0.text.utf8.allSatisfy { $0 < 0x7F } })
      }
      if appearance.colours == .none {
        #expect(grid.cells.allSatisfy { $0.style.foreground == .terminal })
      }
    }
  }

  @Test func everySizeFromNothingToHuge() {
    var generator = SeededGenerator(1)
    let sizes = [0, 1, 2, 3, 5, 8, 20, 200].flatMap { height in
      [0, 1, 2, 3, 5, 8, 20, 80, 500].map { Size(width: $0, height: height) }
    }
    for size in sizes where size.width * size.height < 20_000 {
      for widget in Self.widgets(&generator) {
        let grid = widget.grid(size, Self.appearance(&generator))
        #expect(grid.size == size)
      }
    }
    let appearance = Appearance()
    for widget in [PlotData.fscPlot(), PlotData.rotation, PlotData.slice()] as [any Widget] {
      #expect(widget.grid(Size(width: 500, height: 200), appearance).text.contains("\n"))
    }
  }

  @Test func positionsAndValuesAreInverses() {
    for marker in Marker.allCases {
      let appearance = Appearance(marker: marker)
      let rect = Rect(x: 3, y: 2, width: 60, height: 20)
      let plot = PlotData.fscPlot()
      let frame = plot.frame(in: rect, appearance)
      #expect(!frame.area.isEmpty && rect.intersection(frame.area) == frame.area)
      for column in frame.area.x..<frame.area.right {
        #expect(frame.column(of: frame.xValue(atColumn: column)) == column)
      }
      for row in frame.area.y..<frame.area.bottom {
        #expect(frame.row(of: frame.yValue(atRow: row)) == row)
      }
      #expect(frame.column(of: -1) == nil && frame.row(of: .nan) == nil)
    }
  }
}
