import CryoEM
import Ground
import Refinement
import Report
import Surface

/// The figures of a run's page.
extension RunPage {
  /// A figure of a page.
  private typealias Figure = (svg: String, caption: String, numbers: String)

  private static func figure(
    _ figure: some VectorFigure, _ title: String, _ caption: String, _ numbers: String = ""
  ) -> Figure {
    (figure.svg(title: title), caption, numbers)
  }

  static func addPlots(
    _ run: ReportedRun, _ last: IterationMetrics, level: Int, to page: inout PageDocument
  ) {
    page.blocks += [
      .heading(level, "Plots"),
      .figures(curves(run, last) + changes(run, last) + spheres(last)),
    ]
  }

  /// What is known by shell or by iteration.
  private static func curves(_ run: ReportedRun, _ last: IterationMetrics) -> [Figure] {
    let earlier = run.steps.filter { $0.iteration < last.iteration }.suffix(4)
    func under(_ value: Double) -> String { value.isFinite ? Format.resolution(value) : "never" }
    var figures = [
      figure(
        RunPlots.fsc(last, earlier: Array(earlier)), "FSC",
        "Fourier shell correlation of the half-maps, \(last.stepName): without a mask, in a sphere, in a "
          + "loose and a tight mask, and corrected for the tight mask. Grey: earlier iterations. The dotted "
          + "line is the limit of what poses were refined against.",
        "under 0.143: \(under(last.fsc.resolution143)); under 0.5: \(under(last.fsc.resolution50))"),
      figure(
        RunPlots.resolution(run.steps), "Resolution over the iterations",
        "Where the corrected FSC falls under 0.143 and 0.5, over the iterations."),
    ]
    if let fit = last.guinierFit {
      figures.append(
        figure(
          RunPlots.guinier(last), "Guinier plot",
          "ln of the map's power against 1/d², and the line whose slope is the B factor.",
          "B \(Format.fixed(fit.bFactor, 0)) Å², correlation \(Format.fixed(fit.correlation, 3))"))
    } else if !last.guinier.isEmpty {
      figures.append(
        figure(
          RunPlots.guinier(last), "Guinier plot",
          "ln of the map's power against 1/d²; there are too few shells for a line."))
    }
    if !last.noise.isEmpty {
      figures.append(
        figure(
          RunPlots.noise(last), "Noise",
          "Variance of the noise per shell, of each half of the particles."))
    }
    return figures
  }

  /// How the poses have changed.
  private static func changes(_ run: ReportedRun, _ last: IterationMetrics) -> [Figure] {
    let limits = run.limits
    return [
      ("Turned", last.rotationFromStart, limits.priorRotation, limits.rotation, "°"),
      ("Moved", last.shiftFromStart, limits.priorShift, limits.shift, "Å"),
    ].map { name, histogram, prior, limit, unit in
      figure(
        RunPlots.histogram(
          histogram, title: "\(name.lowercased()), \(unit)", prior: prior, limit: limit),
        "\(name) against the given poses",
        "\(name) against the given poses. σ: standard deviation of the prior about one axis; limit: end of "
          + "the search.",
        "median \(Format.fixed(histogram.median, 2)) \(unit), 95% within "
          + "\(Format.fixed(histogram.percentile95, 2)) \(unit)")
    }
  }

  /// What is known by direction.
  private static func spheres(_ last: IterationMetrics) -> [Figure] {
    let columns = max(1, last.orientationAzimuths)
    let rows = last.orientationCounts.count / columns
    guard rows > 0 else { return [] }
    let score = last.views.map { "SCF* \(Format.fixed($0.samplingCompensation, 2))" } ?? ""
    var figures = [
      figure(
        RunPlots.sphere(
          last.orientationCounts.map(Double.init), columns: columns, rows: rows,
          projection: .rectangular, unit: "particles"),
        "Orientations", "Viewing directions: particles by azimuth and elevation.", score)
    ]
    if let cones = last.cones {
      figures.append(
        figure(
          RunPlots.sphere(
            cones.map(columns: columns, rows: rows), columns: columns, rows: rows,
            projection: .mollweide, unit: "Å", range: cones.range),
          "Resolution by direction", "Resolution of the final maps by direction.",
          "cFAR \(Format.fixed(cones.areaRatio, 2))"))
    }
    return figures
  }
}
