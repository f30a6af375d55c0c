import CryoEM
import EMFiles
import Testing

@testable import Refinement

struct NoiseUpdateTests {
  /// From a wrong start the residuals give the true noise, σ²N²/2 per real component, and the grey scale
  /// that the images have.
  @Test(arguments: [0.5, 3.0])
  func findsNoiseAndGreyscale(wrong: Double) throws {
    let sigma = 40.0
    var body = OffCentreBody(count: 120, sigma: sigma)
    body.settings.referenceFolds = 1
    let prepared = try body.prepared()
    var state = prepared.state
    // What the residuals are weighed with is wrong by a known factor; they do not depend on it.
    for slot in state.noiseFactors.indices {
      for shell in state.noiseFactors[slot].indices {
        state.noiseFactors[slot][shell] = wrong
      }
    }
    state.greyscale = [1, 1]
    let context = prepared.context
    let reference = body.reference(context.frame.geometry)
    let band = 14
    let found = try context.noiseUpdate([reference, reference], band: band)
      .measure(state, on: context.sample(ofEachSlot: 1000))
    let truth = 0.5 * 48 * 48 * sigma * sigma
    let ratio = Double(context.frame.geometry.box) / Double(context.frame.geometry.window)
    for half in 0..<2 {
      var sum = 0.0
      for shell in 5...band {
        let packed = context.noise.survey.noise[half][Int((Double(shell) * ratio).rounded())]
        let relative = found.noiseFactors[half][shell] * packed / truth
        #expect(abs(relative - 1) < 0.2, "half \(half), shell \(shell): \(relative)")
        sum += relative / Double(band - 4)
      }
      #expect(abs(sum - 1) < 0.06, "half \(half): \(sum)")
      #expect(abs(found.greyscale[half] - 1) < 0.1, "\(found.greyscale)")
      // Beyond the band nothing was measured.
      #expect(found.noiseFactors[half][band + 1] == wrong)
    }
  }

  /// White noise has one factor for all shells, also those that were not measured: the mean of the
  /// others, each shell counting as much as it has weight.
  @Test func whiteNoiseHasOneFactor() throws {
    var factors: [[[Double]]] = []
    for model in [RefinementSettings.NoiseModel.symmetric, .white] {
      var body = OffCentreBody(count: 60, sigma: 40)
      body.settings.referenceFolds = 1
      body.settings.noiseModel = model
      let prepared = try body.prepared()
      let reference = body.reference(prepared.context.frame.geometry)
      factors.append(
        try prepared.context.noiseUpdate([reference, reference], band: 14)
          .measure(prepared.state, on: prepared.context.sample(ofEachSlot: 1000))
          .noiseFactors)
    }
    for half in 0..<2 {
      let (shells, white) = (factors[0][half][1...14], factors[1][half])
      #expect(Set(shells).count == 14)
      #expect(Set(white).count == 1, "\(white)")
      #expect(white[0] > 0.8 * (shells.min() ?? 9) && white[0] < 1.2 * (shells.max() ?? 0))
    }
  }
}
