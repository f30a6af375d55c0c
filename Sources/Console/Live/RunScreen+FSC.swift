import CryoEM
import Glibc
import Ground
import Refinement
import Runs
import Surface

extension RunScreen {
  /// The FSC curves of an iteration, with the corrected ones of earlier iterations behind them.
  func drawFSC(_ metrics: IterationMetrics, in rect: Rect, of frame: inout Frame) {
    frame.draw(fscPlot(metrics, isNarrow: rect.width < 56), in: rect)
  }

  func fscPlot(_ metrics: IterationMetrics, isNarrow: Bool = false) -> LinePlot {
    let step = metrics.frequencyStep
    let earlier = (snapshot?.steps ?? []).filter { $0.iteration < metrics.iteration }.suffix(4)
    var series = earlier.map {
      LinePlot.Series(
        $0.stepName, values: $0.fsc.corrected, step: $0.frequencyStep, isGhost: true)
    }
    let curves: [(String, [Double], Role)] = [
      (isNarrow ? "none" : "no mask", metrics.fsc.noMask, .series4),
      (isNarrow ? "sph" : "sphere", metrics.fsc.spherical, .series5),
      ("loose", metrics.fsc.loose, .series2), ("tight", metrics.fsc.tight, .series3),
      (isNarrow ? "corr" : "corrected", metrics.fsc.corrected, .series1),
    ]
    series += curves.filter { !$0.1.isEmpty }.map {
      LinePlot.Series($0.0, values: $0.1, step: step, role: $0.2)
    }
    var limits: [LinePlot.Limit] = []
    if metrics.bandShell > 0 {
      limits.append(LinePlot.Limit(Double(metrics.bandShell) * step, "limit"))
    }
    return LinePlot(
      series, x: .spatialFrequency(range: frequencyRange(metrics)),
      y: PlotAxis(range: -0.05...1.02),
      thresholds: [PlotFrame.Threshold(0.143), PlotFrame.Threshold(0.5)], limits: limits,
      crosshair: crosshair.map { Double($0) * step }, emptyText: "no half-maps yet")
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
    let step = metrics.frequencyStep
    // Those of half A come before those of half B, one for each optics group.
    let groups = max(1, metrics.noise.count / 2)
    let noise = metrics.noise.enumerated().map { index, values in
      let half = "half " + (index < groups ? "A" : "B")
      return LinePlot.Series(
        groups > 1 ? "\(half), group \(index % groups + 1)" : half, values: values, step: step)
    }
    return LinePlot(
      noise, x: .spatialFrequency(range: frequencyRange(metrics)),
      y: PlotAxis(title: "noise", scale: .logarithmic),
      crosshair: crosshair.map { Double($0) * step })
  }

  /// ln of the map's power, and the line through it whose slope is the B factor: both weighted as the
  /// sharpened map is.
  private func guinierPlot(_ metrics: IterationMetrics) -> LinePlot {
    let step = metrics.frequencyStep
    func square(_ shell: Int) -> Double { Double(shell) * step * (Double(shell) * step) }
    let points = metrics.guinier.enumerated().map { PlotPoint(square($0), $1) }
    var series = [LinePlot.Series("ln F²", Array(points.dropFirst()))]
    if let fit = metrics.guinierFit, let last = metrics.resolutionShell {
      let ends = [max(1, metrics.guinierStart), last].map {
        PlotPoint(square($0), 2 * (fit.intercept + fit.slope * square($0)))
      }
      series.append(
        LinePlot.Series("B \(Format.fixed(fit.bFactor, 0)) Å²", ends, role: .series2))
    }
    return LinePlot(
      series, x: PlotAxis(title: "1/Å²"), y: PlotAxis(title: "ln F²"),
      crosshair: crosshair.map(square))
  }
}

extension IterationMetrics {
  /// The resolution as a shell; nil where no curve crosses.
  var resolutionShell: Int? {
    let shell = fsc.resolution143 > 0 ? Double(boxSize) * pixelSize / fsc.resolution143 : .nan
    return shell.isFinite && shell >= 1 && shell < 1e6 ? Int(shell) : nil
  }

  /// Where the line of the Guinier plot begins, Å: as for the sharpened map.
  private var guinierLow: Double { max(10, 2 * fsc.resolution143) }

  /// Its first shell.
  fileprivate var guinierStart: Int {
    let shell = Double(boxSize) * pixelSize / guinierLow
    return shell.isFinite && shell < 1e6 ? Int(shell.rounded(.up)) : 1
  }

  /// The line through the Guinier plot, from 10 Å (or twice the resolution) to the resolution, weighted
  /// by the FSC; nil for too few shells.
  var guinierFit: GuinierFit? {
    let amplitudes = zip(guinier, fsc.corrected).map { power, correlation -> Double in
      let value = max(0, correlation)
      return exp(power / 2) * (2 * value / (1 + value)).squareRoot()
    }
    guard fsc.resolution143.isFinite, fsc.resolution143 > 0 else { return nil }
    return GuinierFit(
      amplitudes: amplitudes, size: boxSize, pixelSize: pixelSize, low: guinierLow,
      high: fsc.resolution143)
  }
}

extension IterationMetrics {
  /// Spatial frequency of shell 1, 1/Å.
  var frequencyStep: Double {
    let length = Double(boxSize) * pixelSize
    return length > 0 ? 1 / length : 1
  }

  /// The last shell of the curves: where the data end.
  var lastShell: Int { max(2, fsc.corrected.isEmpty ? boxSize / 2 : fsc.corrected.count - 1) }

  /// Resolution of a shell, Å; infinite for shell 0.
  func resolution(ofShell shell: Int) -> Double {
    shell > 0 ? Double(boxSize) * pixelSize / Double(shell) : .infinity
  }
}
