/// Two axes of a figure: their places, ticks and titles.
struct FigureAxes {
  let x: AxisMapping, y: AxisMapping
  private let xAxis: PlotAxis, yAxis: PlotAxis
  let left: Double, right: Double, top: Double, bottom: Double

  /// - Parameter header: height above the plot, for a legend.
  init(
    x xAxis: PlotAxis, _ x: AxisMapping, y yAxis: PlotAxis, _ y: AxisMapping,
    on canvas: FigureCanvas, header: Double
  ) {
    (self.x, self.y, self.xAxis, self.yAxis) = (x, y, xAxis, yAxis)
    left = yAxis.title.isEmpty ? 50 : 64
    right = canvas.width - 16
    top = 8 + header
    bottom = canvas.height - (xAxis.title.isEmpty ? 26 : 42)
  }

  func place(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (
      left + self.x.share(of: x) * (right - left),
      bottom - self.y.share(of: y) * (bottom - top)
    )
  }

  private func label(_ value: Double, _ axis: PlotAxis, _ ticks: [Double]) -> String {
    if axis.isSpatialFrequency { return AxisMapping.resolutionLabel(value) }
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : max(abs(value), 1e-12)
    return axis.scale == .logarithmic && ticks.count > 1 && ticks[1] / ticks[0] >= 9
      ? NumberText.short(value, digits: 4) : AxisMapping.label(value, step: step)
  }

  /// Grid lines, frame, ticks and titles.
  func draw(on canvas: inout FigureCanvas) {
    let xTicks = x.ticks(Int((right - left) / 70))
    let yTicks = y.ticks(Int((bottom - top) / 45))
    for tick in xTicks {
      let place = left + x.share(of: tick) * (right - left)
      canvas.line([(place, top), (place, bottom)], FigureCanvas.faint)
      canvas.text(
        label(tick, xAxis, xTicks), x: place, y: bottom + 15, .middle, colour: FigureCanvas.dim,
        size: 11)
    }
    for tick in yTicks {
      let place = bottom - y.share(of: tick) * (bottom - top)
      canvas.line([(left, place), (right, place)], FigureCanvas.faint)
      canvas.text(
        label(tick, yAxis, yTicks), x: left - 6, y: place + 4, .end, colour: FigureCanvas.dim,
        size: 11)
    }
    canvas.line(
      [(left, top), (left, bottom), (right, bottom)], FigureCanvas.ink, width: 1.2)
    // Ticks lie evenly in frequency and say what resolution they are.
    let title = xAxis.isSpatialFrequency ? "resolution, Å" : xAxis.title
    canvas.text(title, x: (left + right) / 2, y: bottom + 33, .middle)
    if !yAxis.title.isEmpty {
      canvas.text(yAxis.title, x: 14, y: (top + bottom) / 2, .middle, turned: true)
    }
  }
}
