import CryoEM
import Glibc
import Ground
import Testing

@testable import Refinement

/// Where the band of the next search ends.
struct BandTests {
  @Test func aSingleDipDoesNotEndTheBand() {
    let curve = [1, 0.9, 0.6, 0.14, 0.5, 0.243, 0.043, 0.01, 0.02]
    #expect(abs(ReferenceMaker.reach(of: curve) - 5.5) < 1e-9)
  }

  @Test func twoShellsUnderTheThresholdEndIt() {
    // From 0.243 to the higher of the two that follow, 0.043.
    #expect(abs(ReferenceMaker.reach(of: [1, 0.243, 0.043, 0.03, 0.9]) - 1.5) < 1e-9)
    #expect(ReferenceMaker.reach(of: [1, 0.9, 0.8]) == 2)
    #expect(ReferenceMaker.reach(of: [1, 0.9, 0.043]) > 1.8)
  }

  /// Falling curves of every steepness: the reach is where the straight lines cross 0.143.
  @Test func theReachIsTheCrossing() throws {
    for steepness in [0.3, 0.6, 1, 2] {
      let curve = (0..<60).map { 1 / (1 + exp(steepness * (Double($0) - 30.3))) }
      let crossing = try #require(RadialCurve(curve, edge: 1).firstCrossing(below: 0.143))
      let reach = ReferenceMaker.reach(of: curve)
      #expect(abs(reach - crossing) < 0.12, "\(steepness): \(reach), \(crossing)")
    }
  }

  /// Noise of a millionth on any curve moves the reach by some ten thousandths of a shell at most, also
  /// where the curve grazes the threshold.
  @Test func theReachIsSmooth() {
    var generator = SeededGenerator(seed: 5)
    for level in stride(from: 0.1429, through: 0.1431, by: 0.00001) {
      let fall = stride(from: 1.0, to: 0.2, by: -0.08)
      let curve = Array(fall) + [Double](repeating: level, count: 15) + [0.02, 0.01, 0.02]
      let moved = curve.map { $0 + 1e-6 * generator.uniform(-1, 1) }
      let change = abs(ReferenceMaker.reach(of: curve) - ReferenceMaker.reach(of: moved))
      #expect(change < 1e-3, "\(level): \(change)")
    }
  }

  /// The pixels' weights follow the reach without a step: their sum over shells is the reach itself.
  @Test func theBandIsSmooth() {
    for step in 0...100 {
      let reached = 4.7 + 0.05 * Double(step)
      let (band, edge) = ReferenceMaker.band(reaching: reached, least: 5, most: 9)
      #expect((5...9).contains(band) && edge > 0 && edge <= 1)
      let whole = Double(band) - 1 + edge
      #expect(abs(whole - min(max(reached, 5), 9)) < 1e-9)
    }
  }
}
