import CryoEM
import Fourier
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Whole refinements of tiny sets with known truth.
struct WholeRefinementTests {
  /// Poses of the small body come much closer to the truth than they started, its frame stays, and
  /// subtracting the other body does not harm.
  @Test func findsTheSmallBody() throws {
    var set = TwoBodyRefinement()
    let start = set.errors(of: set.simulation.startPoses)
    var ends: [(rotation: Double, shift: Double)] = []
    for subtracts in [false, true] {
      set.settings.subtractOutside = subtracts
      let result = try set.refined()
      let end = set.errors(of: result.poses)
      #expect(end.rotation < 0.55 * start.rotation, "\(end) from \(start)")
      #expect(end.shift < 0.35 * start.shift, "\(end) from \(start)")
      let drift = try #require(set.drift(of: result.poses))
      let before = try #require(set.drift(of: set.simulation.startPoses))
      #expect(drift.rotation < before.rotation + 0.2, "\(drift) from \(before)")
      #expect(drift.shift < before.shift + 0.2, "\(drift) from \(before)")
      #expect(result.metrics.map(\.iteration) == Array(0..<result.metrics.count))
      #expect(result.badImages.isEmpty && result.halfMapA.size == 48)
      // What the posteriors promise is about what is true.
      let width = result.rotationDeviations.sorted()[80] * 3.0.squareRoot()
      #expect(width > 0.4 * end.rotation && width < 2.5 * end.rotation, "\(width), \(end)")
      ends.append(end)
    }
    #expect(ends[1].rotation < 1.1 * ends[0].rotation && ends[1].shift < 1.1 * ends[0].shift)
  }

  /// The same bytes from one, two and three threads.
  @Test(arguments: RefinementSettings.PriorModel.allCases)
  func threadsRefineAlike(model: RefinementSettings.PriorModel) throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.priorModel = model
    set.settings.maximumIterations = 2
    set.settings.subtractOutside = true
    let results = try [1, 2, 3].map { threads in
      set.settings.threads = threads
      return try set.refined()
    }
    for other in results.dropFirst() {
      #expect(other.poses == results[0].poses)
      #expect(other.halfMapA == results[0].halfMapA && other.halfMapB == results[0].halfMapB)
      #expect(other.sharpened == results[0].sharpened)
      #expect(other.rotationDeviations == results[0].rotationDeviations)
    }
    #expect(results[0].poses != set.simulation.startPoses)
  }

  /// Without extents nothing moves, not by a bit.
  @Test func heldPosesStay() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    (set.settings.rotationExtent, set.settings.shiftExtent) = (0, 0)
    let result = try set.refined()
    #expect(result.poses == set.simulation.startPoses)
    #expect(result.rotationDeviations.allSatisfy { $0 == 0 })
    #expect(result.metrics.allSatisfy { $0.driftRotation.allSatisfy { $0 == 0 } })
  }

  /// Without a shift extent particles turn about the fulcrum, which neither moves nor has a width.
  @Test func rotationsAloneHoldTheFulcrum() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.shiftExtent = 0
    set.settings.maximumIterations = 1
    set.settings.anchorFrame = false
    let result = try set.refined()
    for (start, end) in zip(set.simulation.startPoses, result.poses) {
      #expect(start.motion(to: end, about: set.simulation.phantom.hinge).distance < 1e-6)
    }
    #expect(result.poses != set.simulation.startPoses)
    #expect(result.shiftDeviations.allSatisfy { $0 < 1e-3 })
    #expect(result.metrics.last?.posteriorShift ?? 1 < 1e-3)
    #expect(result.rotationDeviations.allSatisfy { $0 > 0.1 })
  }

  /// An image of half a says nothing to half b before the halves' correlation is first used.
  @Test(arguments: RefinementSettings.PriorModel.allCases)
  func halvesAreIndependent(model: RefinementSettings.PriorModel) throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.priorModel = model
    set.settings.maximumIterations = 1
    let first = try set.refined()
    let changed = try #require(set.simulation.halfSets.firstIndex(of: .a))
    var generator = SeededGenerator(seed: 40)
    for index in set.range(of: changed) { set.pixels[index] += Float(20 * generator.normal()) }
    let second = try set.refined()
    #expect(second.halfMapB == first.halfMapB)
    #expect(second.halfMapA != first.halfMapA)
    for (index, half) in set.simulation.halfSets.enumerated() where half == .b {
      #expect(second.poses[index] == first.poses[index])
    }
  }

  /// Noise aligned to a reference does not correlate between the halves beyond the reference's own
  /// resolution, nor does the resolution creep.
  @Test(arguments: [1, 4])
  func noiseStaysNoise(folds: Int) throws {
    var set = TwoBodyRefinement(count: 120, box: 32, pixelSize: 6, signalToNoise: nil)
    var generator = SeededGenerator(seed: 77)
    for index in set.pixels.indices { set.pixels[index] = Float(generator.normal()) }
    set.settings.referenceFolds = folds
    set.settings.initialResolution = 50
    set.settings.splitResolution = 80
    set.settings.maximumIterations = 4
    let result = try set.refined()
    // The first reference reaches shell 4 of 16 (50 Å of 192), with an edge of two shells.
    let curve = fourierShellCorrelation(
      result.halfMapA, result.halfMapB, mask: result.mask)
    #expect(curve.mean(over: 8..<15) < 0.15, "\(curve.values)")
    let last = try #require(result.metrics.last)
    #expect(last.fsc.resolution143 > 25, "\(last.fsc.resolution143)")
  }

  /// Stopped at once: no result.
  @Test func stopsWhenAsked() throws {
    let set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    let control = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      _ = try set.refined(control: control) { event in
        if case .stage(.search, 1) = event { control.requestStop() }
      }
    }
  }

  /// Stopped after an iteration: an early end, with final maps.
  @Test func endsEarlyWithAFinalPass() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 9
    set.settings.extraPasses = 9
    let control = RefinementControl()
    let stages = Mutex<[RefinementEvent.Stage]>([])
    let result = try set.refined(control: control) { event in
      if case .iteration(let metrics) = event, metrics.iteration == 1 {
        control.requestStopAfterIteration()
      }
      if case .stage(let stage, _) = event { stages.withLock { $0.append(stage) } }
    }
    #expect(result.metrics.map(\.iteration) == [0, 1] && !result.converged)
    #expect(stages.withLock { $0.last } == .final)
    #expect(result.map.voxels.contains { $0 != 0 } && result.poses != set.simulation.startPoses)
  }

  /// Skipped particles keep their poses and disturb nothing.
  @Test func badImagesAreLeftAlone() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 2
    set.settings.badImageShare = 0.05
    for particle in [0, 7, 30] { set.pixels[set.range(of: particle).lowerBound] = .nan }
    let result = try set.refined()
    #expect(result.badImages.map(\.particle) == [0, 7, 30])
    for particle in [0, 7, 30] {
      #expect(result.poses[particle] == set.simulation.startPoses[particle])
    }
    #expect(result.halfMapA.voxels.allSatisfy { $0.isFinite })
    #expect(result.metrics.allSatisfy { $0.particles == 57 && $0.skipped == 3 })
  }

  /// Without a mask everything in the images is refined.
  @Test func refinesWithoutAMask() throws {
    let set = TwoBodyRefinement(motion: 3)
    var input = set.input
    input.mask = input.mask.map { _ in 1 }
    let geometry = Geometry(box: 48, mask: input.mask, fulcrum: .zero, shiftExtent: 5)
    #expect(geometry.maskDiameter == 48 && geometry.centre == .zero)
    #expect(geometry.period < 96 && geometry.window == 48)
    let result = try refine(input) { _ in }
    #expect(result.mask.voxels.contains(0) && result.mask.voxels.contains(1))
    #expect(result.mask[result.mask.size / 2, 24, 24] == 1)
    // The larger body leads.
    let angles = zip(result.poses, set.simulation.largePoses)
      .map { degrees($0.rotation.angle(to: $1.rotation)) }.sorted()
    #expect(angles[80] < 2, "\(angles[80])")
  }
}
