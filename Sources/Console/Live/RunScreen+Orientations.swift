import CryoEM
import Ground
import Pages
import Refinement
import Report
import Surface

/// What the orientations' pane shows.
enum OrientationView: Sendable, Hashable, CaseIterable {
  /// Views over azimuth and elevation, and on a globe.
  case rectangle, globe
  /// The resolution of the directions of the final maps, on a globe.
  case resolution

  /// The one after.
  var next: OrientationView {
    switch self {
    case .rectangle: .globe
    case .globe: .resolution
    case .resolution: .rectangle
    }
  }
}

extension RunScreen {
  /// How evenly the views lie and the map is resolved: the numbers, and a map of the sphere.
  func drawOrientations(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    let columns = max(1, metrics.orientationAzimuths)
    let rows = metrics.orientationCounts.count / columns
    guard rows > 0 else {
      frame.write("no orientations", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    let numbers = Self.numbers(of: metrics)
    let lower = Self.sphereRect(metrics, in: rect)
    let upper = rect.split(bottom: lower.height).rest
    if !upper.isEmpty {
      var x = upper.x
      for number in numbers {
        let width = min(number.text.count, upper.x + upper.width - x)
        guard width > 3 else { break }
        frame.write(number.text, x: x, y: upper.y, number.role, width: width)
        x += width + 2
      }
    }
    switch orientationView {
    case .rectangle, .globe:
      frame.draw(sphere(metrics), in: lower)
    case .resolution:
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
  }

  /// Where the map of the sphere stands in its pane: below the numbers.
  static func sphereRect(_ metrics: IterationMetrics, in rect: Rect) -> Rect {
    rect.split(top: numbers(of: metrics).isEmpty || rect.height < 7 ? 0 : 1).rest
  }

  /// The views over the sphere, with what was chosen of them.
  func sphere(_ metrics: IterationMetrics) -> HeatMap {
    let columns = max(1, metrics.orientationAzimuths)
    var map = RunPlots.sphere(
      metrics.orientationCounts.map(Double.init), columns: columns,
      rows: metrics.orientationCounts.count / columns,
      projection: orientationView == .globe ? .mollweide : .rectangular, unit: "particles")
    let axes = Self.sphereAxes(map)
    let ranges = axes.map { choosing.ranges.range(of: $0)?.shown }
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
    func role(_ value: Double, least: Double) -> Role { value < least ? .warning : .text }
    if let cones = metrics.cones {
      numbers.append(
        (
          "cFAR " + Format.fixed(cones.areaRatio, 2),
          cones.isUneven ? .warning : .text
        ))
      if let range = cones.range {
        let (fine, coarse) = (range.lowerBound, range.upperBound)
        numbers.append(("\(Format.fixed(fine, 1))–\(Format.fixed(coarse, 1)) Å", .text))
      }
    }
    if let views = metrics.views {
      let factor = views.samplingCompensation
      numbers.append(
        (
          "SCF* " + Format.fixed(factor, 2), role(factor, least: ViewStatistics.leastCompensation)
        ))
      numbers.append(
        ("\(Int(views.effectiveDirections.rounded())) of \(views.cells) directions", .dim))
    }
    return numbers
  }
}
