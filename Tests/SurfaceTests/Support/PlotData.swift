import Glibc

@testable import Surface

/// Curves that look like those of a refinement, made from formulas and a seed.
enum PlotData {
  /// FSC of a box of 128 pixels of 1.3 Å: falls at 1/`resolution`, with noise beyond.
  static func fsc(_ resolution: Double, width: Double = 0.02, noise: Double = 0.02) -> [Double] {
    var generator = SeededGenerator(UInt64(resolution * 100))
    return (0..<64).map { shell in
      let frequency = Double(shell) / (128 * 1.3)
      let fall = 1 / (1 + exp((frequency - 1 / resolution) / width))
      return fall + noise * Double.random(in: -1...1, using: &generator) * (1 - fall)
    }
  }

  static let step = 1 / (128 * 1.3)

  static func fscPlot(ghosts: Int = 2, crosshair: Double? = nil) -> LinePlot {
    var series: [LinePlot.Series] = (0..<ghosts).map {
      LinePlot.Series("", values: fsc(6 - Double($0) * 0.4), step: step, isGhost: true)
    }
    for (name, resolution) in [
      ("no mask", 6.2), ("spherical", 5.4), ("loose", 4.6), ("tight", 3.9), ("corrected", 4.0),
    ] { series.append(LinePlot.Series(name, values: fsc(resolution), step: step)) }
    return LinePlot(
      series, x: .spatialFrequency(), y: PlotAxis(range: 0...1),
      thresholds: [.init(0.143), .init(0.5)], limits: [.init(0.3, "limit 3.3 Å")],
      crosshair: crosshair)
  }

  static let resolutions = LinePlot(
    [
      .init(
        "",
        [7.9, 5.2, 4.3, 3.9, 3.7, 3.62, 3.6].enumerated().map {
          PlotPoint(Double($0.offset), $0.element)
        })
    ], x: PlotAxis(title: "iteration"), y: PlotAxis(title: "Å at 0.143"))

  static let noise = LinePlot(
    [
      .init("half A", values: (1...64).map { 100 / Double($0 * $0) + 0.02 }, step: step),
      .init("half B", values: (1...64).map { 120 / Double($0 * $0) + 0.015 }, step: step),
    ], x: .spatialFrequency(), y: PlotAxis(title: "noise", scale: .logarithmic))
}

extension PlotData {
  /// Changes in rotation: a Rayleigh distribution of 2° that is cut at 8°.
  static let rotation = HistogramPlot(
    lower: 0, upper: 8,
    counts: (0..<32).map { bin in
      let angle = (Double(bin) + 0.5) / 4
      return (20000 * angle / 4 * exp(-angle * angle / 8)).rounded() + (bin == 31 ? 900 : 0)
    }, title: "°", marks: [.init(2, "prior sd"), .init(8, "limit", role: .bad)], flaggedFrom: 8)

  /// Two clouds of views and an even ground.
  static func orientations(_ projection: HeatMap.Projection, crosshair: Point? = nil) -> HeatMap {
    var values: [Double] = []
    for row in 0..<18 {
      for column in 0..<36 {
        let azimuth = Double(column) * 10 + 5
        let elevation = Double(row) * 10 - 85
        func cloud(_ a: Double, _ e: Double, _ width: Double) -> Double {
          let distance = (azimuth - a) * (azimuth - a) + (elevation - e) * (elevation - e)
          return exp(-distance / (2 * width * width))
        }
        let sum = 800 * cloud(90, 40, 30) + 500 * cloud(270, -20, 20) + 40
        values.append((sum * cos(elevation * .pi / 180)).rounded())
      }
    }
    return HeatMap(
      columns: 36, rows: 18, values: values,
      x: PlotAxis(title: "az °", range: 0...360, isAngle: true),
      y: PlotAxis(title: "el °", range: -90...90, isAngle: true), projection: projection,
      unit: "particles", crosshair: crosshair)
  }

  /// Two blobs, with a round mask about the larger one.
  static func slice(_ size: Int = 48, crosshair: Point? = nil) -> ImageSlice {
    var pixels: [Float] = []
    var mask: [Float] = []
    for y in 0..<size {
      for x in 0..<size {
        func squared(_ cx: Double, _ cy: Double) -> Double {
          let dx = Double(x) / Double(size) - cx
          let dy = Double(y) / Double(size) - cy
          return dx * dx + dy * dy
        }
        let ring = 0.25 * sin(40 * squared(0.4, 0.45).squareRoot())
        let value =
          exp(-squared(0.4, 0.45) / 0.03) * (0.8 + ring) + 0.6 * exp(-squared(0.75, 0.7) / 0.008)
        pixels.append(Float(value))
        mask.append(squared(0.4, 0.45) < 0.06 ? 1 : 0)
      }
    }
    return ImageSlice(
      width: size, height: size, pixels: pixels, mask: mask, crosshair: crosshair, title: "XY 24")
  }
}
