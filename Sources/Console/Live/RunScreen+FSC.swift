import Pages
import Refinement
import Runs
import Surface

extension RunScreen {
  /// The FSC curves of an iteration, with the corrected ones of earlier iterations behind them.
  func drawFSC(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    frame.draw(fscPlot(metrics, isNarrow: rect.width < 56), in: rect)
  }

  func fscPlot(_ metrics: IterationMetrics, isNarrow: Bool = false) -> LinePlot {
    let earlier = (snapshot?.steps ?? []).filter { $0.iteration < metrics.iteration }.suffix(4)
    return RunPlots.fsc(
      metrics, earlier: Array(earlier), isNarrow: isNarrow, range: frequencyRange(metrics),
      crosshair: crosshair)
  }

  /// The spatial frequencies that plots show, 1/Å.
  func frequencyRange(_ metrics: IterationMetrics) -> ClosedRange<Double>? {
    guard let range = shellRange else { return nil }
    let lower = range.lowerBound <= 1 ? 0 : Double(range.lowerBound)
    return lower * metrics.frequencyStep...Double(range.upperBound) * metrics.frequencyStep
  }

  /// Noise per half and group, and the Guinier plot of the combined map: both where there is room, else
  /// the one that is chosen.
  func drawNoise(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    let isWide = rect.width >= 60
    guard isWide || rect.height >= 12 else {
      frame.draw(showsGuinier ? guinierPlot(metrics) : noisePlot(metrics), in: rect)
      return
    }
    let parts = Layout.split(
      rect, isWide ? .columns : .rows, [.init(), .init()], gap: isWide ? 1 : 0)
    frame.draw(noisePlot(metrics), in: parts[0])
    frame.draw(guinierPlot(metrics), in: parts[1])
  }

  private func noisePlot(_ metrics: IterationMetrics) -> LinePlot {
    RunPlots.noise(metrics, range: frequencyRange(metrics), crosshair: crosshair)
  }

  private func guinierPlot(_ metrics: IterationMetrics) -> LinePlot {
    RunPlots.guinier(metrics, crosshair: crosshair)
  }
}
