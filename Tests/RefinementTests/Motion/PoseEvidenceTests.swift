import CryoEM
import Glibc
import Ground
import TestSupport
import Testing

@testable import Refinement

/// What a run says of its poses by the images alone.
struct PoseEvidenceTests {
  /// At the best pose slope and prior balance, and evidence and prior together give the widths that the
  /// run tells.
  @Test func withThePriorItIsThePosterior() throws {
    let test = TwoBodyRefinement(count: 60, signalToNoise: 1)
    var settings = test.settings
    settings.anchorFrame = false
    settings.priorModel = .fixed
    var input = test.input
    input.settings = settings
    let result = try refine(input, events: { _ in })
    #expect(result.evidence.count == 60)
    let fulcrum = input.fulcrum
    var remainders: [Double] = []
    let (rotation, shift) = (settings.priorRotation, settings.priorShift)
    for particle in 0..<60 {
      let evidence = result.evidence[particle]
      let motion = test.particles.poses[particle].motion(
        to: result.poses[particle], about: fulcrum)
      let vector = motion.rotation.rotationVector
      var total = Matrix5()
      for row in 0..<5 {
        for column in 0..<5 { total[row, column] = evidence.information(row, column) }
        let sd = row < 3 ? rotation : shift
        total[row, row] += 1 / (sd * sd)
      }
      // The prior's pull along the change; small turns, so that its parameters are the change's.
      let turned = vector / (rotation * rotation)
      let shifted = motion.shift / (shift * shift)
      let pull: [Double] = [turned.x, turned.y, turned.z, -shifted.x, -shifted.y]
      let covariance = try #require(total.inverse)
      var rest = Vector5()
      for row in 0..<5 { rest[row] = Double(evidence.slope[row]) - pull[row] }
      // What is left of the climb, in deviations: it ends at 0.03.
      let left = rest.dot(covariance.times(rest)).squareRoot()
      remainders.append(left)
      var bounded = total
      for row in 0..<3 {
        bounded[row, row] += 5 / (settings.rotationExtent * settings.rotationExtent)
      }
      for row in 3..<5 { bounded[row, row] += 4 / (settings.shiftExtent * settings.shiftExtent) }
      let width = try #require(bounded.inverse)
      let deviation = degrees(((width[0, 0] + width[1, 1] + width[2, 2]) / 3).squareRoot())
      #expect(abs(deviation / result.rotationDeviations[particle] - 1) < 0.03)
    }
    // A climb of the last band may end early, at its steps' limit.
    #expect(remainders.count { $0 < 0.1 } >= 55, "\(remainders)")
    #expect(remainders.count { $0 < 1 } >= 59, "\(remainders)")
  }
}
