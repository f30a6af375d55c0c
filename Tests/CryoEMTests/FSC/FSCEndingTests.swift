import Ground
import Testing

@testable import CryoEM

/// Half-maps that share noise have a curve that never falls, at the share of it.
@Suite struct FSCEndingTests {
  /// The ending of two maps of noise of which a share is common.
  private func ending(share: Double) -> Double? {
    var generator = SeededGenerator(seed: 11)
    var a = Volume(size: 32, pixelSize: 2)
    var b = a
    for index in a.voxels.indices {
      let common = share.squareRoot() * generator.normal()
      a.voxels[index] = Float(common + (1 - share).squareRoot() * generator.normal())
      b.voxels[index] = Float(common + (1 - share).squareRoot() * generator.normal())
    }
    return FSCMeasurement(halfA: a, halfB: b, mask: nil, seed: 1).report.endAboveThreshold
  }

  @Test func sharedNoiseNeverFalls() throws {
    #expect(ending(share: 0) == nil)
    #expect(abs(try #require(ending(share: 0.6)) - 0.6) < 0.1)
  }

  /// A curve that is cut by Nyquist on its way down has a resolution: that of the last shell.
  @Test func aCurveThatIsAboutToFallIsNoPlateau() {
    let falling = (0..<32).map { 1 - Double($0) * 0.85 / 31 }
    #expect(FSCReport(corrected: falling).endAboveThreshold == nil)
    let higher = falling.map { $0 + 0.1 }
    #expect(FSCReport(corrected: higher).endAboveThreshold != nil)
    let plateau = falling.map { max($0, 0.2) }
    #expect(FSCReport(corrected: plateau).endAboveThreshold == 0.2)
  }

  @Test func oneShellUnderTheThresholdIsEnough() {
    var curve = [1, 0.1, 0.9, 0.8, 0.7, 0.3]
    #expect(FSCReport(corrected: curve).endAboveThreshold == 0.3)
    curve[4] = 0.14
    #expect(FSCReport(corrected: curve).endAboveThreshold == nil)
    #expect(FSCReport().endAboveThreshold == nil)
  }
}
