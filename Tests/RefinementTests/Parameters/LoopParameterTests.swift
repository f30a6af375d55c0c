import CryoEM
import EMFiles
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// What the parameters of the loop do, on refinements of a tiny two-body set.
struct LoopParameterTests {
  private func set() -> TwoBodyRefinement {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 2
    return set
  }

  /// refinement.extra_passes: as many iterations after the end was seen.
  @Test func extraPassesFollowConvergence() throws {
    var set = set()
    set.settings.maximumIterations = 15
    let plain = try set.refined()
    #expect(plain.converged)
    set.settings.extraPasses = 3
    let longer = try set.refined()
    #expect(longer.metrics.count == plain.metrics.count + 3 && longer.converged)
  }

  /// refinement.maximum_iterations: the end, and the result says that it has not converged.
  @Test func iterationsAreLimited() throws {
    var set = set()
    set.settings.maximumIterations = 1
    let result = try set.refined()
    #expect(result.metrics.map(\.iteration) == [0, 1] && !result.converged)
  }

  /// search.maximum_resolution: no search goes beyond, and without it one does.
  @Test func searchesStopAtTheMaximumResolution() throws {
    var set = set()
    func finest(_ result: RefinementResult) -> Double {
      result.metrics.dropFirst().map {
        Double($0.boxSize) * $0.pixelSize / Double(max($0.bandShell, 1))
      }.min() ?? 0
    }
    let free = finest(try set.refined())
    set.settings.maximumResolution = 27
    let held = finest(try set.refined())
    #expect(free < 24 && held > 24.5, "\(free), \(held)")
  }

  /// search extents are hard, and how many particles end there is told.
  @Test func theShareAtTheLimitIsTold() throws {
    var set = set()
    (set.settings.rotationExtent, set.settings.shiftExtent) = (radians(2), 1)
    set.settings.anchorFrame = false
    let tight = try set.refined()
    let last = try #require(tight.metrics.last)
    #expect(last.shareAtLimit > 0.5, "\(last.shareAtLimit)")
    for (start, end) in zip(set.simulation.startPoses, tight.poses) {
      let motion = start.motion(to: end, about: set.simulation.phantom.hinge)
      #expect(degrees(motion.angle) < 2.001 && motion.distance < 1.001)
    }
    (set.settings.rotationExtent, set.settings.shiftExtent) = (radians(60), 40)
    #expect(try #require(try set.refined().metrics.last).shareAtLimit < 0.05)
  }

  /// search.recenter_rotations: from iteration to iteration poses get farther than the extent.
  @Test func recentredExtentsMoveAlong() throws {
    var set = set()
    set.settings.maximumIterations = 3
    set.settings.priorEnabled = false
    (set.settings.rotationExtent, set.settings.shiftExtent) = (radians(3), 3)
    let fixed = try set.refined()
    (set.settings.recenterRotations, set.settings.recenterShifts) = (true, true)
    let drifting = try set.refined()
    #expect(set.errors(of: drifting.poses).rotation < 0.9 * set.errors(of: fixed.poses).rotation)
    let far = zip(set.simulation.startPoses, drifting.poses).count {
      degrees($0.rotation.angle(to: $1.rotation)) > 4
    }
    #expect(far > 10, "\(far)")
  }

  /// refinement.marginalize: several samples where poses are uncertain, one where it is off.
  @Test func effectiveSampleSizesAreReported() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8, signalToNoise: 0.3)
    set.settings.maximumIterations = 1
    let on = try #require(try set.refined().metrics.last).effectiveSampleSize
    #expect(on.mean > 2 && on.mean <= 4, "\(on.mean)")
    set.settings.marginalize = false
    let off = try #require(try set.refined().metrics.last).effectiveSampleSize
    #expect(off.mean == 1, "\(off.mean)")
    // Sharp poses take one insertion.
    var sharp = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8, signalToNoise: nil)
    sharp.settings.maximumIterations = 1
    sharp.settings.noiseModel = .white
    let narrow = try #require(try sharp.refined().metrics.last).effectiveSampleSize
    #expect(narrow.mean < on.mean, "\(narrow.mean)")
  }

  /// refinement.estimate_greyscale: the first search believes the map's scale or measures it.
  @Test(arguments: [1.0, 4.0])
  func theGreyscaleIsMeasuredOrBelieved(factor: Float) throws {
    var body = OffCentreBody(count: 40, sigma: 5)
    func greyscale(_ estimates: Bool) throws -> [Double] {
      body.settings.estimateGreyscale = estimates
      var input = body.input()
      input.map = factor * input.map
      return try Preparation(input, control: RefinementControl(), events: { _ in })
        .prepare().state.greyscale
    }
    for value in try greyscale(true) { #expect(abs(value * Double(factor) - 1) < 0.1, "\(value)") }
    #expect(try greyscale(false) == [1, 1])
  }

  /// The searches that follow go on believing the scale or measuring it: of references of the same images it
  /// is near one, and exactly one only where nobody measures.
  @Test func laterGreyscalesAreMeasuredOrBelieved() throws {
    for estimates in [true, false] {
      var body = OffCentreBody(count: 40, sigma: 5)
      body.settings.estimateGreyscale = estimates
      body.settings.maximumIterations = 2
      var refiner = try Refiner(
        [body.input()], shard: Shard(of: body.input().particles.count), control: RefinementControl()
      ) { _, _ in }
      _ = try refiner.run()
      let found = refiner.bodies[0].state.greyscale
      #expect(estimates == (found != [1, 1]), "\(found)")
      #expect(found.allSatisfy { abs($0 - 1) < 0.2 }, "\(found)")
      let told = try #require(refiner.bodies[0].loop.metrics.last).greyscale
      #expect(told != [1, 1], "what is measured is reported all the same")
    }
  }

  /// image.invert: inverted images give the same poses where the sign is measured or told, and none
  /// worth having where it is wrong.
  @Test func theDataSignIsFound() throws {
    var set = set()
    set.settings.dataSign = .auto
    let plain = try set.refined()
    set.settings.dataSign = .as_is
    #expect(try set.refined().poses == plain.poses)
    set.pixels = set.pixels.map { -$0 }
    let wrong = set.errors(of: try set.refined().poses).rotation
    set.settings.dataSign = .auto
    #expect(try set.refined().poses == plain.poses)
    set.settings.dataSign = .inverted
    #expect(try set.refined().poses == plain.poses)
    let right = set.errors(of: plain.poses).rotation
    #expect(wrong > 1.1 * right, "\(wrong) \(right)")
  }

  /// refinement.subtract_outside: poses as good as those of a stack without the other body.
  @Test func subtractionReachesASubtractedStack() throws {
    var set = TwoBodyRefinement(signalToNoise: 1)
    set.settings.subtractOutside = true
    let onTheFly = set.errors(of: try set.refined().poses)
    // The same noise on the small body alone, times the window that all images have.
    let simulation = set.simulation
    let box = simulation.settings.boxSize
    for particle in 0..<simulation.settings.count {
      let large = PhantomProjector(
        simulation.phantom.large, boxSize: box, pixelSize: simulation.settings.pixelSize
      ).transform(at: simulation.largePoses[particle])
      var values: [Float] = []
      ContrastTransferFunction(
        optics: simulation.optics[0], defocus: simulation.defoci[particle]
      ).fill(values: &values, boxSize: box, pixelSize: simulation.settings.pixelSize)
      let image = PhantomProjector.image(
        of: zip(large, values).map { $0 * $1 }, boxSize: box)
      for (index, pixel) in set.range(of: particle).enumerated() {
        set.pixels[pixel] -= image[index]
      }
    }
    set.settings.subtractOutside = false
    let byHand = set.errors(of: try set.refined().poses)
    #expect(onTheFly.rotation < 1.35 * byHand.rotation, "\(onTheFly) against \(byHand)")
    #expect(onTheFly.shift < 1.6 * byHand.shift, "\(onTheFly) against \(byHand)")
  }
}

/// Where priors and extents are centred.
struct RecentringTests {
  @Test(arguments: [false, true], [false, true])
  func rotationsAndShiftsAreRecentredSeparately(rotations: Bool, shifts: Bool) throws {
    var body = OffCentreBody(count: 4)
    body.settings.recenterRotations = rotations
    body.settings.recenterShifts = shifts
    var input = body.input()
    // A fulcrum elsewhere than the mask's centre.
    input.fulcrum = body.centre + Vector3(12, 5, -9)
    let prepared = try Preparation(input, control: RefinementControl(), events: { _ in }).prepare()
    var state = prepared.state
    let start = prepared.context.frame.prior(of: 2, state, prepared.context.settings).centre
    let turn = Rotation(rotationVector: Vector3(0.1, -0.05, 0.2))
    state.poses[2] = Alignment(
      rotation: start.rotation * turn, position: start.position + Vector2(3, -1))
    let now = state.poses[2]
    let prior = prepared.context.frame.prior(of: 2, state, prepared.context.settings)
    #expect(prior.centre.rotation == (rotations ? now.rotation : start.rotation))
    let expected = prior.fulcrumPosition(shifts ? now : start)
    let away = prior.fulcrumPosition(prior.centre) - expected
    #expect((away * away).sum() < 1e-18)
    // Another particle has not moved.
    let other = prepared.context.frame.prior(of: 1, state, prepared.context.settings).centre
    #expect(other.rotation == state.start[1].rotation)
  }
}
