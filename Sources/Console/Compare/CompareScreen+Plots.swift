import Pages
import Refinement
import Runs
import Surface

extension CompareScreen {
  /// The corrected FSC of each run: of its final maps, or of its last iteration so far.
  func drawFSC(in rect: Rect, of frame: inout Frame) {
    let step = runs.first?.metrics(of: nil)?.frequencyStep ?? 1
    frame.draw(
      RunPlots.comparedFSC(
        runs.compactMap { run in run.metrics(of: nil).map { (run.name, $0) } },
        crosshair: crosshair.map { Double($0) * step }), in: rect)
  }

  /// How far apart the poses of each other run are from those of the first.
  func drawPoses(in rect: Rect, of frame: inout Frame) {
    let others = runs.dropFirst()
    guard !others.isEmpty else { return }
    let parts = Layout.split(rect, .rows, Array(repeating: .init(), count: others.count))
    for (run, part) in zip(others, parts) {
      guard let difference = poseDifferences[run.folder] else {
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
        "\(run.name) − \(runs[0].name): median \(Numbers.short(rotation.median))°, "
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
}
