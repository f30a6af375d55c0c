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

  /// A map of ten columns of which four are chosen, its area, and the cells of its middle row that are marked.
  private func outlined(from column: Int) -> (map: HeatMap, area: Rect, marked: [Int]) {
    let map = HeatMap(
      columns: 10, rows: 10, values: [Double](repeating: 1, count: 100),
      x: PlotAxis(range: 0...10), y: PlotAxis(range: 0...10),
      chosen: Rect(x: column, y: 0, width: 4, height: 10))
    let grid = grid(map, .none)
    let area = map.frame(in: grid.bounds, Appearance()).area
    let row = area.y + area.height / 2
    return (map, area, (area.x..<area.right).filter { grid[$0, row].text == "○" })
  }

  /// The rim of the chosen bins is drawn, not what is inside or outside.
  @Test func chosenViewsAreOutlined() {
    let (_, area, marked) = outlined(from: 3)
    let inside = (area.x..<area.right).filter { column in
      let (left, right) = (column - area.x, column - area.x + 1)
      return Double(right) / Double(area.width) > 0.3 && Double(left) / Double(area.width) < 0.7
    }
    #expect(marked.first == inside.first && marked.last == inside.last && marked.count == 2)
  }

  /// What goes on at the other edge is outlined where it begins and ends, not at the edges.
  @Test func chosenViewsGoRoundTheEdge() {
    let (map, area, marked) = outlined(from: 8)
    // The cells that show some of columns 0, 1, 8 and 9.
    let inside = (area.x..<area.right).filter { column in
      let (left, right) = (column - area.x, column - area.x + 1)
      return Double(left) / Double(area.width) < 0.2 || Double(right) / Double(area.width) > 0.8
    }
    let gap = inside.indices.dropFirst().first { inside[$0] > inside[$0 - 1] + 1 } ?? 0
    #expect(marked == [inside[gap - 1], inside[gap]])
    // On the globe as well: more bins on both sides, fewer in the middle.
    var globe = map
    globe.projection = .mollweide
    let round = self.grid(globe, .none)
    let place = globe.frame(in: round.bounds, Appearance()).area
    let middle = place.y + place.height / 2
    let rims = (place.x..<place.right).filter { round[$0, middle].text == "○" }
    let bins = rims.compactMap {
      globe.bin(at: Point(x: $0, y: middle), in: round.bounds, Appearance())?.x
    }
    #expect(bins.contains(1) && bins.contains(8))
    #expect(bins.allSatisfy { [0, 1, 8, 9].contains($0) }, "\(bins)")
  }
}

/// Slices with hues over their greys.
struct TintTests {
  private var slice: ImageSlice {
    var slice = ImageSlice(
      width: 8, height: 8, pixels: [Float](repeating: 0.25, count: 64), range: 0...1)
    // The left half is red, the right one grey.
    slice.tint = ImageSlice.Tint(
      columns: 2, rows: 1, numbers: [1, 0], hues: [.rgb(200, 80, 0)])
    return slice
  }

  @Test func cellsHaveTheHueInTheLightOfTheSlice() {
    var grid = Grid(size: Size(width: 8, height: 4))
    grid.draw(slice, in: grid.bounds, Appearance(colours: .truecolor))
    #expect(grid[1, 1].style.background == .rgb(100, 40, 0))
    #expect(grid[6, 1].style.background == ColourMap.grey.colour(at: 0.25))
    // Quadrants have one hue a cell, and dots none.
    grid.draw(slice, in: grid.bounds, Appearance(colours: .truecolor, marker: .quadrant))
    #expect(grid[1, 1].style.background == .rgb(100, 40, 0))
  }

  @Test func pixelsHaveItToo() throws {
    let picture = try #require(
      slice.picture(
        in: Rect(x: 0, y: 0, width: 8, height: 4), cell: Size(width: 2, height: 4), Appearance()))
    let image = picture.image
    func colour(_ x: Int) -> [UInt8] {
      let colour = image.palette[Int(image.indices[8 * image.width + x])]
      return [colour.red, colour.green, colour.blue]
    }
    let (left, right) = (colour(1), colour(image.width - 2))
    #expect(left[2] == 0 && left[0] > 90 && left[0] < 125 && left[1] < 50)
    #expect(right[0] == right[1] && right[1] == right[2])
  }
}
