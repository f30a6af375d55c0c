import Ground
import Pages
import Refinement
import Report
import Surface
import Terminal

/// Resolution over iterations: a curve where there is room, and a table.
struct ResolutionPane: RunPane {
  static let words = PaneWords(
    title: "Resolution", short: "Res", label: "Resolution", contents: "resolution over iterations")

  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? {
    switch way {
    case .up, .left: view.step(by: -1)
    case .down, .right: view.step(by: 1)
    default: return nil
    }
    return []
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    let rect = pane.inner
    let wantsPlot = rect.height >= 13
    let (upper, lower) = rect.split(top: wantsPlot ? rect.height - rect.height * 2 / 5 : 0)
    if wantsPlot {
      frame.draw(
        RunPlots.resolution(view.steps, crosshair: view.iteration.map(Double.init)), in: upper)
    }
    Self.drawTable(of: view, isFocused: pane.isFocused, in: lower, into: &frame)
  }

  private static let columns = [
    Table.Column("It", width: 5, alignment: .right),
    Table.Column("0.143 Å", width: 7, alignment: .right),
    Table.Column("change", width: 6, alignment: .right, priority: 1),
    Table.Column("0.5 Å", width: 6, alignment: .right, priority: 2),
    Table.Column("turned", width: 6, alignment: .right, priority: 3),
    Table.Column("at limit", width: 8, alignment: .right, priority: 4),
    Table.Column("time", width: 7, alignment: .right, priority: 5),
  ]

  private static func drawTable(
    of view: RunView, isFocused: Bool, in rect: Rect, into frame: inout Frame
  ) {
    let steps = view.steps
    let shown = steps.firstIndex { $0.iteration == view.metrics?.iteration }
    frame.table(
      Table(columns: columns, rowCount: steps.count, selected: shown, isFocused: isFocused) { row in
        let item = steps[row]
        let before = row > 0 ? steps[row - 1].fsc.resolution143 : .nan
        let change = item.fsc.resolution143 - before
        return [
          Table.Entry(item.shortName, .dim),
          Table.Entry(Numbers.resolution(item.fsc.resolution143), .accent),
          change.isFinite ? Self.change(change) : "",
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

  func table(_ view: RunView) -> [[String]]? {
    if view.metrics == nil { return nil }
    return [["iteration", "resolution_0.143_A", "resolution_0.5_A", "share_at_limit", "seconds"]]
      + view.steps.map {
        [
          $0.shortName, Format.fixed($0.fsc.resolution143, 4),
          Format.fixed($0.fsc.resolution50, 4), Format.fixed($0.shareAtLimit, 5),
          Format.fixed($0.seconds.values.reduce(0, +), 2),
        ]
      }
  }
}
