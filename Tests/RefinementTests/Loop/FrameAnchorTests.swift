import CryoEM
import Testing

@testable import Ground
@testable import Refinement

struct FrameAnchorTests {
  private let turn = Rotation(rotationVector: Vector3(0.03, -0.05, 0.02))
  private let translation = Vector3(1.5, -0.7, 2.2)

  private func carried(_ start: Alignment, _ magnification: Magnification) -> Alignment {
    Alignment(
      rotation: start.rotation * turn,
      position: start.position
        + magnification.position(of: start.rotation.projected(translation)))
  }

  /// A motion that all particles share is found and taken out, whatever the magnification.
  @Test(arguments: [Magnification.identity, Magnification([1.05, 0.03, -0.02, 0.96])])
  func commonMotionIsRemovedExactly(magnification: Magnification) throws {
    let starts = randomAlignments(60)
    var sums = FrameAnchor.Sums()
    for start in starts {
      sums.add(start: start, now: carried(start, magnification), magnification: magnification)
    }
    let anchor = try #require(sums.anchor)
    #expect(anchor.rotation.angle(to: turn) < 1e-7)
    let error = anchor.translation - translation
    #expect((error * error).sum().squareRoot() < 1e-5)
    for start in starts {
      let back = anchor.removed(
        from: carried(start, magnification), start: start, magnification: magnification)
      #expect(back.rotation.angle(to: start.rotation) < 1e-7)
      let away = back.position - start.position
      #expect((away * away).sum().squareRoot() < 1e-5)
    }
  }

  /// Motions of single particles stay: what is taken out is their mean.
  @Test func singleMotionsStay() throws {
    var generator = SeededGenerator(seed: 12)
    var sums = FrameAnchor.Sums()
    let starts = randomAlignments(400)
    let ends = starts.map { start in
      Alignment(
        rotation: start.rotation * turn
          * Rotation(rotationVector: 0.04 * generator.normalVector3()),
        position: carried(start, .identity).position + 2 * generator.normalVector2())
    }
    for (start, end) in zip(starts, ends) { sums.add(start: start, now: end) }
    let anchor = try #require(sums.anchor)
    // The mean of 400 independent motions.
    #expect(anchor.rotation.angle(to: turn) < 4 * 0.04 / 20)
    let error = anchor.translation - translation
    #expect((error * error).sum().squareRoot() < 4 * 2 / 20 * 1.5)
  }

  /// Two particles say nothing of a common motion, and views along one axis nothing of that axis.
  @Test func littleIsLeftAlone() throws {
    var few = FrameAnchor.Sums()
    for start in randomAlignments(9) { few.add(start: start, now: carried(start, .identity)) }
    #expect(few.anchor == nil)
    var views = FrameAnchor.Sums()
    for step in 0..<30 {
      let start = Alignment(
        rotation: Rotation(rot: 0, tilt: 0, psi: Double(step * 12)), position: .zero)
      views.add(start: start, now: carried(start, .identity))
    }
    let anchor = try #require(views.anchor)
    #expect(abs(anchor.translation.z) < 1e-9)
    #expect(abs(anchor.translation.x - translation.x) < 1e-5)
  }
}
