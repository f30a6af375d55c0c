extension HistogramPlot: VectorFigure {
  public func draw(on canvas: inout FigureCanvas) {
    let highest = max(1e-9, counts.max() ?? 0)
    let isDrawable = lower.isFinite && upper.isFinite && upper > lower
    let x = PlotAxis(title: title, range: isDrawable ? lower...upper : 0...1)
    let y = PlotAxis(title: "particles", range: 0...(highest < 1e300 ? highest * 1.05 : 1))
    let axes = FigureAxes(
      x: x, AxisMapping(x, values: []), y: y, AxisMapping(y, values: []), on: canvas,
      header: marks.isEmpty ? 0 : 14)
    axes.draw(on: &canvas)
    guard isDrawable, !counts.isEmpty else { return }
    let width = (upper - lower) / Double(counts.count)
    if let chosen = chosen?.clamped(to: lower...upper) {
      let (low, high) = (axes.place(chosen.lowerBound, 0), axes.place(chosen.upperBound, 0))
      canvas.rectangle(
        x: low.x, y: axes.top, width: high.x - low.x, height: low.y - axes.top,
        fill: FigureCanvas.faint)
    }
    for (bin, count) in counts.enumerated() where count > 0 {
      let from = lower + Double(bin) * width
      let (low, high) = (axes.place(from, 0), axes.place(from + width, count))
      let isFlagged = flaggedFrom.map { from + width >= $0 } ?? false
      canvas.rectangle(
        x: low.x + 0.5, y: high.y, width: max(0.5, high.x - low.x - 1), height: low.y - high.y,
        fill: FigureCanvas.colour(of: isFlagged ? .warning : role))
    }
    for mark in marks where (0...1).contains(axes.x.share(of: mark.value)) {
      let place = axes.place(mark.value, 0)
      let colour = FigureCanvas.colour(of: mark.role)
      canvas.line([(place.x, axes.top), (place.x, axes.bottom)], colour, width: 1.2, dashes: "4 3")
      canvas.text(mark.label, x: place.x, y: axes.top - 3, .middle, colour: colour, size: 11)
    }
    if isOpenEnded {
      canvas.text(
        "the last bin holds all beyond", x: axes.right, y: axes.top + 10, .end,
        colour: FigureCanvas.dim, size: 10)
    }
  }
}
