import CryoEM
import Testing

@testable import Ground
@testable import Refinement

/// The grey scale with which the first search begins.
struct CalibrationTests {
  /// Images whose true grey scale is 1 agree less with the reference at disturbed poses; that must not
  /// be taken for a weaker reference.
  @Test func disturbedPosesDoNotLowerTheGreyscale() throws {
    var body = OffCentreBody(count: 80, sigma: 0.5)
    body.settings.initialResolution = 9
    var generator = SeededGenerator(seed: 8)
    let disturbed = body.images.poses.map { pose in
      Pose(
        rotation: pose.rotation
          * Rotation(rotationVector: radians(6) * generator.normalVector3()),
        origin: pose.origin + 1.5 * generator.normalVector2())
    }
    let input = body.input(poses: disturbed)
    var moving = try Body(
      input, shard: Shard(of: input.particles.count), control: RefinementControl()
    ) { _ in }
    let before = moving.state.greyscale
    moving.loop.refinement.band = moving.context.frame.geometry.shell(atResolution: 9)
    try moving.calibrate(moving.initialReferences())
    for half in 0..<2 {
      #expect(before[half] < 0.9, "\(before)")
      #expect(abs(moving.state.greyscale[half] - 1) < 0.05, "\(moving.state.greyscale)")
    }
  }
}
