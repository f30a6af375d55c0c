/// The numbers behind a plot, as a table with named columns.
public struct PlotTable: Sendable, Hashable {
  public var columns: [String]
  /// One value for each column; NaN where there is none.
  public var rows: [[Double]]

  public init(columns: [String], rows: [[Double]]) {
    self.columns = columns
    self.rows = rows
  }

  /// Tab-separated, a line of names first; numbers in full, an empty field where there is none.
  public var tsv: String {
    var text = columns.map(PlotTable.field).joined(separator: "\t") + "\n"
    for row in rows {
      text += row.map { $0.isNaN ? "" : "\($0)" }.joined(separator: "\t") + "\n"
    }
    return text
  }

  private static func field(_ name: String) -> String {
    String(name.map { $0 == "\t" || $0.isNewline ? " " : $0 })
  }
}

extension LinePlot {
  /// All curves, ghosts too, by their values of x, which are joined in ascending order.
  public var table: PlotTable {
    var rows: [Double: [Double]] = [:]
    for (index, series) in series.enumerated() {
      for point in series.points where point.x.isFinite {
        var row = rows[point.x] ?? Array(repeating: .nan, count: self.series.count)
        row[index] = point.y
        rows[point.x] = row
      }
    }
    let first = x.title.isEmpty ? "x" : x.title
    let names = series.enumerated().map { index, series in
      series.name.isEmpty ? (series.isGhost ? "earlier \(index + 1)" : "y") : series.name
    }
    return PlotTable(
      columns: [first] + names,
      rows: rows.sorted { $0.key < $1.key }.map { [$0.key] + $0.value })
  }
}

extension HistogramPlot {
  /// The bins with their ends.
  public var table: PlotTable {
    let width = (upper - lower) / Double(max(1, counts.count))
    return PlotTable(
      columns: ["from", "to", "count"],
      rows: counts.enumerated().map { index, count in
        [lower + Double(index) * width, lower + Double(index + 1) * width, count]
      })
  }
}

extension HeatMap {
  /// The bins with the values in their middles.
  public var table: PlotTable {
    let xMapping = AxisMapping(x, values: [0, Double(columns)])
    let yMapping = AxisMapping(y, values: [0, Double(rows)])
    var lines: [[Double]] = []
    for row in 0..<rows {
      for column in 0..<columns where row * columns + column < values.count {
        lines.append([
          xMapping.value(at: (Double(column) + 0.5) / Double(columns)),
          yMapping.value(at: (Double(row) + 0.5) / Double(rows)), values[row * columns + column],
        ])
      }
    }
    return PlotTable(
      columns: [
        x.title.isEmpty ? "x" : x.title, y.title.isEmpty ? "y" : y.title,
        unit.isEmpty ? "value" : unit,
      ], rows: lines)
  }
}
