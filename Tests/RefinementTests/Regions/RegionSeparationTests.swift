import CryoEM
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Regions into whose masks others reach.
struct RegionSeparationTests {
  private func regions(count: Int, noise: Double, iterations: Int) -> TwoRegions {
    var regions = TwoRegions(
      count: count, box: 56, pixelSize: 4, signalToNoise: noise, motion: 12)
    regions.set.settings.initialResolution = 16
    regions.set.settings.splitResolution = 24
    regions.set.settings.maximumIterations = iterations
    return regions
  }

  /// Density of the large body in the small one's mask is subtracted with the large one, and draws no pose
  /// of the small one back; the large one is as good as it was.
  @Test func posesAreNotDrawnBack() throws {
    var regions = regions(count: 300, noise: 0.6, iterations: 5)
    let simulation = regions.set.simulation
    let bodies = [simulation.phantom.small, simulation.phantom.large]
    let truths = [simulation.smallPoses, simulation.largePoses]
    let errors = try [false, true].map { isOn in
      regions.set.settings.excludesStanding = isOn
      var inputs = regions.inputs
      // A mask that reaches far into the large body.
      inputs[0].mask = simulation.mask(of: bodies[0], near: 10, far: 36)
      let results = try refine(regions: inputs) { _, _ in }
      return bodies.indices.map { body in
        let angles = zip(truths[body], results[body].poses).map {
          degrees($0.motion(to: $1, about: bodies[body].centreOfMass).angle)
        }
        return angles.sorted()[angles.count / 2]
      }
    }
    #expect(errors[1][0] < 0.9 * errors[0][0], "\(errors)")
    #expect(errors[1][1] < 1.03 * errors[0][1], "\(errors)")
  }

  /// What was found is known to a run that goes on after a stop.
  @Test func aStopChangesNothingOfIt() throws {
    let regions = regions(count: 160, noise: 4, iterations: 3)
    let taken = Counter()
    let whole = try regions.refined { _, event in
      if case .log(let line) = event, line.contains("taken out") { _ = taken.add(1) }
    }
    #expect(taken.add(0) >= 1)
    let store = MemoryStore()
    let control = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      try regions.refined(control: control, checkpoints: store) { _, event in
        if case .stage(.search, let iteration) = event, iteration == 3 { control.requestStop() }
      }
    }
    let resumed = try regions.refined(checkpoints: store)
    #expect(regions.expectSame(resumed, whole))
  }
}
