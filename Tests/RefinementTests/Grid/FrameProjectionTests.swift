import CryoEM
import Fourier
import Ground
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// A map in a new frame, seen at the poses that follow it, is what it was: by the engine's own projector.
struct FrameProjectionTests {
  @Test(arguments: [
    FrameChange(rotation: Rotation(rot: 23, tilt: 51, psi: -112), centre: Vector3(4.2, -7.3, 2.9)),
    FrameChange(centre: Vector3(-5.5, 3.1, 8.4)),
    FrameChange(rotation: Rotation(rot: 90, tilt: 180, psi: 10)),
  ])
  func projectionsStay(change: FrameChange) {
    let body = Phantom.random(blobs: 30, radius: 16, width: 3.5, seed: 2)
    let map = body.map(size: 40, pixelSize: 2)
    let moved = map.moved(by: change)
    let points = SamplingPoints(window: 40, maximumShell: 15)
    func model(_ map: Volume) -> BoxModel {
      BoxModel(map: map, maximumShell: 15, points: points)
    }
    let (before, after) = (model(map), model(moved))
    let count = points.paddedCount
    var generator = SeededGenerator(seed: 7)
    for _ in 0..<6 {
      let pose = Pose(
        rotation: .random(using: &generator),
        origin: Vector2(generator.uniform(-6, 6), generator.uniform(-6, 6)))
      func projection(_ model: BoxModel, _ pose: Pose) -> [ComplexFloat] {
        let (real, imaginary) = (FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count))
        model.project(pose, magnification: [1, 0, 0, 1], real: real, imaginary: imaginary)
        return (0..<points.count).map { ComplexFloat(real[$0], imaginary[$0]) }
      }
      let old = projection(before, pose)
      let new = projection(after, pose.moved(by: change))
      // The projector itself errs by as much between one view and another.
      #expect(relativeError(new, old) < 0.012)
      // At the old pose it is another image.
      #expect(relativeError(projection(after, pose), old) > 0.2)
    }
  }
}
