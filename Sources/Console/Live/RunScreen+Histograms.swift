import Jobs
import Pages
import Refinement
import Report
import Runs
import Surface

extension RunScreen {
  /// Changes of rotation and shift, with the prior and the limit marked.
  func drawPoses(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    let rotation = againstStart ? metrics.rotationFromStart : metrics.rotationFromPrevious
    let shift = againstStart ? metrics.shiftFromStart : metrics.shiftFromPrevious
    guard metrics.iteration > 0 else {
      let words = "No change yet: these are the poses of the input"
        .wrapped(toColumns: max(1, rect.width))
      let top = rect.y + max(0, rect.height - words.count) / 2
      for (row, line) in words.prefix(rect.height).enumerated() {
        frame.write(line, x: rect.x, y: top + row, .dim, width: rect.width, alignment: .centre)
      }
      return
    }
    let search = SearchLimits(snapshot?.job)
    let parts = split(rect, count: 2)
    drawHistogram(
      rotation, title: "turned °", prior: search.priorRotation,
      limit: againstStart ? search.rotation : nil, in: parts[0], of: &frame)
    guard parts.count > 1 else { return }
    drawHistogram(
      shift, title: "moved Å", prior: search.priorShift, limit: againstStart ? search.shift : nil,
      in: parts[1], of: &frame)
  }

  /// Scale, effective sample size and gain of score per particle.
  func drawParticleStatistics(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    let parts = split(rect, count: 3)
    let all: [(IterationMetrics.Histogram, String)] = [
      (metrics.effectiveSampleSize, "sample size"), (metrics.scoreGain, "score gain"),
      (metrics.scale, "scale"),
    ]
    for (part, histogram) in zip(parts, all) {
      if histogram.1 == "scale", histogram.0.isAllOne {
        frame.write("scale", x: part.x, y: part.y, .accent, width: part.width)
        frame.write(
          "1 for each: not fitted", x: part.x + 7, y: part.y, .dim, width: max(0, part.width - 7))
        continue
      }
      drawHistogram(histogram.0, title: histogram.1, in: part, of: &frame)
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

  private func drawHistogram(
    _ histogram: IterationMetrics.Histogram, title: String, prior: Double? = nil,
    limit: Double? = nil, in rect: Rect, of frame: inout Frame
  ) {
    let (head, body) = rect.split(top: rect.height > 3 ? 1 : 0)
    if head.height > 0 {
      let used = frame.write(title, x: head.x, y: head.y, .accent, width: head.width)
      frame.write(
        "  median \(Numbers.short(histogram.median)), 95% \(Numbers.short(histogram.percentile95))",
        x: head.x + used, y: head.y, .dim, width: head.width - used)
    }
    frame.draw(
      RunPlots.histogram(histogram, prior: prior, limit: limit, isOpenEnded: body.height >= 6),
      as: RunPlots.histogram(histogram, title: title, prior: prior, limit: limit), in: body)
  }

  /// The histogram of a column of numbers.
  func drawHistogram(of values: [Double], in rect: Rect, of frame: inout Frame) {
    let finite = values.filter(\.isFinite)
    guard let lower = finite.min(), let upper = finite.max() else { return }
    let top = upper > lower ? upper : lower + 1
    var counts = [Double](repeating: 0, count: max(1, min(80, rect.width)))
    for value in finite {
      let bin = Int((value - lower) / (top - lower) * Double(counts.count))
      counts[min(max(0, bin), counts.count - 1)] += 1
    }
    frame.draw(HistogramPlot(lower: lower, upper: top, counts: counts), in: rect)
  }
}

extension IterationMetrics.Histogram {
  /// Whether every value is 1.
  fileprivate var isAllOne: Bool {
    median == 1 && percentile95 == 1 && counts.filter { $0 > 0 }.count == 1
  }
}
