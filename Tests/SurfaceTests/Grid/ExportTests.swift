import Testing

@testable import Surface

/// Reads XML as far as it takes to see that it is well-formed: elements with their attributes.
private func elements(_ xml: String) throws -> [(name: String, attributes: String)] {
  struct Malformed: Error { let place: String }
  var open: [String] = []
  var result: [(name: String, attributes: String)] = []
  var rest = xml[...]
  while let start = rest.firstIndex(of: "<") {
    if open.isEmpty && rest[..<start].contains(where: { !$0.isWhitespace }) {
      throw Malformed(place: String(rest[..<start]))
    }
    guard let end = rest.firstIndex(of: ">") else { throw Malformed(place: "no >") }
    let tag = rest[rest.index(after: start)..<end]
    rest = rest[rest.index(after: end)...]
    if tag.hasPrefix("/") {
      guard open.popLast() == String(tag.dropFirst()) else { throw Malformed(place: String(tag)) }
      continue
    }
    let name = String(tag.prefix { $0 != " " && $0 != "/" })
    guard tag.filter({ $0 == "\"" }).count % 2 == 0 else { throw Malformed(place: String(tag)) }
    result.append((name, String(tag.dropFirst(name.count))))
    if !tag.hasSuffix("/") { open.append(name) }
  }
  if !open.isEmpty { throw Malformed(place: "open \(open)") }
  return result
}

@Suite struct ExportTests {
  @Test func svgIsWellFormedWhateverIsInIt() throws {
    var generator = SeededGenerator(9)
    for _ in 0..<30 {
      var grid = Grid(size: Size(width: 30, height: 4))
      for y in 0..<4 {
        grid.write(
          generator.text() + "<&\">" + generator.text(), x: 0, y: y, style: generator.style())
      }
      let found = try elements(grid.svg(title: "a < b & c"))
      #expect(found.first?.name == "svg")
      #expect(found.contains { $0.name == "text" })
    }
  }

  @Test func svgDrawsBlocksWhereTheyAre() throws {
    var grid = Grid(size: Size(width: 6, height: 2))
    grid.write("漢▄", x: 1, y: 1, style: Style(foreground: .rgb(1, 2, 3)))
    let found = try elements(grid.svg())
    let block = try #require(found.first { $0.attributes.contains("#010203") && $0.name == "rect" })
    #expect(block.attributes.contains("x=\"27.0\" y=\"27.0\" width=\"9.0\" height=\"9.0\""))
  }

  @Test func linePlotTableJoinsCurvesByX() {
    let plot = LinePlot(
      [
        .init("tight", [PlotPoint(0, 1), PlotPoint(0.5, 0.25)]),
        .init("a\tb", [PlotPoint(0.5, 0.125), PlotPoint(1, .nan)]),
      ], x: .spatialFrequency())
    #expect(plot.table.tsv == "1/Å\ttight\ta b\n0.0\t1.0\t\n0.5\t0.25\t0.125\n1.0\t\t\n")
  }

  @Test func histogramAndHeatMapTables() {
    let histogram = HistogramPlot(lower: 0, upper: 4, counts: [3, 5])
    #expect(histogram.table.tsv == "from\tto\tcount\n0.0\t2.0\t3.0\n2.0\t4.0\t5.0\n")
    let map = HeatMap(
      columns: 2, rows: 1, values: [7, 9], x: PlotAxis(title: "az", range: 0...360),
      y: PlotAxis(title: "el", range: -90...90), unit: "n")
    #expect(map.table.tsv == "az\tel\tn\n90.0\t0.0\t7.0\n270.0\t0.0\t9.0\n")
  }

  @Test func tsvReadsBackExactly() {
    let values = PlotData.fsc(4)
    let lines = LinePlot([.init("a", values: values, step: PlotData.step)]).table.tsv
      .split(separator: "\n").dropFirst()
    #expect(lines.compactMap { $0.split(separator: "\t").last.flatMap { Double($0) } } == values)
  }
}
