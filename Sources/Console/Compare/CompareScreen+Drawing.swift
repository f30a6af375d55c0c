import Ground
import Jobs
import Refinement
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

  /// The columns of runs that a pane shows beside a column of names: those that fit whole, from the
  /// first that is not scrolled away.
  private struct Columns {
    var names: Int
    var shown: Range<Int>
    /// Where each run's column begins, and its width.
    var places: [(x: Int, width: Int)]
  }

  /// - Parameters:
  ///   - names: what stands at the left of each line.
  ///   - values: of each run, in its column.
  private func columns(in rect: Rect, names: [String], values: [[String]]) -> Columns {
    let wanted = zip(runs, values).map { run, texts in
      max(min(run.name.columns, 12), texts.map { min($0.columns, 16) }.max() ?? 0)
    }
    let all = wanted.reduce(0) { $0 + $1 + 1 }
    let longest = min(names.map(\.columns).max() ?? 0, 42)
    let nameWidth = max(min(longest, rect.width - all), min(longest, 14, rect.width * 2 / 5))
    let room = rect.width - nameWidth
    var start = min(firstRun, max(0, runs.count - 1))
    // Nothing is scrolled away that has room.
    while start > 0, wanted[(start - 1)...].reduce(0, { $0 + $1 + 1 }) <= room { start -= 1 }
    var places: [(x: Int, width: Int)] = []
    var x = rect.x + nameWidth + 1
    for width in wanted[start...] {
      if !places.isEmpty, x + width > rect.right { break }
      let width = min(width, max(1, rect.right - x))
      places.append((x, width))
      x += width + 1
    }
    // Names get what is left over as far as they need it, the columns share the rest.
    let left = max(0, rect.right - x + 1)
    let forNames = min(left, longest - nameWidth)
    let spare = (left - forNames) / max(1, places.count)
    for index in places.indices {
      places[index].x += forNames + index * spare
      places[index].width += spare
    }
    return Columns(
      names: nameWidth + forNames, shown: start..<start + places.count, places: places)
  }

  /// What heads and columns have of a pane, without the scroll bar where there is one, and the lines
  /// below the heads.
  private static func parts(of rect: Rect, lines: Int) -> (inner: Rect, body: Rect) {
    let body = rect.split(top: 1).rest
    return (lines > body.height ? rect.split(right: 1).rest : rect, body)
  }

  /// The names of the runs, and how many are to the left and right of them.
  private func drawHeads(_ columns: Columns, in rect: Rect, of frame: inout Frame) {
    for (index, place) in zip(columns.shown, columns.places) {
      frame.write(
        runs[index].name.truncated(toColumns: place.width), x: place.x, y: rect.y, .series(index),
        width: place.width, alignment: .right)
    }
    let (before, after) = (columns.shown.lowerBound, runs.count - columns.shown.upperBound)
    guard before + after > 0 else { return }
    let (less, more) = (frame.look.glyph("←", "<"), frame.look.glyph("→", ">"))
    let text =
      (before > 0 ? "\(Character(less)) \(before) " : "")
      + (after > 0 ? "\(Character(more)) \(after) more" : "")
    frame.write(text, x: rect.x, y: rect.y, .warning, width: columns.names)
  }

  private func drawRow(
    _ name: String, _ values: [(text: String, role: Role)], _ columns: Columns, x: Int, y: Int,
    of frame: inout Frame
  ) {
    frame.write(name.truncated(toColumns: columns.names), x: x, y: y, .dim, width: columns.names)
    for (index, place) in zip(columns.shown, columns.places) where values.indices.contains(index) {
      let (text, role) = values[index]
      // Of long paths the end tells most.
      let cut =
        text.columns > place.width && text.contains("/")
        ? frame.look[Symbol.ellipsis] + text.suffix(max(0, place.width - 1))
        : text.truncated(toColumns: place.width)
      frame.write(cut, x: place.x, y: y, role, width: place.width, alignment: .right)
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
      ("Starts from", { $0.start }),
      ("Å at start", { Numbers.resolution($0.metrics.first?.fsc.resolution143 ?? .infinity) }),
      ("Å at 0.143", { Numbers.resolution($0.resolution ?? .infinity) }),
      ("Å at 0.5", last { Numbers.resolution($0.fsc.resolution50) }),
      ("Turned median", last { Format.fixed($0.rotationFromStart.median, 2) + "°" }),
      ("Turned 95%", last { Format.fixed($0.rotationFromStart.percentile95, 2) + "°" }),
      ("Moved median", last { Format.fixed($0.shiftFromStart.median, 2) + " Å" }),
      ("Moved 95%", last { Format.fixed($0.shiftFromStart.percentile95, 2) + " Å" }),
      ("At a limit", last { Format.percent($0.shareAtLimit) }),
      ("Posterior", last { Format.fixed($0.posteriorRotation, 2) + "°" }),
      (
        "Particles",
        { run in run.manifest.map { $0.part.number($0.particles) } ?? "–" }
      ),
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

  /// The lines in which the smallest number is the best, with it.
  private static let measures: [String: @Sendable (RunSnapshot) -> Double?] = [
    "Å at 0.143": { $0.resolution }, "Å at 0.5": { $0.metrics(of: nil)?.fsc.resolution50 },
    "At a limit": { $0.metrics(of: nil)?.shareAtLimit },
    "Posterior": { $0.metrics(of: nil)?.posteriorRotation },
  ]

  /// The runs that are the best of a line. None where they do not compare: with other particles, or in
  /// another mask; nor where all say the same.
  func best(of line: String) -> Set<Int> {
    guard let measure = Self.measures[line], let first = runs.first else { return [] }
    let doCompare = runs.allSatisfy { run in
      run.manifest?.particles == first.manifest?.particles
        && run.job?[Parameter.input.mask] == first.job?[Parameter.input.mask]
    }
    let values = runs.map(measure)
    guard doCompare, let least = values.compactMap({ $0 }).min(),
      let shown = Self.statistics.first(where: { $0.name == line })?.value,
      let winner = values.firstIndex(of: least)
    else { return [] }
    let best = runs.indices.filter { values[$0] != nil && shown(runs[$0]) == shown(runs[winner]) }
    return best.count == runs.count ? [] : Set(best)
  }

  private func drawStatistics(in rect: Rect, of frame: inout Frame) {
    guard rect.height > 1 else { return }
    let best = Self.statistics.map { self.best(of: $0.name) }
    let values = runs.enumerated().map { index, run in
      zip(Self.statistics, best).map { line, best -> (text: String, role: Role) in
        if isOtherStart(line.name, run) { return ("≠ " + line.value(run), .warning) }
        // A star beside the best, so that nothing is said by colour alone.
        let mark = best.contains(index) ? "*" : best.isEmpty ? "" : " "
        return (line.value(run) + mark, mark == "*" ? .good : .text)
      }
    }
    let (inner, body) = Self.parts(of: rect, lines: Self.statistics.count)
    let columns = columns(
      in: inner, names: Self.statistics.map(\.name), values: values.map { $0.map(\.text) })
    drawHeads(columns, in: inner, of: &frame)
    let top = min(line, max(0, Self.statistics.count - body.height))
    for (row, line) in Self.statistics.enumerated().dropFirst(top).prefix(body.height) {
      drawRow(
        line.name, values.map { $0[row] }, columns, x: body.x, y: body.y + row - top, of: &frame)
    }
    frame.scrollBar(body, top: top, total: Self.statistics.count)
  }

  private func drawParameters(in rect: Rect, of frame: inout Frame) {
    guard rect.height > 1 else { return }
    let all = differences
    if all.isEmpty {
      frame.write("The parameters are the same.", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    let values = runs.map { run in all.map { run.job?.shown($0) ?? "–" } }
    // From the longest name to the shortest.
    let names = all.map { field in
      let unit = field.parameter.unit == "degrees" ? "°" : field.parameter.unit
      let mark = unit.isEmpty ? "" : " \(unit)"
      let key = String(field.key.drop { $0 != "." }.dropFirst())
      return [field.title + mark, key + mark, key]
    }
    let (inner, body) = Self.parts(of: rect, lines: all.count)
    let columns = columns(in: inner, names: names.map { $0[0] }, values: values)
    drawHeads(columns, in: inner, of: &frame)
    for (row, field) in all.enumerated().dropFirst(offset).prefix(body.height) {
      let name = names[row].first { $0.columns <= columns.names } ?? names[row][2]
      drawRow(
        name,
        runs.indices.map { index in
          (values[index][row], runs[index].job?.isChanged(field.key) == true ? .changed : .text)
        }, columns, x: body.x, y: body.y + row - offset, of: &frame)
    }
    frame.scrollBar(body, top: offset, total: all.count)
  }
}

extension RunSnapshot {
  /// Where its poses come from: changes of runs with other starts do not compare.
  fileprivate var start: String {
    let parent = manifest?.parent.flatMap { $0.kind == .rerun ? nil : $0 }
    return parent.map { "\($0.run) \($0.iteration)" } ?? "its input"
  }
}
