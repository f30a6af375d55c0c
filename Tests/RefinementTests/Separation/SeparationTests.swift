import CryoEM
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// Refinements of a body into whose mask its neighbour reaches.
struct SeparationTests {
  private var set: TwoBodyRefinement {
    var set = TwoBodyRefinement(count: 300, box: 48, pixelSize: 4, signalToNoise: 0.5, motion: 8)
    set.settings.initialResolution = 16
    set.settings.splitResolution = 24
    set.settings.subtractOutside = true
    return set
  }

  /// A neighbour that stays draws poses back to where they started; without it they come nearer to the truth,
  /// and what is found of the motion is no longer too little.
  @Test func posesAreNotDrawnBack() throws {
    var set = set
    let errors = try [false, true].map { isOn in
      set.settings.excludesStanding = isOn
      return set.errors(of: try set.refined().poses)
    }
    #expect(errors[1].rotation < 0.95 * errors[0].rotation, "\(errors)")
    #expect(errors[1].shift < errors[0].shift, "\(errors)")
  }
}
