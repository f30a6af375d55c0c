import CryoEM
import Ground
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
        frame.particles.halfSets[$0] == half && context.usable.uses($0)
          && !outcomes[$0].isLost
      }
      let start =
        state.motions.isEmpty
        ? MotionModel(rotation: settings.priorRotation, shift: settings.priorShift)
        : state.motions[half.rawValue]
      let step = max(1, (members.count + MotionLearning.sampleSize - 1) / MotionLearning.sampleSize)
      let sample = stride(from: 0, to: members.count, by: step).map { members[$0] }
      var model = MotionLearning(
        sample.map { outcomes[$0].likelihood }, views: sample.map { frame.view(of: $0, state) },
        threads: settings.threads
      ).learned(from: start)
      var removed = Vector6()
      if settings.anchorFrame {
        removed = model.mean
        common[half.rawValue] = CommonMotion(removed)
      }
      take(outcomes, of: members, model: model, removed: removed)
      model.mean = model.mean - removed
      loop.motionChange = max(loop.motionChange, model.change(from: start))
      models.append(model)
    }
    loop.refinement.motions = models
    return common
  }

  /// Particles' poses and their widths, by their images and the motion.
  private mutating func take(
    _ outcomes: [SearchPass.Outcome], of members: [Int], model: MotionModel, removed: Vector6
  ) {
    let (context, frame, state) = (context, frame, state)
    let found = Collected<(pose: Alignment, covariance: Matrix5)?>(count: members.count)
    parallelFor(
      count: members.count, chunk: 16, threads: context.settings.threads, name: "particles: take"
    ) { range, _ in
      for index in range {
        let particle = members[index]
        let view = frame.view(of: particle, state)
        let estimate = MotionLearning.estimate(
          outcomes[particle].likelihood, view: view, model: model)
        guard let estimate else {
          found[index] = .some(nil)
          continue
        }
        var prior = frame.prior(of: particle, state, context.settings)
        prior.start = state.start[particle]
        let pose = prior.clamped(prior.pose(changedBy: view.seen(estimate.mean - removed)))
        found[index] = (
          pose, prior.covariance(ofChange: view.seen(estimate.covariance), at: pose)
        )
      }
    }
    for (particle, found) in zip(members, found.filled) {
      guard let found else { continue }
      loop.refinement.poses[particle] = found.pose
      loop.refinement.posteriors[particle].covariance = found.covariance
    }
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
