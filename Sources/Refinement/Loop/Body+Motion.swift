import CryoEM
import Particles

/// What a search says of how the body moves.
extension Body {
  /// Learns the motion of each half from its own particles, and takes over what motion and images
  /// together say of each pose, without what all have in common; returns that.
  mutating func learned(_ outcomes: [SearchPass.Outcome]) -> [CommonMotion] {
    let settings = context.settings
    var common = [CommonMotion(), CommonMotion()]
    var models: [MotionModel] = []
    loop.motionChange = 0
    for half in HalfSet.allCases {
      let members = state.poses.indices.filter {
        context.particles.halfSets[$0] == half && !context.skipped.contains($0)
          && !outcomes[$0].isLost
      }
      let start =
        state.motions.isEmpty
        ? MotionModel(rotation: settings.priorRotation, shift: settings.priorShift)
        : state.motions[half.rawValue]
      let step = max(1, (members.count + MotionLearning.sampleSize - 1) / MotionLearning.sampleSize)
      let sample = stride(from: 0, to: members.count, by: step).map { members[$0] }
      var model = MotionLearning(
        sample.map { outcomes[$0].likelihood }, views: sample.map { context.view(of: $0, state) },
        threads: settings.threads
      ).learned(from: start)
      var removed = Vector6()
      if settings.anchorFrame {
        removed = model.mean
        common[half.rawValue] = CommonMotion(removed)
      }
      for particle in members {
        take(outcomes[particle], of: particle, model: model, removed: removed)
      }
      model.mean = model.mean - removed
      loop.motionChange = max(loop.motionChange, model.change(from: start))
      models.append(model)
    }
    loop.refinement.motions = models
    return common
  }

  /// A particle's pose and its width, by its image and the motion.
  private mutating func take(
    _ outcome: SearchPass.Outcome, of particle: Int, model: MotionModel, removed: Vector6
  ) {
    let view = context.view(of: particle, state)
    guard
      let estimate = MotionLearning.estimate(outcome.likelihood, view: view, model: model)
    else { return }
    var prior = context.prior(of: particle, state)
    prior.start = state.start[particle]
    let pose = prior.clamped(prior.pose(changedBy: view.seen(estimate.mean - removed)))
    loop.refinement.poses[particle] = pose
    loop.refinement.posteriors[particle].covariance = prior.covariance(
      ofChange: view.seen(estimate.covariance), at: pose)
  }
}

extension CommonMotion {
  fileprivate init(_ motion: Vector6) {
    func length(_ first: Int) -> Double {
      (first..<first + 3).reduce(0.0) { $0 + motion[$1] * motion[$1] }.squareRoot()
    }
    self.init(rotation: length(0), shift: length(3))
  }
}
