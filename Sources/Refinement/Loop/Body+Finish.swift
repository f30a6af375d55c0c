import CryoEM
import Fourier
import Ground

/// The end of a refinement.
extension Body {
  /// Gives the memory of the packed images back.
  mutating func dropImages() {
    context.images.drop()
  }

  /// The result; nil on all ranks but the first.
  ///
  /// - Parameter iteration: what the last pass is called.
  mutating func finish(as iteration: Int) throws -> RefinementResult? {
    events(.stage(.final, iteration: iteration))
    var clock = IterationClock()
    clock.begin(.final)
    let total = frame.particles.count
    let pass = context.finalPass(
      transformer, outside: outside,
      isFrugal: try shard.agree(memory.finalIsFrugal), ewald: ewaldCurvature())
    let progress = StageProgress(
      .final, particles: total, costs: pass.costs, events: events)
    let tell: @Sendable (Int) -> Void = {
      progress.tell(Double($0) / Double(total), of: 0, done: $0)
    }
    guard var sums = try pass.accumulate(state, progress: tell), let last = loop.metrics.last
    else { return nil }
    for line in context.usable.bad.warnings(of: .final) { events(.warning(line)) }
    let halves = sums.takeHalfMaps()
    progress.tell(1, of: 1)
    let measures = FinalMeasures(
      halfA: halves.a, halfB: halves.b, mask: input.mask, settings: context.settings
    ) { progress.tell(1, of: 2) }
    let fsc = measures.fsc
    say(fsc)
    // The combined map is filtered already: sharpening only adds the B factor and the cut.
    let map = sums.combined(fsc: fsc.corrected)
    progress.tell(1, of: 3)
    let sharpened = measures.sharpened(map)
    let mask = MaskChoice(
      halves: [halves.a, halves.b],
      region: ownMask, resolution: .infinity,
      hasStarted: state.isMaskDynamic, settings: context.settings
    ).mask
    let localResolution = measures.localResolution()
    let cones = measures.cones
    clock.end()
    let final = context.reporter(state).final(
      last, measured: measures.measurement, cones: cones, band: loop.searchedBand, clock: clock)
    events(.final(final))
    return RefinementResult(
      poses: frame.poses(state),
      halfSets: frame.particles.halfSets,
      rotationDeviations: state.posteriors.map { degrees($0.rotationDeviation) },
      shiftDeviations: state.poses.indices.map {
        frame.shiftDeviation(of: $0, state, context.settings)
      },
      scales: context.settings.minimizeScale ? state.scales.map(Double.init) : nil,
      evidence: evidence, badImages: context.usable.bad.all, halfMapA: halves.a, halfMapB: halves.b,
      map: map, sharpened: sharpened, mask: mask, fscMask: input.mask,
      localResolution: localResolution, fsc: fsc, bFactor: measures.bFactor,
      converged: loop.converged,
      metrics: loop.metrics, final: final, bodyDefocus: state.bodyDefocus,
      bodyDefoci: bodyDefoci, refinedDefoci: refinedDefoci)
  }

  /// Says what is wrong with a curve that does not fall, or falls where it ends.
  private func say(_ fsc: FSCReport) {
    if fsc.endAboveThreshold != nil {
      events(
        .warning(
          "the FSC never falls below 0.143: either the pixels are too large for the resolution, or the "
            + "half-sets share images"))
    } else if fsc.isCut {
      events(.log("The FSC is at 0.143 at the finest shell: the pixels bound the resolution"))
    }
  }
}
