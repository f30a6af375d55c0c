import CryoEM
import Testing

@testable import Ground
@testable import Refinement

struct PolishTests {
  /// A period in which the object fills a third: the interpolation errs by less than the tolerance.
  private let body = SmallBody(period: 80, fulcrum: Vector3(8, 5, -6))

  /// A start three degrees and a pixel away in a random direction.
  private func start(_ truth: Alignment, _ generator: inout SeededGenerator) -> Alignment {
    var axis = generator.normalVector3()
    axis /= (axis * axis).sum().squareRoot()
    var shift = generator.normalVector2()
    shift *= body.pixelSize / (shift * shift).sum().squareRoot()
    return Alignment(
      rotation: truth.rotation * Rotation(rotationVector: radians(3) * axis),
      position: truth.position + shift)
  }

  @Test func reachesTheTruthOfNoiseFreeImages() {
    let reference = body.reference()
    let truths = randomAlignments(20, seed: 8)
    let images = body.packed(truths)
    var generator = SeededGenerator(seed: 55)
    for (slot, truth) in truths.enumerated() {
      let start = start(truth, &generator)
      // The images' noise is 1 by convention; a gain that says "hardly any noise" ends the climb late.
      var scorer = body.scorer(reference, images, slot: slot, prior: body.openPrior(about: start))
      let found = Polish().climb(from: start, band: body.points.maximumShell, scorer: &scorer)
      let shift = found.pose.position - truth.position
      #expect(degrees(found.pose.rotation.angle(to: truth.rotation)) < 0.01)
      #expect((shift * shift).sum().squareRoot() < 0.01 * body.pixelSize)
      #expect(scorer.evaluations <= 11)
    }
  }

  /// The climb never ends below where it began, however bad the start and the image.
  @Test func neverEndsLower() {
    let reference = body.reference()
    let truths = randomAlignments(30, seed: 9)
    let images = body.packed(truths, gain: 0.004, noise: true)
    var generator = SeededGenerator(seed: 56)
    for slot in truths.indices {
      let start = Alignment(
        rotation: .random(using: &generator), position: 6 * generator.normalVector2())
      var scorer = body.scorer(
        reference, images, slot: slot,
        prior: body.openPrior(about: start, rotation: radians(10), shift: 5), scale: 0.004)
      let before = scorer.evaluate(start, band: 15)
      let found = Polish().climb(from: start, band: 15, scorer: &scorer)
      #expect(found.evaluation.value >= before.value)
      // Inside the extents, and the evaluation is that of the pose.
      let (rotation, shift) = scorer.prior.change(of: found.pose)
      #expect((rotation * rotation).sum().squareRoot() <= radians(10) * (1 + 1e-9))
      #expect((shift * shift).sum().squareRoot() <= 5 * (1 + 1e-9))
      #expect(abs(scorer.evaluate(found.pose, band: 15).value - found.evaluation.value) < 1e-9)
    }
  }

  /// An extent of zero takes its parameters out: shifts alone, or rotations about the fulcrum alone.
  @Test(arguments: [(0.0, 20.0), (0.5, 0.0)])
  func frozenParametersStay(rotation: Double, shift: Double) {
    // A fulcrum well outside the body, so that turning about it carries the body along.
    let body = SmallBody(period: 80, fulcrum: Vector3(60, -50, 40))
    let reference = body.reference()
    let truths = randomAlignments(10, seed: 10)
    let images = body.packed(truths)
    let fulcrum = body.geometry.fulcrum
    for (slot, truth) in truths.enumerated() {
      var start = truth
      if rotation == 0 {
        start.position += Vector2(2, -1.5)
      } else {
        // Turned about the fulcrum, which stays in place.
        start.rotation = truth.rotation * Rotation(rotationVector: Vector3(0.04, -0.03, 0.02))
        start.position +=
          truth.rotation.projected(fulcrum) - start.rotation.projected(fulcrum)
      }
      var scorer = body.scorer(
        reference, images, slot: slot,
        prior: body.openPrior(about: start, rotation: rotation, shift: shift))
      let found = Polish().climb(from: start, band: 15, scorer: &scorer).pose
      let (turned, moved) = scorer.prior.change(of: found)
      if rotation == 0 { #expect((turned * turned).sum().squareRoot() < 1e-7) }
      if shift == 0 { #expect((moved * moved).sum().squareRoot() < 1e-7) }
      let away = found.position - truth.position
      #expect(degrees(found.rotation.angle(to: truth.rotation)) < 0.01)
      #expect((away * away).sum().squareRoot() < 0.01 * body.pixelSize)
    }
  }

  /// A strong prior wins over a weak image: the maximum of the posterior lies between.
  @Test func thePriorPulls() {
    let reference = body.reference()
    let truth = randomAlignments(1, seed: 11)[0]
    var generator = SeededGenerator(seed: 57)
    let start = start(truth, &generator)
    let images = body.packed([truth], gain: 0.002)
    let angles = [1e6, radians(3), radians(0.3), radians(0.01)].map { width -> Double in
      var prior = body.openPrior(about: start)
      prior.gaussian = PoseGaussian(
        rotationPrecision: 1 / (width * width), shiftPrecision: 0)
      var scorer = body.scorer(reference, images, prior: prior, scale: 0.002)
      let found = Polish().climb(from: start, band: 15, scorer: &scorer).pose
      return degrees(found.rotation.angle(to: start.rotation))
    }
    #expect(abs(angles[0] - 3) < 0.3 && angles[3] < 0.05)
    #expect(angles[0] >= angles[1] && angles[1] > angles[2] && angles[2] > angles[3], "\(angles)")
  }
}
