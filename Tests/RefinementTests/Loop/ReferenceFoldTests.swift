import CryoEM
import Testing

@testable import Refinement

/// refinement.reference_folds: whose images a reference is made of.
struct ReferenceFoldTests {
  /// The reference of a fold holds nothing of the fold's own images, and everything of the others'.
  @Test(arguments: [2, 3])
  func aFoldIsNotInItsOwnReference(folds: Int) throws {
    var body = OffCentreBody(count: 90, sigma: 5)
    body.settings.referenceFolds = folds
    body.settings.splitResolution = 1e6
    body.settings.nonuniform.enabled = false
    let prepared = try body.prepared()
    let context = prepared.context
    let band = context.frame.geometry.maximumShell
    let sums = try context.accumulation(band: band).accumulate(prepared.state) { _, _ in }
    // Only fold 0 of each half has seen anything.
    for slot in sums.indices where slot % folds > 0 {
      for index in 0..<sums[slot].count { sums[slot].numerator[index] = .zero }
    }
    let references = context.referenceMaker(masks: CubeMasks(fine: prepared.mask)).make(
      sums, inserted: band, bandLimit: band
    ).references
    #expect(references.count == 2 * folds)
    for half in 0..<2 {
      let powers = (0..<folds).map { power(of: references[half * folds + $0]) }
      #expect(powers[1] > 0)
      #expect(powers[0] < 0.05 * powers[1], "\(powers)")
    }
  }

  /// Power above the shells that the halves share.
  private func power(of grid: ReferenceGrid) -> Double {
    var sum = 0.0
    ShellTable(radius: grid.radius, oversampling: 1, shells: grid.radius)
      .forEach(radius: grid.radius) { index, shell in
        if shell > 5 { sum += Double(grid.samples[index].squaredModulus) }
      }
    return sum
  }
}
