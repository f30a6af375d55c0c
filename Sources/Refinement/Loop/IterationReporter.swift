import CryoEM
import Glibc
import Ground

/// Turns the state after an iteration into what screens and tables show.
struct IterationReporter {
  let frame: ParticleFrame
  let usable: UsableImages
  let settings: RefinementSettings
  /// The noise of packing.
  let packingNoise: Survey
  let state: RefinementState

  /// - Parameters:
  ///   - start: what is reported in place of the product's curves: those of the input's half-maps.
  func metrics(
    _ product: ReferenceMaker.Product, start: HalfMapMeasurement? = nil,
    findings: [SearchPass.Finding], previous: [Alignment],
    drift: [CommonMotion], greyscale: [Double], clock: IterationClock,
    band: Int
  ) -> IterationMetrics {
    let used = state.poses.indices.filter { usable.uses($0) }
    func changes(_ reference: [Alignment]) -> (rotation: [Double], shift: [Double]) {
      let pairs = used.map { index -> (Double, Double) in
        let (from, to) = (reference[index], state.poses[index])
        let prior = frame.prior(of: index, state, settings)
        let shift = prior.fulcrumPosition(to) - prior.fulcrumPosition(from)
        return (
          degrees(from.rotation.angle(to: to.rotation)), (shift * shift).sum().squareRoot()
        )
      }
      return (pairs.map(\.0), pairs.map(\.1))
    }
    let fromStart = changes(state.start)
    let fromPrevious = changes(previous)
    let guinier = start?.guinier ?? product.guinier
    let evaluations = findings.reduce(0) { $0 + $1.evaluations }
    let views = used.map { state.poses[$0].rotation.row2 }
    return IterationMetrics(
      iteration: state.iteration, boxSize: start?.size ?? product.size,
      pixelSize: start?.pixelSize ?? product.voxelSize,
      bandShell: shell(ofBand: band, edge: guinier.edge), fsc: start?.fsc ?? product.fsc,
      rotationFromStart: .init(of: fromStart.rotation),
      rotationFromPrevious: .init(of: fromPrevious.rotation),
      shiftFromStart: .init(of: fromStart.shift),
      shiftFromPrevious: .init(of: fromPrevious.shift),
      shareAtLimit: used.isEmpty || findings.isEmpty
        ? 0 : Double(findings.filter(\.isAtLimit).count) / Double(used.count),
      posteriorRotation: median(used.map { degrees(state.posteriors[$0].rotationDeviation) }),
      posteriorShift: median(used.map { frame.shiftDeviation(of: $0, state, settings) }),
      driftRotation: drift.map { degrees($0.rotation) }, driftShift: drift.map(\.shift),
      greyscale: greyscale, orientationAzimuths: ViewCounts.columns,
      orientationCounts: ViewCounts(views).counts,
      noise: noise(edge: guinier.edge, shells: (start?.fsc ?? product.fsc).corrected.count),
      guinier: guinier.values,
      scale: .init(of: used.map { Double(state.scales[$0]) }, lower: 0, upper: 3),
      effectiveSampleSize: .init(
        of: used.map { state.posteriors[$0].effectiveSampleSize }, lower: 0, upper: 7, bins: 28),
      scoreGain: .init(of: findings.isEmpty ? [] : used.map { findings[$0].gain }),
      evaluationsPerParticle: used.isEmpty ? 0 : Double(evaluations) / Double(used.count),
      particles: used.count, skipped: usable.skipped.count, seconds: clock.seconds,
      cpuSeconds: clock.cpuSeconds,
      motion: motion(seenWith: product.fsc),
      views: ViewStatistics(
        views: views, symmetry: frame.geometry.symmetry,
        scheduler: scheduler(threads: settings.threads)))
  }

  /// How the body moves; nil where the half-maps do not show a body whose motion that could be: poses that
  /// follow noise spread, too.
  func motion(seenWith fsc: FSCReport) -> BodyMotion? {
    let geometry = frame.geometry
    guard fsc.resolution50 < 0.5 * geometry.maskDiameter * geometry.pixelSize else { return nil }
    return BodyMotion(
      state.motions, fulcrum: geometry.fulcrum, box: geometry.box, pixelSize: geometry.pixelSize)
  }

  /// The metrics of the final pass: those of the last iteration, but for what was measured on the final
  /// half-maps.
  func final(
    _ last: IterationMetrics, measured: HalfMapMeasurement, cones: ConeStatistics, band: Int,
    clock: IterationClock
  ) -> IterationMetrics {
    var metrics = last
    metrics.iteration = last.iteration + 1
    metrics.isFinal = true
    (metrics.boxSize, metrics.pixelSize) = (measured.size, measured.pixelSize)
    (metrics.fsc, metrics.cones) = (measured.fsc, cones)
    metrics.guinier = measured.guinier.values
    let edge = measured.guinier.edge
    metrics.bandShell = shell(ofBand: band, edge: edge)
    metrics.noise = noise(edge: edge, shells: measured.fsc.corrected.count)
    (metrics.seconds, metrics.cpuSeconds) = (clock.seconds, clock.cpuSeconds)
    return metrics
  }

  /// The shell of a box with an edge in Å that has the frequency of a shell of the window.
  private func shell(ofBand band: Int, edge: Double) -> Int {
    Int((Double(band) * edge / frame.geometry.windowEdge).rounded())
  }

  /// The noise variance of each slot per shell of a box with an edge in Å.
  private func noise(edge: Double, shells: Int) -> [[Double]] {
    let geometry = frame.geometry
    return zip(state.noiseFactors, packingNoise.noise).map { factors, spectrum in
      let factors = RadialCurve(factors, edge: geometry.windowEdge)
      let spectrum = RadialCurve(spectrum, edge: geometry.boxEdge)
      return zip(
        factors.resampled(toEdge: edge, shells: shells),
        spectrum.resampled(toEdge: edge, shells: shells)
      ).map { $0 * $1 }
    }
  }

  private func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
