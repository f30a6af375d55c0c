import Refinement
import Surface
import Terminal

/// Scale, effective sample size and gain of score per particle.
struct ParticlePane: ChoicePane {
  static let words = PaneWords(
    title: "Particles", short: "Part", label: "Particles", contents: "scale, sample size and score")

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    guard let metrics = view.metrics else { return }
    for shown in Self.histograms(metrics, in: pane.inner) {
      shown.draw(view.choosing, into: &frame)
    }
  }

  private static func histograms(_ metrics: IterationMetrics, in rect: Rect) -> [ShownHistogram] {
    ShownHistogram.placed(
      [
        ShownHistogram(title: "sample size", histogram: metrics.effectiveSampleSize),
        ShownHistogram(title: "score gain", histogram: metrics.scoreGain),
        ShownHistogram(
          title: "scale", histogram: metrics.scale, word: metrics.scale.isAllOne ? nil : "scale"),
      ], in: rect)
  }

  func table(_ view: RunView) -> [[String]]? {
    view.metrics.map { metrics in
      ShownHistogram.table([
        ("sample_size", metrics.effectiveSampleSize), ("score_gain", metrics.scoreGain),
        ("scale", metrics.scale),
      ])
    }
  }

  // MARK: Choosing

  func settingObstacle(_ view: RunView) -> String? {
    view.metrics?.scale.isAllOne == false
      ? nil : "The particles tell no sample size or gain, and scales were not fitted"
  }

  func plots(_ view: RunView, in rect: Rect) -> [ChoicePlot] {
    guard let metrics = view.metrics else { return [] }
    return ShownHistogram.choicePlots(Self.histograms(metrics, in: rect), view.choosing)
  }

  /// At the median.
  func cursorStart(_ axis: ChoiceAxis, _ view: RunView) -> Int {
    view.metrics.map { axis.bin(of: $0.scale.median) } ?? axis.bins / 2
  }
}
