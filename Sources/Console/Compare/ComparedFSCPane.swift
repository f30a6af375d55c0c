import Ground
import Pages
import Surface

/// The corrected FSC of each run: of its final maps, or of its last iteration so far.
struct ComparedFSCPane: ComparePane {
  /// Shell of the cross-hair, of the first run; nil without one.
  private(set) var crosshair: Int?

  func draw(in rect: Rect, of comparison: Comparison, into frame: inout Frame) {
    let step = comparison.runs.first?.metrics(of: nil)?.frequencyStep ?? 1
    frame.draw(
      RunPlots.comparedFSC(
        comparison.runs.compactMap { run in run.metrics(of: nil).map { (run.name, $0) } },
        crosshair: crosshair.map { Double($0) * step }), in: rect)
  }

  func table(_ comparison: Comparison) -> [[String]] {
    [["run", "shell", "frequency_1/A", "fsc_corrected"]]
      + comparison.runs.flatMap { run -> [[String]] in
        guard let metrics = run.metrics(of: nil) else { return [] }
        return metrics.fsc.corrected.enumerated().map { shell, value in
          [
            run.name, "\(shell)", Format.fixed(Double(shell) * metrics.frequencyStep, 6),
            Format.fixed(value, 5),
          ]
        }
      }
  }

  mutating func navigate(_ way: Navigation, _ comparison: inout Comparison) -> Bool {
    let metrics = comparison.runs.first?.metrics(of: nil)
    let last = metrics?.lastShell ?? 1
    switch way {
    case .left, .right:
      // The first time it comes up at the end of the band.
      crosshair =
        crosshair.map { min(max(1, $0 + (way == .right ? 1 : -1)), last) }
        ?? metrics?.bandShell ?? 1
    case .first: crosshair = 1
    case .last: crosshair = last
    case .up, .down, .pageUp, .pageDown, .back, .nextPane, .previousPane: return false
    }
    return true
  }
}
