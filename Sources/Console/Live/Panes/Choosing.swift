import Surface
import Terminal

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

  /// The same where the mouse drags: beyond the left and right edges of a map it goes round.
  func places(at point: Point, _ appearance: Appearance) -> [Int]? {
    guard case .sphere(let map) = kind else { return bins(at: point, appearance) }
    return map.unrolledBin(at: point, in: rect, appearance).map { [$0.x, $0.y] }
  }
}

/// Particles of a finished run chosen in its panes: by the mouse, which drags over bins, or by keys, which
/// move a cursor and set the ends. What was chosen is an expression, as `W` and `fulcrum select` take it.
struct Choosing: Sendable {
  var ranges = RangeChoice()
  /// Which histogram of the pane with the focus has the cursor.
  private(set) var active = 0
  /// The plot in which the mouse drags, and the bins where it was pressed.
  private(set) var drag: (plot: ChoicePlot, start: [Int])?
  /// How many particles were chosen; nil while they are counted.
  var count: ChoiceCount?

  /// The quantities that the cursor moves along.
  func axes(in plots: [ChoicePlot]) -> [ChoiceAxis] {
    plots.isEmpty ? [] : plots[min(active, plots.count - 1)].axes
  }

  /// Where the cursor goes from the bins at which it is, or those where it begins.
  private mutating func move(_ axis: ChoiceAxis, by step: Int, from start: Int) {
    let bin = ranges.cursors[axis.name].map { $0 + step } ?? start
    ranges.cursors[axis.name] = axis.bin(at: bin)
  }

  /// The cursor in a histogram, where it stands there.
  func cursor(in axis: ChoiceAxis?) -> Double? {
    guard let axis, let bin = ranges.cursors[axis.name] else { return nil }
    return (axis.edge(bin) + axis.edge(bin + 1)) / 2
  }

  // MARK: Keys

  /// Moves the cursor in the plots of a pane, or to the next of them.
  ///
  /// - Parameter start: the bin of a quantity where its cursor begins.
  /// - Returns: whether the key is one of the cursor's.
  mutating func navigate(
    _ way: Navigation, in plots: [ChoicePlot], from start: (ChoiceAxis) -> Int
  ) -> Bool {
    let axes = axes(in: plots)
    guard let first = axes.first else { return false }
    switch (way, axes.count) {
    case (.left, _), (.right, _): move(first, by: way == .left ? -1 : 1, from: start(first))
    case (.pageUp, _), (.pageDown, _):
      move(first, by: way == .pageUp ? -10 : 10, from: start(first))
    case (.first, _), (.last, _): ranges.cursors[first.name] = way == .first ? 0 : first.bins - 1
    case (.up, 2), (.down, 2): move(axes[1], by: way == .up ? 1 : -1, from: axes[1].bins / 2)
    case (.up, _), (.down, _):
      let next = active + (way == .up ? -1 : 1)
      guard plots.indices.contains(next) else {
        active = 0
        return false
      }
      active = next
      let axis = plots[next].axes[0]
      if ranges.cursors[axis.name] == nil { move(axis, by: 0, from: start(axis)) }
    case (.back, _), (.nextPane, _), (.previousPane, _): return false
    }
    if axes.count == 2 {
      // A cross has both, as soon as it stands anywhere.
      for axis in axes where ranges.cursors[axis.name] == nil {
        move(axis, by: 0, from: axis.bins / 2)
      }
    }
    return true
  }

  /// Lets the range begin or end at the cursor.
  ///
  /// - Returns: whether there is a cursor.
  mutating func setEnd(of axes: [ChoiceAxis], isLower: Bool) -> Bool {
    guard let first = axes.first, ranges.cursors[first.name] != nil else { return false }
    for axis in axes {
      if isLower { ranges.begin(axis) } else { ranges.end(axis) }
    }
    return true
  }

  mutating func clear() {
    ranges.clear()
    count = nil
  }

  /// The expression that is to be counted now; nil where it was, or where there is none.
  mutating func uncounted() -> String? {
    let expression = ranges.expression
    if expression != nil, count?.expression == expression { return nil }
    count = nil
    return expression
  }

  // MARK: Mouse

  /// The mouse on plots: pressed it puts the cursor there, dragged it chooses.
  ///
  /// - Returns: whether a range has changed; nil where nothing was done.
  mutating func point(
    _ mouse: MouseEvent, in plots: [ChoicePlot], _ look: Appearance
  ) -> Bool? {
    let point = Point(x: mouse.column, y: mouse.row)
    switch mouse.kind {
    case .press:
      drag = nil
      guard let index = plots.firstIndex(where: { $0.rect.contains(point) }),
        let bins = plots[index].bins(at: point, look)
      else { return nil }
      active = index
      drag = (plots[index], bins)
      for (axis, bin) in zip(plots[index].axes, bins) { ranges.cursors[axis.name] = bin }
      return false
    case .drag, .release:
      guard let drag else { return nil }
      if mouse.kind == .release { self.drag = nil }
      guard let places = drag.plot.places(at: point, look),
        mouse.kind == .drag || places != drag.start
      else { return false }
      for (axis, (start, end)) in zip(drag.plot.axes, zip(drag.start, places)) {
        ranges.choose(axis, from: start, to: end)
        ranges.cursors[axis.name] = axis.bin(at: end)
      }
      return true
    case .wheelUp, .wheelDown: return nil
    }
  }

  // MARK: Words

  /// What was chosen and how many particles that are, in words that fit; the last ones say the least.
  var texts: [String] {
    guard !ranges.isEmpty else { return [] }
    let what = ranges.expression ?? "all particles"
    guard let count else { return ["\(what): counting …"] }
    if let problem = count.problem { return ["\(what): \(problem.what). \(problem.whatToDo)"] }
    return [
      "\(what): \(count.sentence) W keeps them, Esc lets go.",
      "\(what): \(count.brief). W keeps, Esc lets go.", "\(what): \(count.brief)", count.brief,
    ]
  }
}
