import CryoEM
import Glibc

/// Turns the state after an iteration into what screens and tables show.
struct IterationReporter {
  let context: RunContext
  let state: RefinementState

  func metrics(
    _ product: ReferenceMaker.Product, outcomes: [SearchPass.Outcome], previous: [Alignment],
    drift: [CommonMotion], greyscale: [Double], clock: IterationClock,
    band: Int
  ) -> IterationMetrics {
    let used = state.poses.indices.filter { !context.skipped.contains($0) }
    func changes(_ reference: [Alignment]) -> (rotation: [Double], shift: [Double]) {
      let pairs = used.map { index -> (Double, Double) in
        let (from, to) = (reference[index], state.poses[index])
        let prior = context.prior(of: index, state)
        let shift = prior.fulcrumPosition(to) - prior.fulcrumPosition(from)
        return (
          degrees(from.rotation.angle(to: to.rotation)), (shift * shift).sum().squareRoot()
        )
      }
      return (pairs.map(\.0), pairs.map(\.1))
    }
    let fromStart = changes(state.start)
    let fromPrevious = changes(previous)
    let evaluations = outcomes.reduce(0) { $0 + $1.evaluations }
    return IterationMetrics(
      iteration: state.iteration, boxSize: product.size, pixelSize: product.voxelSize,
      bandShell: Int(
        (Double(band) * context.geometry.oversampling).rounded()),
      fsc: product.fsc,
      rotationFromStart: .init(of: fromStart.rotation),
      rotationFromPrevious: .init(of: fromPrevious.rotation),
      shiftFromStart: .init(of: fromStart.shift),
      shiftFromPrevious: .init(of: fromPrevious.shift),
      shareAtLimit: used.isEmpty || outcomes.isEmpty
        ? 0 : Double(outcomes.filter(\.isAtLimit).count) / Double(used.count),
      posteriorRotation: median(used.map { degrees(state.posteriors[$0].rotationDeviation) }),
      posteriorShift: median(used.map { context.shiftDeviation(of: $0, state) }),
      driftRotation: drift.map { degrees($0.rotation) }, driftShift: drift.map(\.shift),
      greyscale: greyscale, orientationAzimuths: Self.azimuths,
      orientationCounts: orientations(used), noise: noise(), guinier: product.guinier,
      scale: .init(of: used.map { Double(state.scales[$0]) }, lower: 0, upper: 3),
      effectiveSampleSize: .init(
        of: used.map { state.posteriors[$0].effectiveSampleSize }, lower: 0, upper: 7, bins: 28),
      scoreGain: .init(of: outcomes.isEmpty ? [] : used.map { outcomes[$0].gain }),
      evaluationsPerParticle: used.isEmpty ? 0 : Double(evaluations) / Double(used.count),
      particles: used.count, skipped: context.skipped.count, seconds: clock.seconds,
      cpuSeconds: clock.cpuSeconds,
      motion: BodyMotion(
        state.motions, fulcrum: context.geometry.fulcrum, box: context.geometry.box,
        pixelSize: context.geometry.pixelSize))
  }

  private static let azimuths = 48
  private static let elevations = 24

  /// Particles per cell of the viewing direction's azimuth and elevation.
  private func orientations(_ used: [Int]) -> [Int] {
    var counts = [Int](repeating: 0, count: Self.azimuths * Self.elevations)
    for index in used {
      let direction = state.poses[index].rotation.row2
      var azimuth = atan2(direction.y, direction.x) / (2 * .pi)
      if azimuth < 0 { azimuth += 1 }
      let elevation = asin(min(max(direction.z, -1), 1)) / .pi + 0.5
      let column = min(Int(azimuth * Double(Self.azimuths)), Self.azimuths - 1)
      let row = min(Int(elevation * Double(Self.elevations)), Self.elevations - 1)
      counts[row * Self.azimuths + column] += 1
    }
    return counts
  }

  /// The noise variance of each slot per shell of the window.
  private func noise() -> [[Double]] {
    let ratio = Double(context.geometry.box) / Double(context.geometry.window)
    return state.noiseFactors.enumerated().map { slot, factors in
      factors.enumerated().map { shell, factor in
        let spectrum = context.survey.noise[slot]
        return factor * spectrum[min(Int((Double(shell) * ratio).rounded()), spectrum.count - 1)]
      }
    }
  }

  private func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }
}
