import Ground
import Motion
import Surface
import Terminal

/// How the particles lie along the mode, and the range that is chosen of them.
struct ModeHistogramPane: ModesPane {
  static let title = "Particles along the mode"

  /// Where the cursor is, and the ends of the range, standard deviations.
  private(set) var cursor = 0.0
  private(set) var lower: Double?
  private(set) var upper: Double?
  /// Where a drag has begun, and in which rectangle.
  private var drag: (start: Double, rect: Rect)?
  /// How many particles the range has, once they are counted.
  private var count: ChoiceCount?

  private static var range: ClosedRange<Double> { MotionReport.histogramRange }

  private static let binWidth =
    (range.upperBound - range.lowerBound) / Double(MotionReport.histogramBins)

  /// Whether the mouse is held down in it, and may have left it.
  var isDragged: Bool { drag != nil }

  // MARK: The range

  /// What the range says of a particle; nil without one.
  func expression(_ view: ModesView) -> String? {
    let name = "mode\(view.mode + 1)"
    let parts = [
      lower.map { "\(name) >= \(Format.shortest($0))" },
      upper.map { "\(name) <= \(Format.shortest($0))" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// The range in words, with about how many particles it has.
  private func rangeText(_ view: ModesView) -> String {
    guard let expression = expression(view), let report = view.motion?.report else {
      return "( ) set a range, W keeps it"
    }
    if let count, count.expression == expression {
      return "\(expression): \(count.problem?.what ?? count.brief); W keeps them"
    }
    let count = report.count(
      mode: view.mode, from: lower ?? -.infinity, to: upper ?? .infinity)
    return "\(expression): about \(Format.counted(count, "particle")); W keeps them"
  }

  /// Has the range counted in the run's particles.
  private func countRange(_ view: ModesView) -> [Effect] {
    expression(view).map {
      [.read(.choiceCount(folder: view.choice.folder, expression: $0))]
    } ?? []
  }

  /// Takes a count, unless the range is another by now.
  mutating func receive(_ found: ChoiceCount, _ view: ModesView) {
    if found.expression == expression(view) { count = found }
  }

  /// The range from the cursor on.
  mutating func setLower(_ view: ModesView) -> [Effect] {
    lower = cursor
    if let end = upper, end <= cursor { upper = nil }
    return countRange(view) + [.say(rangeText(view))]
  }

  /// The range up to the cursor.
  mutating func setUpper(_ view: ModesView) -> [Effect] {
    upper = cursor
    if let start = lower, start >= cursor { lower = nil }
    return countRange(view) + [.say(rangeText(view))]
  }

  // MARK: Drawing

  func draw(_ place: ModesPlace, of view: ModesView, into frame: inout Frame) {
    let rect = box(place, of: view, into: &frame)
    guard view.modes.indices.contains(view.mode), !rect.isEmpty else { return }
    let (body, foot) = Self.parts(of: rect)
    frame.draw(plot(view, hasFocus: place.hasFocus), in: body)
    if foot.height > 0 {
      let cursor = place.hasFocus ? "at \(Format.fixed(cursor, 2)) sd. " : ""
      frame.write(
        cursor + rangeText(view), x: foot.x, y: foot.y,
        expression(view) == nil ? .dim : .accent, width: foot.width)
    }
  }

  /// The plot, and a line about the range where it has room.
  private static func parts(of rect: Rect) -> (body: Rect, foot: Rect) {
    let (body, foot) = rect.split(bottom: rect.height >= 6 ? 1 : 0)
    return (body, foot)
  }

  /// How the particles lie along the mode, with the range and, where it has the focus, the cursor.
  private func plot(_ view: ModesView, hasFocus: Bool) -> HistogramPlot {
    var marks: [HistogramPlot.Mark] = []
    if let lower { marks.append(.init(lower, "from")) }
    if let upper { marks.append(.init(upper, "to")) }
    if hasFocus { marks.append(.init(cursor, "", role: .crosshair)) }
    let range = Self.range
    let isChosen = lower != nil || upper != nil
    let values =
      (lower ?? range.lowerBound)...max(lower ?? range.lowerBound, upper ?? range.upperBound)
    let modes = view.modes
    return HistogramPlot(
      lower: range.lowerBound, upper: range.upperBound,
      counts: modes.indices.contains(view.mode)
        ? modes[view.mode].histogram.map(Double.init) : [],
      title: "sd", marks: marks, chosen: isChosen ? values : nil)
  }

  func table(_ view: ModesView) -> [[String]]? {
    guard let report = view.motion?.report, report.modes.indices.contains(view.mode) else {
      return nil
    }
    return [["from_sd", "to_sd", "particles"]]
      + report.modes[view.mode].histogram.enumerated().map { bin, count in
        let start = Self.range.lowerBound + Double(bin) * Self.binWidth
        return [Format.fixed(start, 3), Format.fixed(start + Self.binWidth, 3), "\(count)"]
      }
  }

  // MARK: Keys and mouse

  mutating func navigate(_ way: Navigation, _ view: inout ModesView) -> [Effect]? {
    let range = Self.range
    switch way {
    case .left: cursor = max(cursor - Self.binWidth, range.lowerBound)
    case .right: cursor = min(cursor + Self.binWidth, range.upperBound)
    case .first: cursor = range.lowerBound
    case .last: cursor = range.upperBound
    case .up, .down: return [.say("Tab goes to the other panes")]
    case .pageUp, .pageDown, .back, .nextPane, .previousPane: return nil
    }
    return []
  }

  /// Pressed, the mouse puts the cursor there; dragged, it chooses a range.
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent, _ view: inout ModesView,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch mouse.kind {
    case .press:
      cursor = edge(at: mouse.column, in: rect, view, surroundings)
      drag = (cursor, rect)
    case .drag, .release:
      guard let drag else { return [] }
      let place = edge(at: mouse.column, in: drag.rect, view, surroundings)
      if mouse.kind == .release { self.drag = nil }
      guard drag.start != place else { return [] }
      (lower, upper, cursor) = (min(drag.start, place), max(drag.start, place), place)
      return countRange(view)
    case .wheelUp, .wheelDown: break
    }
    return []
  }

  /// The end of a bin that is nearest to a column of the histogram, as for the mouse.
  private func edge(
    at column: Int, in rect: Rect, _ view: ModesView, _ surroundings: Surroundings
  ) -> Double {
    let area = plot(view, hasFocus: true).frame(
      in: Self.parts(of: Box.content(of: rect)).body, surroundings.appearance
    ).area
    let share = (Double(column - area.x) + 0.5) / Double(max(1, area.width))
    let bins = (share * Double(MotionReport.histogramBins)).rounded()
    let place = Self.range.lowerBound + bins * Self.binWidth
    return min(max(place, Self.range.lowerBound), Self.range.upperBound)
  }

  // MARK: Commands

  static let bindings: [Binding<ModesScreen>] = [
    Binding(
      "range-from", ["("], "From", "Keep particles from the cursor of the histogram on",
      bar: .at(4) { $0.focus == .histogram }, obstacle: { $0.view.noMode },
      does: .effects { $0.panes.histogram.setLower($0.view) }),
    Binding(
      "range-to", [")"], "To", "Keep particles up to the cursor of the histogram",
      bar: .at(5) { $0.focus == .histogram }, obstacle: { $0.view.noMode },
      does: .effects { $0.panes.histogram.setUpper($0.view) }),
    Binding(
      "select", ["W"], "Keep", "Write the particles of the range, or of an expression",
      bar: BarPlace { $0.focus == .histogram ? 6 : 13 }, obstacle: { $0.view.noMode },
      does: .effects { screen in
        let expression = screen.panes.histogram.expression(screen.view)
        return [
          .popUp(screen.view.choice.prompt(expression ?? "mode\(screen.view.mode + 1) > 1"))
        ]
      }),
  ]
}
