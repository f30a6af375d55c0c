import Ground
import Pages
import Refinement
import Report
import Surface

/// A histogram of a pane where it stands, and what is chosen in it.
struct ShownHistogram {
  /// All of it, and the plot without its heading.
  var rect = Rect.empty
  var title: String
  var histogram: IterationMetrics.Histogram
  /// What expressions call it; nil for what the particles' file does not tell.
  var word: String?
  var prior: Double?
  var limit: Double?

  var head: Rect { rect.split(top: rect.height > 3 ? 1 : 0).top }
  var body: Rect { rect.split(top: rect.height > 3 ? 1 : 0).rest }
  var axis: ChoiceAxis? { word.map { ChoiceAxis($0, histogram) } }

  /// As many as have room: side by side where there is width, one above the other where there is height, else
  /// one alone.
  static func placed(_ all: [ShownHistogram], in rect: Rect) -> [ShownHistogram] {
    let count = all.count
    let columns = min(count, max(1, rect.width / 28))
    let rows = min(count, max(1, rect.height / 6))
    let isAbove = columns < count && rows >= columns
    let parts = Layout.split(
      rect, isAbove ? .rows : .columns,
      Array(repeating: .init(), count: isAbove ? rows : columns), gap: isAbove ? 0 : 1)
    return zip(parts, all).map { part, shown in
      var shown = shown
      shown.rect = part
      return shown
    }
  }

  /// The plots of those by which particles can be chosen.
  static func choicePlots(_ all: [ShownHistogram], _ choosing: Choosing) -> [ChoicePlot] {
    all.compactMap { shown in
      shown.axis.map {
        ChoicePlot(axes: [$0], rect: shown.body, kind: .histogram(shown.plot(choosing)))
      }
    }
  }

  func draw(_ choosing: Choosing, into frame: inout Frame) {
    if title == "scale", histogram.isAllOne {
      frame.write("scale", x: rect.x, y: rect.y, .accent, width: rect.width)
      frame.write(
        "1 for each: not fitted", x: rect.x + 7, y: rect.y, .dim, width: max(0, rect.width - 7))
      return
    }
    if head.height > 0 {
      let used = frame.write(title, x: head.x, y: head.y, .accent, width: head.width)
      frame.write(
        "  median \(Numbers.short(histogram.median)), "
          + "95% \(Numbers.short(histogram.percentile95))",
        x: head.x + used, y: head.y, .dim, width: head.width - used)
    }
    frame.draw(plot(choosing), as: figure(choosing), in: body)
  }

  /// In characters, with what was chosen in it.
  private func plot(_ choosing: Choosing) -> HistogramPlot {
    var plot = RunPlots.histogram(
      histogram, prior: prior, limit: limit, isOpenEnded: body.height >= 6)
    plot.chosen = axis.flatMap { choosing.ranges.range(of: $0)?.values }
    if let cursor = choosing.cursor(in: axis) {
      plot.marks.append(.init(cursor, "", role: .crosshair))
    }
    return plot
  }

  private func figure(_ choosing: Choosing) -> HistogramPlot {
    var plot = RunPlots.histogram(histogram, title: title, prior: prior, limit: limit)
    plot.chosen = axis.flatMap { choosing.ranges.range(of: $0)?.values }
    return plot
  }

  /// The bins of histograms as a table.
  static func table(
    _ all: [(name: String, histogram: IterationMetrics.Histogram)]
  ) -> [[String]] {
    [["quantity", "from", "to", "particles"]]
      + all.flatMap { name, histogram in
        let width = (histogram.upper - histogram.lower) / Double(max(1, histogram.counts.count))
        return histogram.counts.enumerated().map { bin, count in
          let from = histogram.lower + Double(bin) * width
          return [name, Format.fixed(from, 4), Format.fixed(from + width, 4), "\(count)"]
        }
      }
  }
}

extension IterationMetrics.Histogram {
  /// Whether every value is 1.
  var isAllOne: Bool {
    median == 1 && percentile95 == 1 && counts.filter { $0 > 0 }.count == 1
  }
}
