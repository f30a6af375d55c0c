import Refinement
import Runs
import Surface

extension CompareScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    if runs.isEmpty {
      frame.write("Reading the runs …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    let panes = isZoomed ? [focus] : Pane.allCases
    var places = isZoomed ? [rect] : Self.places(in: rect)
    // In a small terminal the pane with the focus has to be among those that fit.
    var shown = Array(panes.prefix(places.count))
    if !shown.contains(focus) { shown[shown.count - 1] = focus }
    places = Array(places.prefix(shown.count))
    for (pane, place) in zip(shown, places) {
      frame.mark(place, .pane(pane.name))
      let inner = frame.box(
        place, Box(title: pane.title, isFocused: pane == focus && shown.count > 1))
      switch pane {
      case .fsc: drawFSC(in: inner, of: &frame)
      case .statistics: drawStatistics(in: inner, of: &frame)
      case .parameters: drawParameters(in: inner, of: &frame)
      case .poses: drawPoses(in: inner, of: &frame)
      }
    }
  }

  private static func places(in rect: Rect) -> [Rect] {
    Layout.panes(4, in: rect, minimum: Size(width: 36, height: 8))
  }

  /// The width of a column for each run beside a column of names.
  private func columns(in rect: Rect, names: Int) -> Int {
    max(6, (rect.width - names - 1) / max(1, runs.count) - 1)
  }

  private func drawHeads(in rect: Rect, names: Int, of frame: inout Frame) {
    let width = columns(in: rect, names: names)
    for (index, run) in runs.enumerated() {
      frame.write(
        run.name, x: rect.x + names + 1 + index * (width + 1), y: rect.y, .series(index),
        width: width, alignment: .right)
    }
  }

  /// A line of the results: what it is, and what it is for a run.
  static let statistics: [(name: String, value: @Sendable (RunSnapshot) -> String)] = {
    func last(_ text: @escaping @Sendable (IterationMetrics) -> String)
      -> @Sendable (RunSnapshot) -> String
    {
      { $0.metrics(of: nil).map(text) ?? "–" }
    }
    return [
      ("Status", { $0.status?.word ?? "?" }), ("Iterations", last { "\($0.poseIteration)" }),
      ("Å at start", { Numbers.resolution($0.metrics.first?.fsc.resolution143 ?? .infinity) }),
      ("Å at 0.143", { Numbers.resolution($0.resolution ?? .infinity) }),
      ("Å at 0.5", last { Numbers.resolution($0.fsc.resolution50) }),
      ("Turned median", last { Format.fixed($0.rotationFromStart.median, 2) + "°" }),
      ("Turned 95%", last { Format.fixed($0.rotationFromStart.percentile95, 2) + "°" }),
      ("Moved median", last { Format.fixed($0.shiftFromStart.median, 2) + " Å" }),
      ("Moved 95%", last { Format.fixed($0.shiftFromStart.percentile95, 2) + " Å" }),
      ("At a limit", last { Format.percent($0.shareAtLimit) }),
      ("Posterior", last { Format.fixed($0.posteriorRotation, 2) + "°" }),
      ("Particles", last { Format.count($0.particles) }),
      ("Time", { $0.manifest.map { Format.duration($0.duration) } ?? "–" }),
    ]
  }()

  /// Whether a line tells that a run started elsewhere than the first: what became of them does not
  /// compare as it is.
  private func isOtherStart(_ line: String, _ run: RunSnapshot) -> Bool {
    guard line == "Å at start", let first = runs.first?.metrics.first,
      let own = run.metrics.first
    else { return false }
    return Numbers.resolution(first.fsc.resolution143) != Numbers.resolution(own.fsc.resolution143)
  }

  private func drawStatistics(in rect: Rect, of frame: inout Frame) {
    guard rect.height > 1 else { return }
    let names = min(14, rect.width * 2 / 5)
    drawHeads(in: rect, names: names, of: &frame)
    let width = columns(in: rect, names: names)
    for (row, line) in Self.statistics.prefix(rect.height - 1).enumerated() {
      let y = rect.y + 1 + row
      frame.write(line.name, x: rect.x, y: y, .dim, width: names)
      for (index, run) in runs.enumerated() {
        let isOther = isOtherStart(line.name, run)
        frame.write(
          (isOther ? "≠ " : "") + line.value(run), x: rect.x + names + 1 + index * (width + 1),
          y: y, isOther ? .warning : .text, width: width, alignment: .right)
      }
    }
  }

  private func drawParameters(in rect: Rect, of frame: inout Frame) {
    guard rect.height > 1 else { return }
    let all = differences
    if all.isEmpty {
      frame.write("The parameters are the same.", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    // Values are short: the names get what they leave.
    let values = all.flatMap { parameter in runs.map { $0.job?.shown(parameter).columns ?? 1 } }
    let width = min(14, max(9, values.max() ?? 9))
    let names = max(12, min(42, rect.width - 1 - runs.count * (width + 1)))
    drawHeads(in: rect, names: names, of: &frame)
    let column = columns(in: rect, names: names)
    for (row, parameter) in all.dropFirst(offset).prefix(rect.height - 1).enumerated() {
      let y = rect.y + 1 + row
      let key = String(parameter.key.drop { $0 != "." }.dropFirst())
      let unit = parameter.unit == "degrees" ? "°" : parameter.unit
      let suffix = unit.isEmpty ? "" : " \(unit)"
      frame.write(
        ((parameter.title + suffix).columns <= names ? parameter.title : key) + suffix, x: rect.x,
        y: y, .dim,
        width: names)
      for (index, run) in runs.enumerated() {
        let text = run.job?.shown(parameter) ?? "–"
        frame.write(
          text.contains("/") ? String(text.suffix(column)) : text,
          x: rect.x + names + 1 + index * (column + 1), y: y,
          run.job?.isChanged(parameter.key) == true ? .changed : .text, width: column,
          alignment: .right)
      }
    }
    frame.scrollBar(
      Rect(x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - 1), top: offset,
      total: all.count)
  }
}
