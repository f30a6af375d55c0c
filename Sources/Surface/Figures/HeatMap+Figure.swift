import Glibc

extension HeatMap: VectorFigure {
  public func draw(on canvas: inout FigureCanvas) {
    let (x, y) = (self.x, self.y)
    let axes = FigureAxes(
      x: x, AxisMapping(x, values: [0, Double(columns)]), y: y,
      AxisMapping(y, values: [0, Double(rows)]), on: canvas, header: 22)
    let highest = values.filter(\.isFinite).max() ?? 0
    let span = range ?? 0...max(highest, 1e-9)
    if projection == .rectangular {
      axes.draw(on: &canvas)
    }
    let frame = (left: axes.left, top: axes.top, right: axes.right, bottom: axes.bottom)
    // An ellipse of twice the width of its height.
    let height = min(frame.bottom - frame.top, (frame.right - frame.left) / 2)
    let centre = ((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2)
    func place(_ u: Double, _ v: Double) -> (x: Double, y: Double) {
      guard projection == .mollweide else {
        return (
          frame.left + u * (frame.right - frame.left), frame.bottom - v * (frame.bottom - frame.top)
        )
      }
      let latitude = (v - 0.5) * .pi
      var angle = latitude
      // Mollweide's angle by Newton's method.
      for _ in 0..<20 where abs(latitude) < .pi / 2 - 1e-9 {
        let slope = 2 + 2 * cos(2 * angle)
        angle -= (2 * angle + sin(2 * angle) - .pi * sin(latitude)) / max(slope, 1e-9)
      }
      return (centre.0 + height * (2 * u - 1) * cos(angle), centre.1 - height / 2 * sin(angle))
    }
    for row in 0..<rows {
      for column in 0..<columns where row * columns + column < values.count {
        let value = values[row * columns + column]
        guard value.isFinite else { continue }
        let share = (value - span.lowerBound) / max(span.upperBound - span.lowerBound, 1e-12)
        let (u, v) = (Double(column) / Double(columns), Double(row) / Double(rows))
        let (du, dv) = (1 / Double(columns), 1 / Double(rows))
        canvas.polygon(
          [place(u, v), place(u + du, v), place(u + du, v + dv), place(u, v + dv)],
          fill: ColourMap.viridis.colour(at: share).hexText ?? "#000000")
      }
    }
    drawScale(span, axes, on: &canvas)
  }

  private func drawScale(
    _ span: ClosedRange<Double>, _ axes: FigureAxes, on canvas: inout FigureCanvas
  ) {
    let low = NumberText.short(span.lowerBound, digits: 3)
    var x = axes.left
    canvas.text(low, x: x, y: 16, size: 11)
    x += FigureCanvas.width(of: low, size: 11) + 6
    for step in 0..<24 {
      canvas.rectangle(
        x: x + 5 * Double(step), y: 7, width: 5.2, height: 10,
        fill: ColourMap.viridis.colour(at: Double(step) / 23).hexText ?? "#000000")
    }
    canvas.text(
      NumberText.short(span.upperBound, digits: 3) + " " + unit, x: x + 126, y: 16, size: 11)
  }
}
