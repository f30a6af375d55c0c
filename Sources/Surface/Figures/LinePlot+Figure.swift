extension LinePlot: VectorFigure {
  public func draw(on canvas: inout FigureCanvas) {
    let named = series.enumerated().filter { !$0.element.isGhost && !$0.element.name.isEmpty }
    let rows = Self.legend(named.map { ($0.offset, $0.element) }, width: canvas.width - 80)
    let axes = FigureAxes(
      x: x, AxisMapping(x, values: series.flatMap { $0.points.map(\.x) }), y: y,
      AxisMapping(y, values: series.flatMap { $0.points.map(\.y) }), on: canvas,
      header: Double(rows.count) * 17 + (limits.isEmpty ? 0 : 14))
    axes.draw(on: &canvas)
    for threshold in thresholds where (0...1).contains(axes.y.share(of: threshold.value)) {
      let y = axes.place(0, threshold.value).y
      canvas.line(
        [(axes.left, y), (axes.right, y)], FigureCanvas.colour(of: .threshold), width: 1.2,
        dashes: "4 4")
      canvas.text(
        threshold.label, x: axes.right - 4, y: y - 4, .end, colour: FigureCanvas.dim, size: 11)
    }
    for limit in limits where (0...1).contains(axes.x.share(of: limit.value)) {
      let x = axes.place(limit.value, 0).x
      let colour = FigureCanvas.colour(of: limit.role)
      canvas.line([(x, axes.top), (x, axes.bottom)], colour, width: 1.2, dashes: "2 3")
      canvas.text(limit.label, x: x, y: axes.top - 3, .middle, colour: colour, size: 11)
    }
    for (index, series) in series.enumerated() { draw(series, index, axes, on: &canvas) }
    drawLegend(rows, axes, on: &canvas)
    if series.allSatisfy({ $0.points.isEmpty }) {
      canvas.text(
        emptyText, x: canvas.width / 2, y: canvas.height / 2, .middle, colour: FigureCanvas.dim)
    }
  }

  /// What a curve is drawn as: in a colour and dashes of its own.
  private func role(_ series: Series, _ index: Int) -> Role {
    series.isGhost ? .ghost : series.role ?? .series(index)
  }

  private func draw(
    _ series: Series, _ index: Int, _ axes: FigureAxes, on canvas: inout FigureCanvas
  ) {
    let role = role(series, index)
    let colour = FigureCanvas.colour(of: role)
    func isInside(_ point: PlotPoint) -> Bool {
      let (across, up) = (axes.x.share(of: point.x), axes.y.share(of: point.y))
      return across >= -1e-6 && across <= 1 + 1e-6 && up.isFinite
    }
    // A curve has gaps where it has no value.
    var pieces: [[(x: Double, y: Double)]] = [[]]
    for point in series.points {
      guard isInside(point) else {
        if pieces.last?.isEmpty == false { pieces.append([]) }
        continue
      }
      let place = axes.place(point.x, point.y)
      pieces[pieces.count - 1].append(
        (place.x, min(max(place.y, axes.top), axes.bottom)))
    }
    for piece in pieces {
      if series.kind != .points {
        canvas.line(
          piece, colour, width: series.isGhost ? 1 : 1.8, dashes: FigureCanvas.dashes(of: role))
      }
      if series.kind == .points || piece.count == 1 {
        for point in piece { canvas.dot(x: point.x, y: point.y, radius: 2.5, colour) }
      }
    }
  }

  /// The names in rows that fit.
  private static func legend(
    _ named: [(index: Int, series: Series)], width: Double
  ) -> [[(index: Int, series: Series)]] {
    guard named.count > 1 || named.first?.series.name.isEmpty == false else { return [] }
    var rows: [[(index: Int, series: Series)]] = []
    var used = Double.infinity
    for item in named {
      let needed = FigureCanvas.width(of: item.series.name, size: 11) + 44
      if used + needed > width {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(item)
      used += needed
    }
    return rows
  }

  private func drawLegend(
    _ rows: [[(index: Int, series: Series)]], _ axes: FigureAxes, on canvas: inout FigureCanvas
  ) {
    for (row, items) in rows.enumerated() {
      var x = axes.left
      let y = 14 + Double(row) * 17
      for item in items {
        let role = role(item.series, item.index)
        canvas.line(
          [(x, y - 4), (x + 24, y - 4)], FigureCanvas.colour(of: role), width: 2.2,
          dashes: FigureCanvas.dashes(of: role))
        canvas.text(item.series.name, x: x + 29, y: y, size: 11)
        x += FigureCanvas.width(of: item.series.name, size: 11) + 44
      }
    }
  }
}
