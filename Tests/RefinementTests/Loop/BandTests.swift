import Testing

@testable import Refinement

/// Where the band of the next search ends.
struct BandTests {
  @Test func aSingleDipDoesNotEndTheBand() {
    let curve = [1, 0.9, 0.6, 0.14, 0.5, 0.243, 0.043, 0.01, 0.02]
    #expect(abs(ReferenceMaker.lastingCrossing(of: curve) - 5.5) < 1e-9)
  }

  @Test func twoShellsUnderTheThresholdEndIt() {
    let curve = [1, 0.243, 0.043, 0.1, 0.9]
    #expect(abs(ReferenceMaker.lastingCrossing(of: curve) - 1.5) < 1e-9)
    #expect(ReferenceMaker.lastingCrossing(of: [1, 0.9, 0.8]) == 2)
    #expect(ReferenceMaker.lastingCrossing(of: [1, 0.9, 0.043]) > 1.8)
  }
}
