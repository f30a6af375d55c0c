import Ground
import Pages
import Refinement
import Report
import Surface

extension RunScreen {
  /// Resolution over iterations: a curve where there is room, and a table.
  func drawResolution(in rect: Rect, of frame: inout Frame) {
    guard let snapshot else { return }
    let wantsPlot = rect.height >= 13
    let (upper, lower) = rect.split(top: wantsPlot ? rect.height - rect.height * 2 / 5 : 0)
    if wantsPlot { frame.draw(resolutionPlot(snapshot), in: upper) }
    drawResolutionTable(snapshot, in: lower, of: &frame)
  }

  private func resolutionPlot(_ snapshot: RunSnapshot) -> LinePlot {
    RunPlots.resolution(snapshot.steps, crosshair: iteration.map(Double.init))
  }

  private func drawResolutionTable(
    _ snapshot: RunSnapshot, in rect: Rect, of frame: inout Frame
  ) {
    let metrics = snapshot.steps
    let columns = [
      Table.Column("It", width: 5, alignment: .right),
      Table.Column("0.143 Å", width: 7, alignment: .right),
      Table.Column("change", width: 6, alignment: .right, priority: 1),
      Table.Column("0.5 Å", width: 6, alignment: .right, priority: 2),
      Table.Column("turned", width: 6, alignment: .right, priority: 3),
      Table.Column("at limit", width: 8, alignment: .right, priority: 4),
      Table.Column("time", width: 7, alignment: .right, priority: 5),
    ]
    let shown = metrics.firstIndex { $0.iteration == self.metrics?.iteration }
    frame.table(
      Table(
        columns: columns, rowCount: metrics.count, selected: shown,
        isFocused: focus == .resolution
      ) { row in
        let item = metrics[row]
        let before = row > 0 ? metrics[row - 1].fsc.resolution143 : .nan
        let change = item.fsc.resolution143 - before
        return [
          Table.Entry(item.shortName, .dim),
          Table.Entry(Numbers.resolution(item.fsc.resolution143), .accent),
          change.isFinite
            ? Self.change(change) : "",
          Table.Entry(Numbers.resolution(item.fsc.resolution50)),
          Table.Entry(Format.fixed(item.rotationFromPrevious.median, 2) + "°"),
          Table.Entry(
            Format.percent(item.shareAtLimit),
            item.shareAtLimit > VerdictRule.suspiciousShare ? .warning : .text),
          Table.Entry(Format.duration(item.seconds.values.reduce(0, +)), .dim),
        ]
      }, in: rect, pane: "iterations")
  }

  /// A change of resolution, Å; smaller is better.
  private static func change(_ value: Double) -> Table.Entry {
    if abs(value) < 0.005 { return Table.Entry("0.00", .dim) }
    return Table.Entry(
      (value > 0 ? "+" : "") + Format.fixed(value, 2), value > 0 ? .warning : .good)
  }
}
