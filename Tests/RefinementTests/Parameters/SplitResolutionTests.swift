import CryoEM
import Fourier
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// refinement.split_resolution: what the halves share.
struct SplitResolutionTests {
  @Test func halvesShareWhatIsCoarser() throws {
    var body = OffCentreBody(count: 60, sigma: 60)
    body.settings.referenceFolds = 1
    func difference(
      split: Double, agreement: Double = 0, _ shells: ClosedRange<Double>
    ) throws -> Double {
      body.settings.splitResolution = split
      let prepared = try body.prepared()
      let context = prepared.context
      let band = context.frame.geometry.maximumShell
      let accumulators = try context.accumulation(band: band)
        .accumulate(prepared.state) { _, _ in }
      let product = context.referenceMaker(
        masks: CubeMasks(fine: prepared.mask),
        agreement: agreement
      ).make(accumulators, inserted: band, bandLimit: band)
      let (a, b) = (product.references[0], product.references[1])
      // Shells of the box of 144 Å.
      let scale = 48 / Double(context.frame.geometry.period)
      var (sum, power) = (0.0, 0.0)
      ShellTable(radius: a.radius, oversampling: 1, shells: a.radius)
        .forEach(radius: a.radius) { index, shell in
          guard shells.contains(Double(shell) * scale) else { return }
          sum += Double((a.samples[index] - b.samples[index]).squaredModulus)
          power += Double(a.samples[index].squaredModulus)
        }
      return (sum / power).squareRoot()
    }
    // 18 Å is shell 8: below it both halves have the same reference, but for what the mask mixes.
    let low = try (difference(split: 18, 1...5), difference(split: 100, 1...5))
    let high = try (difference(split: 18, 10...14), difference(split: 100, 10...14))
    #expect(low.0 < 0.35 * low.1, "\(low)")
    #expect(abs(high.0 / high.1 - 1) < 0.2, "\(high)")
    // Nothing is shared beyond what the halves agreed on before.
    let apart = try difference(split: 18, agreement: 100, 1...5)
    #expect(abs(apart / low.1 - 1) < 0.01, "\(apart), \(low)")
  }

  /// Where the input's half-maps agree only to something coarser, a refinement is that with the split there.
  @Test func halvesShareOnlyWhatTheyAgreedOn() throws {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 2
    set.settings.splitResolution = 20
    var input = set.input
    let halves = try #require(input.halfMaps)
    var generator = SeededGenerator(seed: 3)
    let noise = 0.2 * (halves.a.voxels.max() ?? 0)
    func noisy(_ map: Volume) -> Volume { map.map { $0 + noise * Float(generator.normal()) } }
    input.halfMaps = (noisy(halves.a), noisy(halves.b))
    let agreement = try #require(input.measuredHalfMaps()?.fsc.resolution50)
    #expect(agreement > 30 && agreement < 150, "\(agreement)")
    let found = try refine(input) { _ in }
    input.settings.splitResolution = agreement
    let expected = try refine(input) { _ in }
    let (isEqual, hasMoved) = (
      found.poses == expected.poses, found.poses != set.simulation.startPoses
    )
    #expect(isEqual && hasMoved)
  }
}
