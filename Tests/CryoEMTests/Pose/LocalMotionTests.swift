import CryoEM
import TestSupport
import Testing

struct LocalMotionTests {
  private let fulcrum = Vector3(31, -12, 45)
  private let pose = Pose(rotation: Rotation(rot: 40, tilt: 70, psi: -25), origin: Vector2(3, -7))

  private func distance(_ a: Vector2, _ b: Vector2) -> Double {
    ((a - b) * (a - b)).sum().squareRoot()
  }

  @Test func theProjectedFulcrumStays() {
    let turn = Rotation(rotationVector: Vector3(0.2, -0.4, 0.1))
    let moved = pose.moved(rotation: turn, about: fulcrum)
    #expect(distance(moved.position(of: fulcrum), pose.position(of: fulcrum)) < 1e-12)
    let elsewhere = fulcrum + Vector3(10, 0, 0)
    #expect(distance(moved.position(of: elsewhere), pose.position(of: elsewhere)) > 1)
  }

  @Test func theTurnIsInTheReferenceFrame() {
    // A point of the body that turns about the fulcrum, seen at the old pose, is the body seen at
    // the new pose.
    let turn = Rotation(rotationVector: Vector3(0.2, -0.4, 0.1))
    let moved = pose.moved(rotation: turn, about: fulcrum)
    let point = Vector3(5, 60, -8)
    let turnedPoint = fulcrum + turn.applied(to: point - fulcrum)
    #expect(distance(moved.position(of: point), pose.position(of: turnedPoint)) < 1e-12)
  }

  @Test func theShiftIsAddedToTheOrigin() {
    let moved = pose.moved(rotation: .identity, shift: Vector2(2, 5), about: fulcrum)
    #expect(distance(moved.origin, pose.origin + Vector2(2, 5)) < 1e-12)
  }

  @Test func motionIsTheInverseOfMoved() {
    let motion = LocalMotion(
      rotation: Rotation(rotationVector: Vector3(-0.3, 0.1, 0.25)), shift: Vector2(1.5, -2))
    let found = pose.motion(to: pose.moved(by: motion, about: fulcrum), about: fulcrum)
    #expect(largestDifference(found.rotation, motion.rotation) < 1e-12)
    #expect(distance(found.shift, motion.shift) < 1e-12)
    #expect(abs(found.angle - motion.rotation.angle) < 1e-12)
    #expect(abs(found.distance - 2.5) < 1e-12)
  }
}
