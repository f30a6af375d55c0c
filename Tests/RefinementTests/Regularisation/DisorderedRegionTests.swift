import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// Refinements of a body with a belt about it that is another one in every particle.
struct DisorderedRegionTests {
  /// The belt's noise is kept out of the references: poses come nearer to the truth than without.
  @Test func aBeltIsKeptOutOfTheAlignment() throws {
    var set = TwoBodyRefinement(
      count: 400, box: 48, pixelSize: 3, signalToNoise: 0.5, motion: 8, beltMass: 1)
    set.settings.initialResolution = 12
    set.settings.splitResolution = 20
    set.settings.subtractOutside = true
    // What the filter does by itself.
    set.settings.negativeDensity = 1
    let errors = try [false, true].map { isOn in
      set.settings.nonuniform.enabled = isOn
      return set.errors(of: try set.refined().poses)
    }
    #expect(errors[1].rotation < 0.985 * errors[0].rotation, "\(errors)")
    #expect(errors[1].shift < 0.97 * errors[0].shift, "\(errors)")
  }

  /// Belts differ, in the place that they share, and add what was asked for to the body's mass.
  @Test func beltsDiffer() throws {
    var settings = SimulationSettings()
    settings.count = 4
    settings.beltMass = 0.7
    let simulation = Simulation(settings)
    let belts = try (0..<2).map { try #require(simulation.belt(of: $0)) }
    #expect(belts[0] != belts[1])
    let body = simulation.phantom.small
    for belt in belts {
      #expect(abs(belt.mass / body.mass - 0.7) < 1e-9)
      // About the body, and not in it.
      let offset = belt.centreOfMass - body.centreOfMass
      #expect((offset * offset).sum().squareRoot() < 15)
      let nearest = belt.blobs.map { blob -> Double in
        let d = blob.position - body.centreOfMass
        return (d * d).sum().squareRoot()
      }.min()
      #expect(try #require(nearest) > 15)
    }
    let mask = simulation.smallMask
    let lit = belts[0].blobs.filter { blob in
      let index = mask.index(of: blob.position)
      return mask[Int(index.x.rounded()), Int(index.y.rounded()), Int(index.z.rounded())] > 0.9
    }
    #expect(lit.count > 50)
  }
}
