import Motion
import Surface
import Terminal
import Ground

/// How the particles lie along the mode, and the range that is chosen of them.
extension ModesScreen {
  var range: ClosedRange<Double> { MotionReport.histogramRange }

  static let binWidth =
    (MotionReport.histogramRange.upperBound - MotionReport.histogramRange.lowerBound)
    / Double(MotionReport.histogramBins)

  /// What the range says of a particle; nil without one.
  var expression: String? {
    let name = "mode\(mode + 1)"
    let parts = [
      lower.map { "\(name) >= \(Format.shortest($0))" },
      upper.map { "\(name) <= \(Format.shortest($0))" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// The range in words, with about how many particles it has.
  var rangeText: String {
    guard let expression, let report = motion?.report else {
      return "( ) set a range, W keeps it"
    }
    if let count, count.expression == expression {
      return "\(expression): \(count.problem?.what ?? count.brief); W keeps them"
    }
    let count = report.count(
      mode: mode, from: lower ?? -.infinity, to: upper ?? .infinity)
    return "\(expression): about \(Format.counted(count, "particle")); W keeps them"
  }

  /// Has the range counted in the run's particles.
  func countRange() -> [Effect] {
    expression.map { [.read(.choiceCount(folder: choice.folder, expression: $0))] } ?? []
  }

  /// The end of a bin that is nearest to a column of the histogram, as for the mouse.
  private func edge(at column: Int, in rect: Rect, _ surroundings: Surroundings) -> Double {
    let plot = histogramPlot
    let area = plot.frame(
      in: Self.histogramParts(of: Box.content(of: rect)).body, surroundings.appearance
    ).area
    let share = (Double(column - area.x) + 0.5) / Double(max(1, area.width))
    let bins = (share * Double(MotionReport.histogramBins)).rounded()
    let place = range.lowerBound + bins * Self.binWidth
    return min(max(place, range.lowerBound), range.upperBound)
  }

  /// The mouse in the histogram: pressed it puts the cursor there, dragged it chooses a range.
  mutating func choose(
    in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect] {
    let place = edge(at: mouse.column, in: rect, surroundings)
    switch mouse.kind {
    case .press: (cursor, dragStart) = (place, place)
    case .drag, .release:
      guard let start = dragStart else { return [] }
      if mouse.kind == .release { dragStart = nil }
      guard start != place else { return [] }
      (lower, upper, cursor) = (min(start, place), max(start, place), place)
      return countRange()
    default: break
    }
    return []
  }
}
