import CryoEM
import Glibc
import Testing

@testable import Ground
@testable import Refinement

struct PoseSearchTests {
  private let body = SmallBody(period: 48, fulcrum: Vector3(4, -3, 5))
  private let band = 14

  private func plan(motion: Double, extent: Double) -> SearchPlan {
    SearchPlan(
      geometry: body.geometry, band: band, motion: motion, extent: extent, gyration: 6,
      finest: radians(0.1))
  }

  private func search(
    _ plan: SearchPlan, extents: (rotation: Double, shift: Double)
  ) -> PoseSearch {
    PoseSearch(plan: plan, points: body.points, geometry: body.geometry, extents: extents)
  }

  private func start(_ truth: Alignment, angle: Double, _ generator: inout SeededGenerator)
    -> Alignment
  {
    var axis = generator.normalVector3()
    axis *= angle / (axis * axis).sum().squareRoot()
    let rotation = truth.rotation * Rotation(rotationVector: axis)
    let fulcrum = body.geometry.fulcrum
    return Alignment(
      rotation: rotation,
      position: truth.position + truth.rotation.projected(fulcrum) - rotation.projected(fulcrum)
        + 1.5 * generator.normalVector2())
  }

  /// The exhaustive search is the oracle: the fast one finds the same maximum in nearly all particles.
  @Test func findsWhatTheExhaustiveSearchFinds() {
    let count = 40
    let reference = body.reference()
    let truths = randomAlignments(count, seed: 12)
    let gain = 0.008
    let images = body.packed(truths, gain: gain, noise: true)
    let extents = (rotation: radians(12), shift: 6.0)
    let fast = search(plan(motion: radians(6), extent: radians(12)), extents: extents)
    let exhaustive = search(
      SearchPlan(exhaustive: body.geometry, band: band, gyration: 6, finest: radians(0.1)),
      extents: extents)
    var generator = SeededGenerator(seed: 58)
    var (same, lower, fastWork, fullWork) = (0, 0, 0, 0)
    for slot in 0..<count {
      let start = start(truths[slot], angle: radians(5), &generator)
      var scorer = body.scorer(
        reference, images, slot: slot,
        prior: body.openPrior(about: start, rotation: extents.rotation, shift: extents.shift),
        scale: gain)
      let quick = fast.search(from: start, scorer: &scorer, workspace: fast.workspace())
      fastWork += scorer.evaluations
      scorer.evaluations = 0
      let full = exhaustive.search(from: start, scorer: &scorer, workspace: exhaustive.workspace())
      fullWork += scorer.evaluations
      // A tenth of a standard deviation of log posterior is the polish's tolerance.
      if quick.evaluation.value > full.evaluation.value - 0.05 { same += 1 }
      if full.evaluation.value < quick.evaluation.value - 0.05 { lower += 1 }
      #expect(quick.evaluation.value >= scorer.score(start, band: band) - 1e-2)
      #expect(quick.gain >= 0 && full.gain >= 0)
    }
    #expect(same >= count - 2, "\(same) of \(count) found the exhaustive maximum")
    #expect(lower <= 1, "the oracle missed \(lower)")
    #expect(fastWork * 2 < fullWork)
  }

  /// From far outside the polish's basin only the grid leads home.
  @Test func theGridBringsParticlesHome() {
    let count = 20
    let reference = body.reference()
    let truths = randomAlignments(count, seed: 13)
    let images = body.packed(truths, gain: 0.02, noise: true)
    var generator = SeededGenerator(seed: 59)
    let extents = (rotation: radians(50), shift: 8.0)
    let wide = search(plan(motion: radians(25), extent: radians(50)), extents: extents)
    #expect(wide.workspace() != nil)
    var home = 0
    for slot in 0..<count {
      let start = start(truths[slot], angle: radians(40), &generator)
      var scorer = body.scorer(
        reference, images, slot: slot,
        prior: body.openPrior(about: start, rotation: extents.rotation, shift: extents.shift),
        scale: 0.02)
      let found = wide.search(from: start, scorer: &scorer, workspace: wide.workspace())
      if degrees(found.pose.rotation.angle(to: truths[slot].rotation)) < 3 { home += 1 }
    }
    #expect(home >= count - 2, "\(home) of \(count)")
  }

  /// A pose that is the best there is stays, and its gain is nothing.
  @Test func neverLeavesABetterPose() {
    let reference = body.reference()
    let truths = randomAlignments(8, seed: 14)
    let images = body.packed(truths, gain: 0.01, noise: true)
    let local = search(plan(motion: radians(1), extent: 0), extents: (radians(10), 5))
    for (slot, truth) in truths.enumerated() {
      var scorer = body.scorer(
        reference, images, slot: slot, prior: body.openPrior(about: truth), scale: 0.01)
      let first = local.search(from: truth, scorer: &scorer, workspace: local.workspace())
      let second = local.search(from: first.pose, scorer: &scorer, workspace: local.workspace())
      #expect(first.gain >= 0)
      #expect(second.gain < 0.01 && second.evaluation.value >= first.evaluation.value - 1e-2)
    }
  }

  @Test func plansRiseToTheBand() {
    let narrow = plan(motion: radians(1), extent: radians(3))
    #expect(narrow.bands == [band] && narrow.gridSpacing == nil)
    let wide = plan(motion: radians(30), extent: radians(60))
    #expect(wide.bands.first == 4 && wide.bands.last == band)
    #expect(zip(wide.bands, wide.bands.dropFirst()).allSatisfy { $0 < $1 })
    let spacing = wide.gridSpacing ?? 0
    #expect(spacing > radians(10) && spacing < radians(60))
    // The wider the search, the lower it begins.
    let between = plan(motion: radians(8), extent: radians(16))
    #expect((between.bands.first ?? 0) > 4)
  }

  /// With the true reference and known noise the errors are those of the inverse curvature: the mean of
  /// eᵀ C⁻¹ e over n particles is 5 ± √(10/n), engine.md §9.
  @Test(arguments: [0.012, 0.02, 0.04])
  func errorsReachTheCramerRaoBound(gain: Double) {
    let body = SmallBody(period: 64)
    let count = 300
    let reference = body.reference()
    let truths = randomAlignments(count, seed: 15)
    let ctf = body.points.shells.map { Float(sin(0.8 + 0.02 * Double($0 * $0))) }
    let images = body.packed(truths, gain: gain, noise: true, ctf: ctf)
    var polish = Polish()
    polish.tolerance = 0.01
    var (sum, bound, rotation) = (0.0, 0.0, 0.0)
    for (slot, truth) in truths.enumerated() {
      var scorer = body.scorer(
        reference, images, slot: slot, prior: body.openPrior(about: truth), scale: gain)
      let found = polish.climb(from: truth, band: 15, scorer: &scorer)
      let turn = (truth.rotation.transposed * found.pose.rotation).rotationVector
      let shift = found.pose.position - truth.position
      var error = Vector5()
      for axis in 0..<3 { error[axis] = turn[axis] }
      (error[3], error[4]) = (shift.x, shift.y)
      let information = scorer.evaluate(truth, band: 15).curvature
      sum += error.dot(information.times(error))
      if let covariance = information.inverse {
        bound += covariance[0, 0] + covariance[1, 1] + covariance[2, 2]
      }
      rotation += (turn * turn).sum()
    }
    let mean = sum / Double(count)
    // Some curvature of the likelihood beyond the bound's is left at the lowest signal.
    #expect(abs(mean / 5 - 1) < 4 * (10.0 / Double(count)).squareRoot() / 5 + 0.05, "\(mean)")
    #expect(abs((rotation / bound).squareRoot() - 1) < 0.12, "\((rotation / bound).squareRoot())")
  }
}
