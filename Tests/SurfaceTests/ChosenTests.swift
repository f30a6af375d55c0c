import Testing

@testable import Surface

/// What was chosen in plots stands out from the rest.
struct ChosenTests {
  private func grid(_ widget: some Widget, _ colours: ColourLevel) -> Grid {
    var grid = Grid(size: Size(width: 40, height: 10))
    grid.draw(widget, in: grid.bounds, Appearance(colours: colours))
    return grid
  }

  /// Without colours the other bars are hatched, with them the ground of the chosen ones is another.
  @Test func chosenBarsStandOut() {
    let plot = HistogramPlot(
      lower: 0, upper: 10, counts: [Double](repeating: 4, count: 10), chosen: 3...6)
    let mono = grid(plot, .none)
    let frame = plot.frame(in: mono.bounds, Appearance())
    let colour = grid(plot, .truecolor)
    let ground = colour[frame.area.x, frame.area.y].style.background
    for column in frame.area.x..<frame.area.right {
      let value = (Double(column - frame.area.x) + 0.5) / Double(frame.area.width) * 10
      let isChosen = value > 3 && value < 6
      #expect(mono[column, frame.area.bottom - 1].text == (isChosen ? "█" : "░"), "\(value)")
      #expect((colour[column, frame.area.y].style.background != ground) == isChosen)
    }
  }

  /// The rim of the chosen bins is drawn, not what is inside or outside.
  @Test func chosenViewsAreOutlined() {
    let map = HeatMap(
      columns: 10, rows: 10, values: [Double](repeating: 1, count: 100),
      x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10),
      chosen: Rect(x: 3, y: 0, width: 4, height: 10))
    let grid = grid(map, .none)
    let area = map.frame(in: grid.bounds, Appearance()).area
    let row = area.y + area.height / 2
    let marked = (area.x..<area.right).filter { grid[$0, row].text == "○" }
    let inside = (area.x..<area.right).filter { column in
      let (left, right) = (column - area.x, column - area.x + 1)
      return Double(right) / Double(area.width) > 0.3 && Double(left) / Double(area.width) < 0.7
    }
    #expect(marked.first == inside.first && marked.last == inside.last && marked.count == 2)
  }
}
