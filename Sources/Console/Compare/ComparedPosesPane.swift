import Ground
import Pages
import Refinement
import Surface

/// How far apart the poses of each other run are from those of the first.
struct ComparedPosesPane: ComparePane {
  func draw(in rect: Rect, of comparison: Comparison, into frame: inout Frame) {
    let others = comparison.runs.dropFirst()
    guard let first = comparison.runs.first, !others.isEmpty else { return }
    let parts = Layout.split(rect, .rows, Array(repeating: .init(), count: others.count))
    for (run, part) in zip(others, parts) {
      guard let difference = comparison.poseDifference(of: run) else {
        frame.write("\(run.name): reading …", x: part.x, y: part.y, .dim, width: part.width)
        continue
      }
      guard let rotation = difference.rotation, let shift = difference.shift else {
        frame.write(
          "\(run.name): \(difference.problem)", x: part.x, y: part.y, .dim, width: part.width)
        continue
      }
      let (head, body) = part.split(top: 1)
      frame.write(
        "\(run.name) − \(first.name): median \(Numbers.short(rotation.median))°, "
          + "\(Numbers.short(shift.median)) Å", x: head.x, y: head.y, .accent, width: head.width)
      let sides = Layout.split(body, .columns, [.init(), .init()], gap: 1)
      for (histogram, side) in zip([(rotation, "°"), (shift, "Å")], sides) {
        frame.draw(
          HistogramPlot(
            lower: histogram.0.lower, upper: histogram.0.upper,
            counts: histogram.0.counts.map(Double.init), title: histogram.1), in: side)
      }
    }
  }

  func table(_ comparison: Comparison) -> [[String]] {
    [["run", "quantity", "from", "to", "particles"]]
      + comparison.runs.dropFirst().flatMap { run -> [[String]] in
        guard let difference = comparison.poseDifference(of: run) else { return [] }
        let all = [("turned_deg", difference.rotation), ("moved_A", difference.shift)]
        return all.flatMap { name, histogram -> [[String]] in
          guard let histogram else { return [] }
          let width =
            (histogram.upper - histogram.lower) / Double(max(1, histogram.counts.count))
          return histogram.counts.enumerated().map { bin, count in
            let from = histogram.lower + Double(bin) * width
            return [
              run.name, name, Format.fixed(from, 4), Format.fixed(from + width, 4), "\(count)",
            ]
          }
        }
      }
  }
}
