import Jobs
import Pages
import Refinement
import Report
import Runs
import Surface

extension RunScreen {
  /// Changes of rotation and shift, with the prior and the limit marked.
  func drawPoses(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    guard metrics.iteration > 0 else {
      let words = "No change yet: these are the poses of the input"
        .wrapped(toColumns: max(1, rect.width))
      let top = rect.y + max(0, rect.height - words.count) / 2
      for (row, line) in words.prefix(rect.height).enumerated() {
        frame.write(line, x: rect.x, y: top + row, .dim, width: rect.width, alignment: .centre)
      }
      return
    }
    draw(histograms(of: .poses, metrics, in: rect), of: &frame)
  }

  /// Scale, effective sample size and gain of score per particle.
  func drawParticleStatistics(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    draw(histograms(of: .particles, metrics, in: rect), of: &frame)
  }

  /// A histogram where it stands in its pane.
  struct ShownHistogram {
    /// All of it, and the plot without its heading.
    var rect: Rect
    var title: String
    var histogram: IterationMetrics.Histogram
    /// What expressions call it; nil for what the particles' file does not tell.
    var word: String?
    var prior: Double?
    var limit: Double?

    var head: Rect { rect.split(top: rect.height > 3 ? 1 : 0).top }
    var body: Rect { rect.split(top: rect.height > 3 ? 1 : 0).rest }
    var axis: ChoiceAxis? { word.map { ChoiceAxis($0, histogram) } }
  }

  /// The histograms of a pane, as many as have room.
  func histograms(
    of panel: Panel, _ metrics: IterationMetrics, in rect: Rect
  ) -> [ShownHistogram] {
    let search = SearchLimits(snapshot?.job)
    let all: [ShownHistogram]
    if panel == .poses {
      all = [
        ShownHistogram(
          rect: rect, title: "turned °",
          histogram: againstStart ? metrics.rotationFromStart : metrics.rotationFromPrevious,
          word: "turned", prior: search.priorRotation,
          limit: againstStart ? search.rotation : nil),
        ShownHistogram(
          rect: rect, title: "moved Å",
          histogram: againstStart ? metrics.shiftFromStart : metrics.shiftFromPrevious,
          word: "moved", prior: search.priorShift, limit: againstStart ? search.shift : nil),
      ]
    } else {
      all = [
        ShownHistogram(rect: rect, title: "sample size", histogram: metrics.effectiveSampleSize),
        ShownHistogram(rect: rect, title: "score gain", histogram: metrics.scoreGain),
        ShownHistogram(
          rect: rect, title: "scale", histogram: metrics.scale,
          word: metrics.scale.isAllOne ? nil : "scale"),
      ]
    }
    return zip(split(rect, count: all.count), all).map { part, shown in
      var shown = shown
      shown.rect = part
      return shown
    }
  }

  /// Side by side where there is width, one above the other where there is height, else one alone.
  private func split(_ rect: Rect, count: Int) -> [Rect] {
    let columns = min(count, max(1, rect.width / 28))
    if columns == count {
      return Layout.split(rect, .columns, Array(repeating: .init(), count: count), gap: 1)
    }
    let rows = min(count, max(1, rect.height / 6))
    if rows >= columns {
      return Layout.split(rect, .rows, Array(repeating: .init(), count: rows))
    }
    return Layout.split(rect, .columns, Array(repeating: .init(), count: columns), gap: 1)
  }

  private func draw(_ histograms: [ShownHistogram], of frame: inout Frame) {
    for shown in histograms {
      let (head, histogram) = (shown.head, shown.histogram)
      if shown.title == "scale", histogram.isAllOne {
        frame.write("scale", x: shown.rect.x, y: shown.rect.y, .accent, width: shown.rect.width)
        frame.write(
          "1 for each: not fitted", x: shown.rect.x + 7, y: shown.rect.y, .dim,
          width: max(0, shown.rect.width - 7))
        continue
      }
      if head.height > 0 {
        let used = frame.write(shown.title, x: head.x, y: head.y, .accent, width: head.width)
        frame.write(
          "  median \(Numbers.short(histogram.median)), "
            + "95% \(Numbers.short(histogram.percentile95))",
          x: head.x + used, y: head.y, .dim, width: head.width - used)
      }
      frame.draw(plot(of: shown), as: figure(of: shown), in: shown.body)
    }
  }

  /// A histogram in characters, with what was chosen in it.
  func plot(of shown: ShownHistogram) -> HistogramPlot {
    var plot = RunPlots.histogram(
      shown.histogram, prior: shown.prior, limit: shown.limit, isOpenEnded: shown.body.height >= 6)
    let axis = shown.axis
    plot.chosen = axis.flatMap { choosing.ranges.range(of: $0)?.values }
    if let cursor = choosing.cursor(in: axis) {
      plot.marks.append(.init(cursor, "", role: .crosshair))
    }
    return plot
  }

  private func figure(of shown: ShownHistogram) -> HistogramPlot {
    var plot = RunPlots.histogram(
      shown.histogram, title: shown.title, prior: shown.prior, limit: shown.limit)
    plot.chosen = shown.axis.flatMap { choosing.ranges.range(of: $0)?.values }
    return plot
  }
}

extension IterationMetrics.Histogram {
  /// Whether every value is 1.
  var isAllOne: Bool {
    median == 1 && percentile95 == 1 && counts.filter { $0 > 0 }.count == 1
  }
}
