import CryoEM
import Ground
import Testing

@testable import Refinement

struct MotionModelTests {
  private let magnification = Magnification([1.03, 0.01, -0.02, 0.98])

  private func vector(_ seed: UInt64) -> Vector6 {
    var generator = SeededGenerator(seed: seed)
    var x = Vector6()
    for i in 0..<6 { x[i] = generator.normal() }
    return x
  }

  /// Against a small rigid motion of the body itself: x → exp(ω)(x − f) + f + d.
  @Test func viewShowsARigidMotion() {
    let start = randomAlignments(1, seed: 8)[0]
    let prior = PosePrior(
      centre: start, fulcrum: Vector3(20, -14, 33), rotationExtent: 1, shiftExtent: 100,
      magnification: magnification)
    let turn = Vector3(0.01, -0.02, 0.005)
    let d = Vector3(1.5, -0.7, 2)
    let rotation = start.rotation * Rotation(rotationVector: turn)
    // Where the fulcrum, moved by d, appears.
    let fulcrum =
      start.position + magnification.position(of: start.rotation.projected(prior.fulcrum + d))
    let pose = Alignment(
      rotation: rotation, position: fulcrum - prior.projectedFulcrum(rotation))
    var x = Vector6()
    for i in 0..<3 { (x[i], x[3 + i]) = (turn[i], d[i]) }
    let seen = MotionView(start: start.rotation, magnification: magnification).seen(x)
    let change = prior.changeFromStart(of: pose)
    for i in 0..<5 { #expect(abs(seen[i] - change[i]) < 1e-9) }
    let again = prior.pose(changedBy: seen)
    #expect(again.rotation.angle(to: pose.rotation) < 1e-7)
    #expect(abs(again.position.x - pose.position.x) < 1e-9)
  }

  /// ⟨H x, y⟩ = ⟨x, Hᵀ y⟩, and HΣHᵀ and HᵀJH by the same.
  @Test func liftedIsTheAdjointOfSeen() {
    let view = MotionView(
      start: randomAlignments(1, seed: 3)[0].rotation, magnification: magnification)
    let (x, u) = (vector(1), vector(2))
    var y = Vector5()
    for i in 0..<5 { y[i] = vector(4)[i] }
    #expect(abs(view.seen(x).dot(y) - x.dot(view.lifted(y))) < 1e-12)
    let covariance = Matrix6(square: x) + Matrix6(square: u)
    let expected = Matrix5(square: view.seen(x)) + Matrix5(square: view.seen(u))
    let seen = view.seen(covariance)
    for i in 0..<5 { for j in 0..<5 { #expect(abs(seen[i, j] - expected[i, j]) < 1e-12) } }
    let lifted = view.lifted(Matrix5(square: y))
    let product = Matrix6(square: view.lifted(y))
    for i in 0..<6 { for j in 0..<6 { #expect(abs(lifted[i, j] - product[i, j]) < 1e-12) } }
  }
}
