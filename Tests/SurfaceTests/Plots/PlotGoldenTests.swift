import Testing

@testable import Surface

@Suite struct PlotGoldenTests {
  @Test(arguments: [(38, 10), (60, 16), (22, 6)])
  func histogram(width: Int, height: Int) {
    for (name, appearance) in Appearance.tested {
      expectGolden(
        panel(
          PlotData.rotation, "Change in rotation", Size(width: width, height: height), appearance),
        "rotation-\(name)-\(width)x\(height)")
    }
  }

  @Test func histogramStyles() {
    expectGolden(
      panel(PlotData.rotation, "Rotation", Size(width: 38, height: 10), Appearance(colours: .c16)),
      "rotation-styles-16", styles: true)
  }

  @Test(arguments: [(38, 10), (80, 22)])
  func heatMap(width: Int, height: Int) {
    let size = Size(width: width, height: height)
    for (name, appearance) in Appearance.tested {
      for (projection, word) in [
        (HeatMap.Projection.rectangular, "rectangular"), (.mollweide, "mollweide"),
      ] {
        expectGolden(
          panel(PlotData.orientations(projection), "Orientations", size, appearance),
          "orientations-\(word)-\(name)-\(width)x\(height)")
      }
    }
  }

  @Test func heatMapStyles() {
    let plot = PlotData.orientations(.mollweide, crosshair: Point(x: 9, y: 13))
    expectGolden(
      plot.grid(Size(width: 24, height: 8), Appearance(colours: .c256)), "orientations-styles",
      styles: true)
  }

  @Test func slices() {
    let looks: [(String, Appearance)] = [
      ("half-block", Appearance(colours: .c256)),
      ("quadrant", Appearance(marker: .quadrant)),
      ("octant", Appearance(marker: .octant)),
      ("dither", Appearance(colours: .none)),
      ("ascii", Appearance(colours: .none, glyphs: .ascii)),
    ]
    for (name, appearance) in looks {
      let plot = PlotData.slice(crosshair: Point(x: 19, y: 21))
      expectGolden(
        panel(plot, "Map", Size(width: 38, height: 18), appearance), "slice-\(name)",
        styles: name == "half-block")
    }
  }
}
