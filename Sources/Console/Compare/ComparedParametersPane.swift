import Jobs
import Surface

/// The parameters that are not the same in all runs.
struct ComparedParametersPane: ComparePane {
  /// First line that is shown.
  private(set) var line = 0

  func draw(in rect: Rect, of comparison: Comparison, into frame: inout Frame) {
    guard rect.height > 1 else { return }
    let all = comparison.parameters
    if all.isEmpty {
      frame.write("The parameters are the same.", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    let table = ComparedTable(
      comparison,
      rows: all.map { field in
        .init(
          names: Self.names(of: field),
          cells: comparison.runs.map { run in
            (
              run.job?.shown(field) ?? "–",
              run.job?.isChanged(field.key) == true ? .changed : .text
            )
          })
      })
    table.draw(in: rect, from: line, into: &frame)
  }

  /// From the longest name to the shortest.
  private static func names(of field: JobField) -> [String] {
    let unit = field.parameter.unit == "degrees" ? "°" : field.parameter.unit
    let mark = unit.isEmpty ? "" : " \(unit)"
    let key = String(field.key.drop { $0 != "." }.dropFirst())
    return [field.title + mark, key + mark, key]
  }

  func table(_ comparison: Comparison) -> [[String]] {
    [["key"] + comparison.runs.map(\.name)]
      + comparison.parameters.map { field in
        [field.key] + comparison.runs.map { $0.job?[field.key]?.text ?? "" }
      }
  }

  mutating func navigate(_ way: Navigation, _ comparison: inout Comparison) -> Bool {
    switch way {
    case .up, .down, .pageUp, .pageDown:
      line = min(max(0, line + (way.lines() ?? 0)), max(0, comparison.parameters.count - 1))
    case .left: comparison.step(by: -1)
    case .right: comparison.step(by: 1)
    case .first, .last, .back, .nextPane, .previousPane: return false
    }
    return true
  }
}
