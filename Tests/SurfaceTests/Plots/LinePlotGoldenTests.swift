import Testing

@testable import Surface

/// A plot as a panel of a screen: framed.
func panel(_ plot: some Widget, _ title: String, _ size: Size, _ appearance: Appearance) -> Grid {
  var grid = appearance.grid(size)
  grid.draw(Box(title: title), in: grid.bounds, appearance)
  grid.draw(plot, in: Box.content(of: grid.bounds), appearance)
  return grid
}

@Suite struct LinePlotGoldenTests {
  @Test(arguments: [(38, 10), (80, 24), (24, 7), (100, 30)])
  func fsc(width: Int, height: Int) {
    let size = Size(width: width, height: height)
    for (name, appearance) in Appearance.tested {
      expectGolden(
        panel(PlotData.fscPlot(), "FSC", size, appearance), "fsc-\(name)-\(width)x\(height)")
    }
  }

  @Test(arguments: Marker.allCases)
  func everyMarker(marker: Marker) {
    let appearance = Appearance(marker: marker)
    expectGolden(
      panel(PlotData.fscPlot(), "FSC", Size(width: 50, height: 14), appearance),
      "fsc-\(marker.rawValue)")
  }

  @Test func withoutColours() {
    for marker in [Marker.braille, .dot] {
      let appearance = Appearance(colours: .none, marker: marker)
      expectGolden(
        panel(PlotData.fscPlot(), "FSC", Size(width: 60, height: 16), appearance),
        "fsc-none-\(marker.rawValue)")
    }
  }

  @Test func crosshair() {
    let plot = PlotData.fscPlot(crosshair: 0.22)
    for (name, appearance) in Appearance.tested {
      expectGolden(
        panel(plot, "FSC", Size(width: 60, height: 14), appearance), "fsc-crosshair-\(name)")
    }
    expectGolden(
      panel(plot, "FSC", Size(width: 40, height: 9), Appearance()), "fsc-styles", styles: true)
  }

  @Test func zoomed() {
    var plot = PlotData.fscPlot()
    plot.x.range = 0.2...0.3
    plot.y.range = -0.1...0.5
    expectGolden(panel(plot, "FSC", Size(width: 50, height: 14), Appearance()), "fsc-zoomed")
  }

  @Test(arguments: [(38, 10), (30, 7)])
  func others(width: Int, height: Int) {
    let size = Size(width: width, height: height)
    for (name, appearance) in Appearance.tested {
      expectGolden(
        panel(PlotData.resolutions, "Resolution", size, appearance),
        "resolution-\(name)-\(width)x\(height)")
      expectGolden(
        panel(PlotData.noise, "Noise", size, appearance), "noise-\(name)-\(width)x\(height)")
    }
  }

  @Test func empty() {
    expectGolden(
      panel(LinePlot([]), "FSC", Size(width: 30, height: 9), Appearance()), "plot-empty")
  }
}
