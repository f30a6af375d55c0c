import Ground
import Pages
import Refinement
import Report
import Runs
import Surface
import Terminal

/// The FSC curves of an iteration, with the corrected ones of earlier iterations behind them.
struct FSCPane: RunPane {
  static let words = PaneWords(title: "FSC", short: "FSC", label: "FSC", contents: "the FSC")

  func note(_ view: RunView) -> String {
    view.metrics.map { Format.resolution($0.fsc.resolution143) } ?? ""
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let metrics = view.metrics else { return }
    frame.draw(Self.plot(metrics, of: view, width: pane.inner.width), in: pane.inner)
  }

  private static func plot(
    _ metrics: IterationMetrics, of view: RunView, width: Int
  ) -> LinePlot {
    let earlier = view.steps.filter { $0.iteration < metrics.iteration }.suffix(4)
    return RunPlots.fsc(
      metrics, earlier: Array(earlier), isNarrow: width < 56,
      range: view.axis.frequencies(metrics), crosshair: view.axis.crosshair)
  }

  func table(_ view: RunView) -> [[String]]? {
    guard let metrics = view.metrics else { return nil }
    let table = FSCTable(report: metrics.fsc, edge: metrics.edge)
    return table.tsv.tabSeparatedRows
  }

  mutating func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    Self.point(mouse, in: pane, &view)
  }

  /// What the mouse does in a plot over frequencies: pressed or dragged it reads values, released it
  /// shows what it was dragged over.
  static func point(
    _ mouse: MouseEvent, in pane: PaneRect, _ view: inout RunView
  ) -> [Effect]? {
    let shell = shell(at: mouse.column, in: pane, view)
    switch mouse.kind {
    case .press: view.axis.press(at: shell)
    case .drag: view.axis.crosshair = shell
    case .release: view.axis.release(at: shell)
    case .wheelUp, .wheelDown: return nil
    }
    return []
  }

  /// The shell under a column of the plot, as near as a column can say.
  static func shell(at column: Int, in pane: PaneRect, _ view: RunView) -> Int? {
    guard let metrics = view.metrics, let range = view.axis.range(metrics) else { return nil }
    let plot = plot(metrics, of: view, width: pane.inner.width)
    let frequency = plot.frame(in: pane.inner, pane.look).xValue(atColumn: column)
    guard frequency.isFinite else { return nil }
    let shell = Int((frequency / metrics.frequencyStep).rounded())
    return min(max(shell, range.lowerBound), range.upperBound)
  }
}
