import CryoEM

extension PosePrior {
  /// What an image says at a pose, from what it says of the change from the start.
  func evidence(_ likelihood: PoseLikelihood, at pose: Alignment) -> PoseEvidence {
    let change = changeFromStart(of: pose)
    // The shift of the fulcrum counts alike from wherever it is; the rotation vector does not.
    let turn = Rotation.rightJacobian(at: change.rotation, inverse: true)
    var derivatives = Matrix5.identity
    for row in 0..<3 { for column in 0..<3 { derivatives[row, column] = turn[row][column] } }
    let information = likelihood.information
    let slope = derivatives.transposedTimes(likelihood.vector - information.times(change))
    let here = information.congruent(by: derivatives)
    var evidence = PoseEvidence()
    var next = 0
    for row in 0..<5 {
      evidence.slope[row] = Float(slope[row])
      for column in row..<5 {
        evidence.information[next] = Float(here[row, column])
        next += 1
      }
    }
    return evidence
  }
}

extension Body {
  /// What each image says of its particle's pose by the last search; nothing where it cannot be used.
  var evidence: [PoseEvidence] {
    loop.findings.indices.map {
      !context.usable.uses($0) ? PoseEvidence() : loop.findings[$0].evidence
    }
  }

  /// What each image says of its particle's pose by a search that was just taken over; nothing where no
  /// pose was found.
  ///
  /// The references of that search stood where the frame anchor has moved the poses from since, so
  /// what the images said of the poses before holds for those after. A learnt motion moves the poses
  /// by the images and the motion; what is left of the frame's drift by then is ignored.
  func evidence(of outcomes: [SearchPass.Outcome]) -> [PoseEvidence] {
    let (settings, frame, now) = (context.settings, frame, state.poses)
    let before = state.at(loop.previous)
    return ParticleBlocks.map(outcomes.indices, threads: settings.threads) { block in
      block.map { particle in
        let outcome = outcomes[particle]
        guard !outcome.isLost else { return PoseEvidence() }
        let pose = settings.learnsMotion ? now[particle] : outcome.pose
        return frame.prior(of: particle, before, settings).evidence(outcome.likelihood, at: pose)
      }
    }.flatMap { $0 }
  }
}

extension RefinementState {
  /// The same with its particles elsewhere.
  fileprivate func at(_ poses: [Alignment]) -> RefinementState {
    var state = self
    state.poses = poses
    return state
  }
}
