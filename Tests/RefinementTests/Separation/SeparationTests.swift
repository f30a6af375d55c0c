import CryoEM
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// Refinements of a body into whose mask its neighbour reaches.
struct SeparationTests {
  /// A neighbour that stays draws poses back to where they started; without it they come nearer to the truth.
  @Test func posesAreNotDrawnBack() throws {
    var set = TwoBodyRefinement(
      count: 400, box: 56, pixelSize: 4, signalToNoise: 0.6, motion: 8)
    set.settings.initialResolution = 16
    set.settings.splitResolution = 24
    set.settings.subtractOutside = true
    set.settings.maximumIterations = 5
    let errors = try [false, true].map { isOn in
      set.settings.excludesStanding = isOn
      return set.errors(of: try set.refined().poses)
    }
    #expect(errors[1].rotation < 0.95 * errors[0].rotation, "\(errors)")
    #expect(errors[1].shift < errors[0].shift, "\(errors)")
  }
}
