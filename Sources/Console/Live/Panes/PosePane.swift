import Jobs
import Refinement
import Report
import Surface
import Terminal

/// Changes of rotation and shift, with the prior and the limit marked.
struct PosePane: ChoicePane {
  static let words = PaneWords(
    title: "Pose changes", short: "Poses", label: "Poses", contents: "changes of the poses")

  static let bindings: [Binding<RunScreen>] = [
    Binding(
      "baseline", ["b"], "Baseline", "Changes against the start or the last iteration",
      bar: RunScreen.place(22, in: .poses), does: .change { $0.panes.poses.againstStart.toggle() })
  ]

  /// Changes against the start of the run instead of the last iteration.
  private var againstStart = true

  func note(_ view: RunView) -> String {
    view.metrics == nil ? "" : againstStart ? "against the start" : "in this iteration"
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let metrics = view.metrics else { return }
    let rect = pane.inner
    guard metrics.iteration > 0 else {
      let words = "No change yet: these are the poses of the input"
        .wrapped(toColumns: max(1, rect.width))
      let top = rect.y + max(0, rect.height - words.count) / 2
      for (row, line) in words.prefix(rect.height).enumerated() {
        frame.write(line, x: rect.x, y: top + row, .dim, width: rect.width, alignment: .centre)
      }
      return
    }
    for shown in histograms(metrics, view, in: rect) { shown.draw(view.choosing, into: &frame) }
  }

  private func histograms(
    _ metrics: IterationMetrics, _ view: RunView, in rect: Rect
  ) -> [ShownHistogram] {
    let search = SearchLimits(view.snapshot?.job)
    return ShownHistogram.placed(
      [
        ShownHistogram(
          title: "turned °",
          histogram: againstStart ? metrics.rotationFromStart : metrics.rotationFromPrevious,
          word: "turned", prior: search.priorRotation,
          limit: againstStart ? search.rotation : nil),
        ShownHistogram(
          title: "moved Å",
          histogram: againstStart ? metrics.shiftFromStart : metrics.shiftFromPrevious,
          word: "moved", prior: search.priorShift, limit: againstStart ? search.shift : nil),
      ], in: rect)
  }

  func table(_ view: RunView) -> [[String]]? {
    view.metrics.map { metrics in
      ShownHistogram.table([
        ("turned_from_start_deg", metrics.rotationFromStart),
        ("turned_from_previous_deg", metrics.rotationFromPrevious),
        ("moved_from_start_A", metrics.shiftFromStart),
        ("moved_from_previous_A", metrics.shiftFromPrevious),
      ])
    }
  }

  // MARK: Choosing

  func settingObstacle(_ view: RunView) -> String? {
    againstStart ? nil : "Particles are chosen by their change against the start: b shows it"
  }

  func plots(_ view: RunView, in rect: Rect) -> [ChoicePlot] {
    guard let metrics = view.metrics else { return [] }
    return ShownHistogram.choicePlots(histograms(metrics, view, in: rect), view.choosing)
  }

  /// At the median.
  func cursorStart(_ axis: ChoiceAxis, _ view: RunView) -> Int {
    guard let metrics = view.metrics else { return axis.bins / 2 }
    return axis.bin(
      of: axis.name == "turned" ? metrics.rotationFromStart.median : metrics.shiftFromStart.median)
  }
}
