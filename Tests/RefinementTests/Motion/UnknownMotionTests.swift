import CryoEM
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// What is said of a motion that the images do not show.
struct UnknownMotionTests {
  /// The last motion that is told, and whether the log says that none is known.
  private func told(signalToNoise: Double) throws -> (motion: BodyMotion?, isUnknown: Bool) {
    var set = TwoBodyRefinement(
      count: 160, box: 32, pixelSize: 6, signalToNoise: signalToNoise, motion: 8)
    set.settings.priorModel = .learned
    set.settings.maximumIterations = 3
    let isUnknown = Mutex(false)
    let result = try refine(set.input) { event in
      if case .log(let line) = event, line.contains("is not known") {
        isUnknown.withLock { $0 = true }
      }
    }
    return (result.final.motion, isUnknown.withLock { $0 })
  }

  /// Poses that follow noise spread, too: of images without a body nothing is told, and that is said.
  @Test func noiseHasNoMotion() throws {
    let noise = try told(signalToNoise: 1e-6)
    let (isTold, isUnknown) = (noise.motion != nil, noise.isUnknown)
    #expect(!isTold && isUnknown)
    let body = try told(signalToNoise: 4)
    let (turn, isSaid) = (body.motion?.rotations.first?.deviation.value ?? 0, body.isUnknown)
    // 8° about any axis: 4.6° about each.
    #expect(turn > 3 && turn < 9 && !isSaid, "\(turn)°")
  }

  /// Half-maps that agree by half at no finer detail than half the mask show no body that could move.
  @Test func halfMapsMustShowTheBody() throws {
    var regions = TwoRegions(count: 160, box: 32, pixelSize: 6)
    regions.set.settings.priorModel = .learned
    var body = try regions.refiner().bodies[0]
    for _ in 0..<2 { try body.advance(try body.reconstruct(hand: 0)) }
    let reporter = body.context.reporter(body.state)
    let half = 0.5 * body.context.frame.geometry.maskDiameter * 6
    let known = [0.9, 1.1, .infinity].map {
      reporter.motion(seenWith: FSCReport(resolution50: $0 * half)) != nil
    }
    #expect(known == [true, false, false])
  }
}
