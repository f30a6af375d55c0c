import Surface

/// A plot of a pane in which particles can be chosen: a histogram, or a map of the sphere.
struct ChoicePlot: Sendable {
  /// What lies along it: one quantity, or azimuth and elevation.
  var axes: [ChoiceAxis]
  var rect: Rect
  var kind: Kind

  enum Kind: Sendable {
    case histogram(HistogramPlot)
    case sphere(HeatMap)
  }

  /// The bins at a cell; outside of a histogram the nearest, outside of a map nil.
  func bins(at point: Point, _ appearance: Appearance) -> [Int]? {
    switch kind {
    case .histogram(let plot): return [plot.bin(atColumn: point.x, in: rect, appearance)]
    case .sphere(let map): return map.bin(at: point, in: rect, appearance).map { [$0.x, $0.y] }
    }
  }
}

/// What is being chosen in a run's panes.
struct Choosing: Sendable {
  var ranges = RangeChoice()
  /// Which histogram of the pane with the focus has the cursor.
  var active = 0
  /// The plot in which the mouse drags, and the bins where it was pressed.
  var drag: (plot: ChoicePlot, start: [Int])?
  /// How many particles were chosen; nil while they are counted.
  var count: ChoiceCount?

  /// Where the cursor goes from the bins at which it is, or those where it begins.
  mutating func move(_ axis: ChoiceAxis, by step: Int, from start: Int) {
    let bin = ranges.cursors[axis.name].map { $0 + step } ?? start
    ranges.cursors[axis.name] = min(max(0, bin), axis.bins - 1)
  }

  /// The cursor in a histogram, where it stands there.
  func cursor(in axis: ChoiceAxis?) -> Double? {
    guard let axis, let bin = ranges.cursors[axis.name] else { return nil }
    return (axis.edge(bin) + axis.edge(bin + 1)) / 2
  }
}
