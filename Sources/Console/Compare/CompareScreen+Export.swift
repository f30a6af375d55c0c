import Ground
import Pages
import Refinement
import Surface

extension CompareScreen {
  /// The pane with the focus: as it looks when it fills the screen, and its numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    return Export(
      name: "Compare \(focus.title)", grid: frame.grid, table: table, figure: frame.sheet)
  }

  private var table: [[String]] {
    let names = runs.map(\.name)
    switch focus {
    case .fsc:
      return [["run", "shell", "frequency_1/A", "fsc_corrected"]]
        + runs.flatMap { run -> [[String]] in
          guard let metrics = run.metrics(of: nil) else { return [] }
          return metrics.fsc.corrected.enumerated().map { shell, value in
            [
              run.name, "\(shell)", Format.fixed(Double(shell) * metrics.frequencyStep, 6),
              Format.fixed(value, 5),
            ]
          }
        }
    case .statistics:
      return [["quantity"] + names]
        + Self.statistics.map { row in [row.name] + runs.map(row.value) }
    case .parameters:
      return [["key"] + names]
        + differences.map { field in
          [field.key] + runs.map { $0.job?[field.key]?.text ?? "" }
        }
    case .poses:
      return [["run", "quantity", "from", "to", "particles"]]
        + runs.dropFirst().flatMap { run -> [[String]] in
          guard let difference = poseDifferences[run.folder] else { return [] }
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
}
