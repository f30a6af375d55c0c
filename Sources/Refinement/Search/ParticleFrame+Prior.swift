import CKernels
import CryoEM
import Fourier
import Particles

/// What is believed of particles' poses, and what scores them.
extension ParticleFrame {
  /// The prior and extents of a particle.
  func prior(
    of particle: Int, _ state: RefinementState, _ settings: RefinementSettings
  ) -> PosePrior {
    let start = state.start[particle]
    var prior = PosePrior(
      centre: start, fulcrum: geometry.fulcrum - geometry.centre,
      rotationExtent: settings.rotationExtent, shiftExtent: settings.shiftExtent,
      magnification: magnification(of: particle))
    let now = state.poses[particle]
    if settings.recenterRotations {
      let held = prior.fulcrumPosition(prior.centre)
      prior.centre.rotation = now.rotation
      prior.centre.position = held - prior.projectedFulcrum(now.rotation)
    }
    if settings.recenterShifts {
      prior.centre.position += prior.fulcrumPosition(now) - prior.fulcrumPosition(prior.centre)
    }
    if settings.learnsMotion, !state.motions.isEmpty {
      // How far the body has moved counts from where it came, whatever the extents are about.
      prior.gaussian = state.motions[particles.halfSets[particle].rawValue]
        .gaussian(seenBy: view(of: particle, state))
    } else if settings.priorEnabled {
      prior.start = prior.centre
      prior.gaussian = PoseGaussian(
        rotationPrecision: 1 / (settings.priorRotation * settings.priorRotation),
        shiftPrecision: 1 / (settings.priorShift * settings.priorShift))
    }
    return prior
  }

  /// Standard deviation of where a particle's fulcrum appears, along an axis, Å.
  func shiftDeviation(
    of particle: Int, _ state: RefinementState, _ settings: RefinementSettings
  ) -> Double {
    let moves = prior(of: particle, state, settings).shiftDerivatives(at: state.poses[particle])
    return state.posteriors[particle].shiftDeviation(moves)
  }

  /// What tells how well a particle's image agrees with the reference of its half and fold.
  ///
  /// - Parameters:
  ///   - points: the pixels of the image.
  ///   - references: indexed [half · folds + fold].
  ///   - factors: of the noise slots' pixels.
  func scorer(
    of particle: Int, _ image: fulcrum_image, at points: SamplingPoints,
    against references: [ReferenceGrid],
    factors: [FFTBuffer<Float>], prior: PosePrior, _ state: RefinementState
  ) -> PoseScorer {
    PoseScorer(
      reference: references[foldSlot(of: particle)], image: image, points: points,
      factor: factors[particles.slot(of: particle)], geometry: geometry,
      magnification: magnification(of: particle), prior: prior,
      scale: state.greyscale[particles.halfSets[particle].rawValue]
        * Double(state.scales[particle]))
  }
}
