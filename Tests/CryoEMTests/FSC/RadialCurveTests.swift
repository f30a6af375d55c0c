import CryoEM
import Testing

/// The axis of curves by shell, by hand for a box of 10 voxels of 2 Å.
struct RadialCurveTests {
  private let curve = RadialCurve([1, 0.9, 0.6, 0.2, 0.1], edge: 20)

  @Test func shellsHaveResolutionsAndFrequencies() {
    #expect(curve.resolution(ofShell: 4) == 5 && curve.resolution(ofShell: 0) == .infinity)
    #expect(curve.shell(atResolution: 8) == 2.5)
    #expect(curve.frequency(ofShell: 3) == 0.15 && curve.frequencyStep == 0.05)
    #expect(RadialCurve([1], edge: 0).frequencyStep == 1)
  }

  @Test func crossingsAreInterpolated() throws {
    // From 0.6 to 0.2 the line is at 0.5 after a quarter.
    #expect(abs(try #require(curve.firstCrossing(below: 0.5)) - 2.25) < 1e-12)
    #expect(abs(curve.resolution(below: 0.5) - 20 / 2.25) < 1e-12)
    #expect(curve.firstCrossing(below: 0.05) == nil)
    #expect(curve.resolution(below: 0.05) == 5)
    // The first of two falls; shell 0 does not count.
    let twice = RadialCurve([0, 1, 0, 1, 0], edge: 20)
    #expect(twice.firstCrossing(below: 0.5) == 1.5)
    // Under the threshold from the first shell on.
    for first in [0.1, 0.2] {
      #expect(RadialCurve([first, 0.2, 0.1], edge: 20).firstCrossing(below: 0.5) == 1)
    }
    #expect(RadialCurve([0.3, 0.2, 0.1], edge: 20).firstCrossing(below: 0.5) == 0)
    #expect(RadialCurve([], edge: 20).resolution(below: 0.5) == 20)
  }

  @Test func aCutCurveKeepsItsAxis() {
    let cut = curve.cut(after: 2)
    #expect(cut == RadialCurve([1, 0.9, 0.6], edge: 20))
    #expect(cut.resolution(below: 0.143) == 10)
    #expect(curve.cut(after: 9) == curve)
  }

  @Test func betweenShellsItIsTheNearestOrTheLine() {
    #expect(curve.value(nearest: 1.4) == 0.9 && curve.value(nearest: 1.5) == 0.6)
    #expect(curve.value(nearest: 7) == 0.1)
    #expect(abs(curve.value(at: 2.25) - 0.5) < 1e-12 && curve.value(at: 3) == 0.2)
    #expect(curve.value(at: 4.7) == 0.1 && curve.value(at: 5) == 0)
  }

  /// A shell of another edge has the value of the same frequency.
  @Test func anotherEdgeHasTheSameFrequencies() {
    // Half the edge: every other shell, and the last one beyond the end.
    let coarse = curve.resampled(toEdge: 10, shells: 4)
    #expect(coarse == RadialCurve([1, 0.6, 0.1, 0.1], edge: 10))
    // Twice the edge: shells half way are rounded away from 0.
    let fine = curve.resampled(toEdge: 40, shells: 5)
    #expect(fine == RadialCurve([1, 0.9, 0.9, 0.6, 0.6], edge: 40))
    for shell in 1..<4 {
      let own = curve.shell(atResolution: coarse.resolution(ofShell: shell))
      #expect(coarse[shell] == curve.value(nearest: own))
    }
  }

  /// From a window into its box a place half way between two shells is that for all pixel sizes, though
  /// the ratio of the edges is not.
  @Test func sizesAreExact() {
    let values = (0..<42).map(Double.init)
    // 84 to 112: shell s is at 3s/4.
    let expected = (0..<56).map { Double(min((3 * $0 + 2) / 4, 41)) }
    for tenth in 1...60 {
      let pixelSize = Double(tenth) * 0.1
      let window = RadialCurve(values, edge: 84 * pixelSize)
      let box = window.resampled(fromSize: 84, to: 112, shells: 56)
      #expect(box.values == expected, "\(pixelSize)")
      #expect(abs(box.edge - 112 * pixelSize) < 1e-9)
    }
  }

  @Test func itIsACollectionOfItsValues() {
    #expect(Array(curve) == curve.values && curve[3] == 0.2 && Array(curve[1..<3]) == [0.9, 0.6])
  }
}
