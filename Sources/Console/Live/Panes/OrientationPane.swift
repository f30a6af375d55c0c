import CryoEM
import Ground
import Pages
import Refinement
import Report
import Surface
import Terminal

/// How evenly the views lie and the map is resolved: the numbers, and a map of the sphere.
struct OrientationPane: ChoicePane {
  static let words = PaneWords(
    title: "Orientations", short: "Orient", label: "Orientations", contents: "the orientations")

  static let bindings: [Binding<RunScreen>] = [
    Binding(
      "projection", ["m"], "Mollweide",
      "Orientations as a rectangle or a globe, or the resolution by direction",
      bar: RunScreen.place(22, in: .orientations),
      does: .change { $0.panes.orientations.shown = $0.panes.orientations.shown.next })
  ]

  static let isHeavy = true

  private var shown = Shown.rectangle

  enum Shown: Sendable, Hashable, CaseIterable {
    /// Views over azimuth and elevation, and on a globe.
    case rectangle, globe
    /// The resolution of the directions of the final maps, on a globe.
    case resolution

    /// The one after.
    var next: Shown {
      switch self {
      case .rectangle: .globe
      case .globe: .resolution
      case .resolution: .rectangle
      }
    }
  }

  func note(_ view: RunView) -> String {
    view.metrics.flatMap { OrientationScore.samplingCompensation(of: $0) }.map {
      "SCF " + Format.fixed($0, 2)
    } ?? ""
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let metrics = view.metrics else { return }
    let rect = pane.inner
    let columns = max(1, metrics.orientationAzimuths)
    let rows = metrics.orientationCounts.count / columns
    guard rows > 0 else {
      frame.write("no orientations", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    let lower = Self.sphereRect(metrics, in: rect)
    let upper = rect.split(bottom: lower.height).rest
    if !upper.isEmpty {
      var x = upper.x
      for number in Self.numbers(of: metrics) {
        let width = min(number.text.count, upper.x + upper.width - x)
        guard width > 3 else { break }
        frame.write(number.text, x: x, y: upper.y, number.role, width: width)
        x += width + 2
      }
    }
    guard shown == .resolution else {
      frame.draw(sphere(metrics, view.choosing), in: lower)
      return
    }
    guard let cones = metrics.cones else {
      frame.write(
        "the final maps tell the resolution by direction", x: lower.x, y: lower.y, .dim,
        width: lower.width)
      return
    }
    frame.draw(
      RunPlots.sphere(
        cones.map(columns: columns, rows: rows), columns: columns, rows: rows,
        projection: .mollweide, unit: "Å", range: cones.range), in: lower)
  }

  /// Where the map of the sphere stands in its pane: below the numbers.
  private static func sphereRect(_ metrics: IterationMetrics, in rect: Rect) -> Rect {
    rect.split(top: numbers(of: metrics).isEmpty || rect.height < 7 ? 0 : 1).rest
  }

  /// The views over the sphere, with what was chosen of them.
  private func sphere(_ metrics: IterationMetrics, _ choosing: Choosing) -> HeatMap {
    let columns = max(1, metrics.orientationAzimuths)
    var map = RunPlots.sphere(
      metrics.orientationCounts.map(Double.init), columns: columns,
      rows: metrics.orientationCounts.count / columns,
      projection: shown == .globe ? .mollweide : .rectangular, unit: "particles")
    let ranges = Self.axes(map).map { choosing.ranges.range(of: $0)?.shown }
    if ranges.contains(where: { $0 != nil }) {
      let (across, up) = (ranges[0] ?? 0...map.columns - 1, ranges[1] ?? 0...map.rows - 1)
      map.chosen = Rect(
        x: across.lowerBound, y: up.lowerBound, width: across.count, height: up.count)
    }
    if let column = choosing.ranges.cursors["azimuth"],
      let row = choosing.ranges.cursors["elevation"], choosing.drag == nil
    {
      map.crosshair = Point(x: column, y: row)
    }
    return map
  }

  /// cFAR, SCF* and the effective directions, as far as they were measured; what is flagged stands out.
  private static func numbers(of metrics: IterationMetrics) -> [(text: String, role: Role)] {
    var numbers: [(text: String, role: Role)] = []
    if let cones = metrics.cones {
      numbers.append(
        ("cFAR " + Format.fixed(cones.areaRatio, 2), cones.isUneven ? .warning : .text))
      if let range = cones.range {
        let (fine, coarse) = (range.lowerBound, range.upperBound)
        numbers.append(("\(Format.fixed(fine, 1))–\(Format.fixed(coarse, 1)) Å", .text))
      }
    }
    if let views = metrics.views {
      let factor = views.samplingCompensation
      let isLow = factor < ViewStatistics.leastCompensation
      numbers.append(("SCF* " + Format.fixed(factor, 2), isLow ? .warning : .text))
      numbers.append(
        ("\(Int(views.effectiveDirections.rounded())) of \(views.cells) directions", .dim))
    }
    return numbers
  }

  func table(_ view: RunView) -> [[String]]? {
    guard let metrics = view.metrics else { return nil }
    let columns = max(1, metrics.orientationAzimuths)
    let rows = metrics.orientationCounts.count / columns
    return [["azimuth_deg", "elevation_deg", "particles"]]
      + metrics.orientationCounts.enumerated().map { index, count in
        let azimuth = (Double(index % columns) + 0.5) / Double(columns) * 360
        let elevation = (Double(index / columns) + 0.5) / Double(max(1, rows)) * 180 - 90
        return [Format.fixed(azimuth, 2), Format.fixed(elevation, 2), "\(count)"]
      }
  }

  // MARK: Choosing

  func settingObstacle(_ view: RunView) -> String? {
    shown == .resolution ? "Particles are chosen by views: m" : nil
  }

  func plots(_ view: RunView, in rect: Rect) -> [ChoicePlot] {
    guard let metrics = view.metrics else { return [] }
    let map = sphere(metrics, view.choosing)
    guard map.rows > 0 else { return [] }
    return [
      ChoicePlot(
        axes: Self.axes(map), rect: Self.sphereRect(metrics, in: rect), kind: .sphere(map))
    ]
  }

  private static func axes(_ map: HeatMap) -> [ChoiceAxis] {
    [
      ChoiceAxis("azimuth", lower: 0, upper: 360, bins: map.columns, isPeriodic: true),
      ChoiceAxis("elevation", lower: -90, upper: 90, bins: map.rows),
    ]
  }
}
