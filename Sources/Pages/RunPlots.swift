import CryoEM
import Ground
import Refinement
import Report
import Surface

extension LinePlot.Series {
  /// A curve by shell over its spatial frequencies.
  fileprivate init(
    _ name: String, _ curve: RadialCurve, role: Role? = nil, isGhost: Bool = false
  ) {
    self.init(
      name, values: curve.values, step: curve.frequencyStep, role: role, isGhost: isGhost)
  }
}

/// The plots of a run as values: the screens draw them in characters, pages as figures.
public enum RunPlots {
  /// The FSC curves of an iteration, with the corrected ones of earlier iterations behind them.
  ///
  /// - Parameters:
  ///   - isNarrow: shorter names.
  ///   - range: the spatial frequencies that are shown, 1/Å; nil for all.
  ///   - crosshair: shell.
  public static func fsc(
    _ metrics: IterationMetrics, earlier: [IterationMetrics] = [], isNarrow: Bool = false,
    range: ClosedRange<Double>? = nil, crosshair: Int? = nil
  ) -> LinePlot {
    let step = metrics.frequencyStep
    var series = earlier.map {
      LinePlot.Series(
        $0.stepName, $0.correctedFSC, isGhost: true)
    }
    let curves: [(String, [Double], Role)] = [
      (isNarrow ? "none" : "no mask", metrics.fsc.noMask, .series4),
      (isNarrow ? "sph" : "sphere", metrics.fsc.spherical, .series5),
      ("loose", metrics.fsc.loose, .series2), ("tight", metrics.fsc.tight, .series3),
      (isNarrow ? "corr" : "corrected", metrics.fsc.corrected, .series1),
    ]
    series += curves.filter { !$0.1.isEmpty }.map {
      LinePlot.Series($0.0, RadialCurve($0.1, edge: metrics.edge), role: $0.2)
    }
    var limits: [LinePlot.Limit] = []
    if metrics.bandShell > 0 {
      limits.append(LinePlot.Limit(Double(metrics.bandShell) * step, "limit"))
    }
    return LinePlot(
      series, x: .spatialFrequency(range: range), y: PlotAxis(range: -0.05...1.02),
      thresholds: [PlotFrame.Threshold(0.143), PlotFrame.Threshold(0.5)], limits: limits,
      crosshair: crosshair.map { Double($0) * step }, emptyText: "no half-maps yet")
  }

  /// The corrected FSC of several runs.
  public static func comparedFSC(
    _ runs: [(name: String, metrics: IterationMetrics)], crosshair: Double? = nil
  ) -> LinePlot {
    let series = runs.enumerated().compactMap { index, run -> LinePlot.Series? in
      guard !run.metrics.fsc.corrected.isEmpty else { return nil }
      return LinePlot.Series(
        run.name, run.metrics.correctedFSC, role: .series(index))
    }
    return LinePlot(
      series, x: .spatialFrequency(), y: PlotAxis(range: -0.05...1.02),
      thresholds: [PlotFrame.Threshold(0.143), PlotFrame.Threshold(0.5)], crosshair: crosshair)
  }

  /// Where the FSC falls under 0.143 and 0.5 over the iterations.
  public static func resolution(_ steps: [IterationMetrics], crosshair: Double? = nil) -> LinePlot {
    func points(_ value: (IterationMetrics) -> Double) -> [PlotPoint] {
      steps.map { PlotPoint(Double($0.iteration), value($0)) }
    }
    return LinePlot(
      [
        LinePlot.Series("0.143", points(\.fsc.resolution143), role: .series1),
        LinePlot.Series("0.5", points(\.fsc.resolution50), role: .series2),
      ], x: PlotAxis(title: "iteration", isWhole: true), y: PlotAxis(title: "Å"),
      crosshair: crosshair)
  }

  /// Noise per half and group.
  public static func noise(
    _ metrics: IterationMetrics, range: ClosedRange<Double>? = nil, crosshair: Int? = nil
  ) -> LinePlot {
    let step = metrics.frequencyStep
    // Those of half A come before those of half B, one for each optics group.
    let groups = max(1, metrics.noise.count / 2)
    let noise = metrics.noiseCurves.enumerated().map { index, curve in
      let half = "half " + (index < groups ? "A" : "B")
      return LinePlot.Series(
        groups > 1 ? "\(half), group \(index % groups + 1)" : half, curve)
    }
    return LinePlot(
      noise, x: .spatialFrequency(range: range),
      y: PlotAxis(title: "noise", scale: .logarithmic),
      crosshair: crosshair.map { Double($0) * step })
  }

  /// ln of the map's power, and the line through it whose slope is the B factor: both weighted as the
  /// sharpened map is.
  public static func guinier(_ metrics: IterationMetrics, crosshair: Int? = nil) -> LinePlot {
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

  /// A histogram with a prior's standard deviation and a search limit.
  ///
  /// - Parameter isOpenEnded: whether it is said that the last bin holds all beyond.
  public static func histogram(
    _ histogram: IterationMetrics.Histogram, title: String = "", prior: Double? = nil,
    limit: Double? = nil, isOpenEnded: Bool = true
  ) -> HistogramPlot {
    var marks: [HistogramPlot.Mark] = []
    if let prior, prior < histogram.upper { marks.append(.init(prior, "σ", role: .threshold)) }
    if let limit, limit <= histogram.upper * 1.001 { marks.append(.init(limit, "limit")) }
    return HistogramPlot(
      lower: histogram.lower, upper: histogram.upper, counts: histogram.counts.map(Double.init),
      title: title, marks: marks, flaggedFrom: limit.map { $0 * 0.99 }, isOpenEnded: isOpenEnded)
  }

  /// Values over azimuth and elevation, the lowest elevation first.
  public static func sphere(
    _ values: [Double], columns: Int, rows: Int, projection: HeatMap.Projection, unit: String,
    range: ClosedRange<Double>? = nil
  ) -> HeatMap {
    HeatMap(
      columns: columns, rows: rows, values: values,
      x: PlotAxis(title: "azimuth", range: 0...360, isAngle: true),
      y: PlotAxis(title: "elevation", range: -90...90, isAngle: true), range: range,
      projection: projection, unit: unit)
  }
}
