import CryoEM
import Testing

@testable import Ground
@testable import Refinement

/// The same input gives the same bytes, whatever the number of threads.
struct ThreadCountTests {
  private static let threads = [1, 2, 3, 8, 64]

  private func body() -> OffCentreBody {
    var body = OffCentreBody(count: 150, sigma: 30)
    body.settings.maximumIterations = 2
    body.settings.initialResolution = 15
    body.settings.splitResolution = 60
    body.settings.referenceFolds = 2
    return body
  }

  private func start(_ body: OffCentreBody) -> [Pose] {
    var generator = SeededGenerator(seed: 11)
    return body.images.particles.poses.map { pose in
      let turn = Rotation(
        rotationVector: radians(2)
          * Vector3(generator.normal(), generator.normal(), generator.normal()))
      return Pose(rotation: pose.rotation * turn, origin: pose.origin)
    }
  }

  private func results(_ body: OffCentreBody) throws -> [RefinementResult] {
    try Self.threads.map { threads in
      var body = body
      body.settings.threads = threads
      return try refine(body.input(poses: start(body))) { _ in }
    }
  }

  private func expectSame(_ results: [RefinementResult]) throws {
    let one = try #require(results.first)
    #expect(one.map.voxels.contains { $0 != 0 } && one.metrics.count > 1)
    for (other, threads) in zip(results, Self.threads) {
      let isSame =
        other.poses == one.poses && other.map == one.map && other.halfMapA == one.halfMapA
        && other.halfMapB == one.halfMapB && other.sharpened == one.sharpened
        && other.mask == one.mask && other.localResolution == one.localResolution
        && other.fsc.corrected == one.fsc.corrected
        && other.rotationDeviations == one.rotationDeviations
        && other.metrics.map(\.fsc.corrected) == one.metrics.map(\.fsc.corrected)
      #expect(isSame, "\(threads) threads")
    }
  }

  /// With particles spread over their posteriors, non-uniform filters and a dynamic mask.
  @Test func marginalised() throws {
    var body = body()
    body.settings.marginalize = true
    body.settings.mask = .dynamic
    body.settings.maskStartResolution = 30
    try expectSame(try results(body))
  }

  /// With symmetry, coloured noise and scales.
  @Test func symmetric() throws {
    var body = body()
    body.settings.symmetry = "C2"
    body.settings.noiseModel = .coloured
    body.settings.minimizeScale = true
    body.settings.marginalize = false
    try expectSame(try results(body))
  }

  /// With a prior whose width is learnt.
  @Test func learning() throws {
    var body = body()
    body.settings.priorEnabled = true
    body.settings.priorModel = .learned
    try expectSame(try results(body))
  }

  /// Half-sets that are inserted one after the other, for less memory, give the same sums.
  @Test func frugalFinalPass() throws {
    let prepared = try body().prepared()
    func sums(_ isFrugal: Bool) throws -> [[Float]] {
      try prepared.context.finalPass(
        prepared.transformer, outside: [], isFrugal: isFrugal
      ).accumulate(prepared.state) { _ in }?.halves.map(\.sums.array) ?? []
    }
    let (frugal, plain) = (try sums(true), try sums(false))
    #expect(frugal == plain && plain.allSatisfy { $0.contains { $0 != 0 } })
  }
}
