import CryoEM

/// Climbs from a pose to the nearest maximum of the posterior: Levenberg–Marquardt on the rotation
/// vector and the position, with the prior and inside the extents.
///
/// Levenberg (1944), Marquardt (1963); the damping scales the curvature's diagonal, and a step is
/// taken when it gains at least a quarter of what the quadratic model promised.
struct Polish {
  /// Steps at most for one band.
  var maximumSteps = 10
  /// Newton decrement, in standard deviations of the posterior, at which the climb ends.
  var tolerance = 0.03

  /// The maximum near `start` up to a shell, the posterior there, and the log posterior at `start`.
  func climb(
    from start: Alignment, band: Int, scorer: inout PoseScorer
  ) -> (pose: Alignment, evaluation: PoseEvaluation, start: Double) {
    var pose = start
    var here = scorer.evaluate(pose, band: band)
    let first = here.value
    var damping = 1e-3
    for _ in 0..<maximumSteps {
      guard
        let (step, promise) = Self.step(here, at: pose, damping: damping, prior: scorer.prior)
      else {
        damping = max(damping * 10, 1e-3)
        if damping > 1e6 { break }
        continue
      }
      if promise < 0.5 * tolerance * tolerance { break }
      let trial = scorer.prior.clamped(Self.moved(pose, by: step))
      let there = scorer.evaluate(trial, band: band)
      let gain = there.value - here.value
      if gain >= 0.25 * promise {
        pose = trial
        here = there
        damping = max(damping / 10, 1e-4)
        if gain < 0.5 * tolerance * tolerance { break }
      } else {
        if gain > 0 {
          pose = trial
          here = there
        }
        damping = min(max(damping * 10, 1e-2), 1e6)
        if damping > 1e4 { break }
      }
    }
    return (pose, here, first)
  }

  /// The damped Newton step and the gain that the quadratic model promises.
  private static func step(
    _ evaluation: PoseEvaluation, at pose: Alignment, damping: Double, prior: PosePrior
  ) -> (Vector5, Double)? {
    var damped = evaluation.curvature
    var gradient = evaluation.gradient
    freeze(&damped, &gradient, at: pose, prior: prior)
    let undamped = damped
    for index in 0..<5 { damped[index, index] *= 1 + damping }
    guard let factor = damped.cholesky else { return nil }
    let step = factor.solvingAsFactor(gradient)
    let promise = gradient.dot(step) - 0.5 * step.dot(undamped.times(step))
    return (step, promise)
  }

  /// Takes parameters out of the problem whose extent is zero.
  ///
  /// Without shifts it is the projected fulcrum that stays, not the reference's origin: rotations
  /// carry the origin along.
  static func freeze(
    _ curvature: inout Matrix5, _ gradient: inout Vector5, at pose: Alignment, prior: PosePrior
  ) {
    if prior.shiftExtent <= 0 && prior.rotationExtent > 0 {
      carryOrigin(&curvature, &gradient, moves: prior.shiftDerivatives(at: pose))
    }
    for index in 0..<5 where (index < 3 ? prior.rotationExtent : prior.shiftExtent) <= 0 {
      for other in 0..<5 {
        curvature[index, other] = 0
        curvature[other, index] = 0
      }
      curvature[index, index] = 1
      gradient[index] = 0
    }
  }

  /// The derivatives by the rotation when the position makes up for what the fulcrum would move.
  private static func carryOrigin(
    _ curvature: inout Matrix5, _ gradient: inout Vector5, moves: InlineArray<5, Vector2>
  ) {
    let (c, g) = (curvature, gradient)
    for row in 0..<3 {
      let a = moves[row]
      gradient[row] = g[row] - a.x * g[3] - a.y * g[4]
      for column in 0..<3 {
        let b = moves[column]
        curvature[row, column] =
          c[row, column] - a.x * c[3, column] - a.y * c[4, column] - b.x * c[row, 3]
          - b.y * c[row, 4] + a.x * (b.x * c[3, 3] + b.y * c[3, 4])
          + a.y * (b.x * c[4, 3] + b.y * c[4, 4])
      }
    }
  }

  /// A pose after a step of the five parameters.
  static func moved(_ pose: Alignment, by step: Vector5) -> Alignment {
    Alignment(
      rotation: pose.rotation * Rotation(rotationVector: Vector3(step[0], step[1], step[2])),
      position: pose.position + Vector2(step[3], step[4]))
  }
}
