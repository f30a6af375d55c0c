import CryoEM
import Testing

@testable import Ground
@testable import Refinement

struct RegularisationTests {
  /// What is negative is made less before the mask, and only where it is asked for; of maps of opposite
  /// contrast what is positive.
  @Test(arguments: [1, 0.5, 0] as [Float], [Float(1), -1])
  func negativeDensityIsMadeLess(share: Float, contrast: Float) {
    let cube = CubeTransform(size: 8, period: 8)
    let workspace = cube.workspace()
    var generator = SeededGenerator(seed: 3)
    // A few strong voxels tell which contrast it is.
    let values = (0..<512).map { contrast * (Float(generator.normal()) + ($0 % 50 == 0 ? 6 : 0)) }
    let mask = (0..<512).map { _ in Float(generator.uniform(0, 1)) }
    workspace.real.copy(from: values)
    Regularisation(filter: nil, negativeShare: share, mask: mask).apply(to: workspace.real)
    for index in values.indices {
      let value = values[index]
      let expected = (contrast * value < 0 ? share * value : value) * mask[index]
      #expect(workspace.real[index] == expected)
    }
  }
}

struct LocalResolutionTests {
  /// Each side of a map tells the shell at which its signal ends.
  @Test func sidesHaveTheirResolution() {
    let set = NoisyHalves(noise: 0.7)
    var settings = RefinementSettings()
    settings.splitResolution = 40
    let extent = Double(set.size) * set.pixelSize
    let map = LocalResolution(mask: set.mask, settings: settings).map(
      halves: set.halves, mask: set.mask, resolution: extent / set.fineShell)
    let fine = set.mean(map.voxels, about: set.fine)
    let coarse = set.mean(map.voxels, about: set.coarse)
    #expect(abs(fine * set.fineShell / extent - 1) < 0.2, "\(fine) Å")
    #expect(abs(coarse * set.coarseShell / extent - 1) < 0.3, "\(coarse) Å")
    #expect(map[0, 0, 0] >= map.maximum)
  }

  /// Each side keeps the detail that it has, and loses the noise beyond it: better on both sides than
  /// either filter on the whole.
  @Test func eachSideIsFilteredByItsOwn() {
    let set = NoisyHalves(noise: 0.7)
    var settings = RefinementSettings()
    settings.splitResolution = 40
    let extent = Double(set.size) * set.pixelSize
    let filter = LocalResolution(mask: set.mask, settings: settings)
    var known = set.mask
    set.mask.forEachVoxel { index, position in
      known.voxels[index] = Float(extent / (position.x < 0 ? set.fineShell : set.coarseShell))
    }
    let mean = 0.5 * (set.halves[0] + set.halves[1])
    let local = filter.filtered(mean, by: known, mask: set.mask)
    let coarse = mean.lowPassed(to: extent / set.coarseShell)
    let fine = mean.lowPassed(to: extent / set.fineShell)
    #expect(set.error(of: local, about: set.fine) < 0.7 * set.error(of: coarse, about: set.fine))
    #expect(set.error(of: local, about: set.coarse) < 0.7 * set.error(of: fine, about: set.coarse))
    #expect(set.error(of: local, about: set.fine) < 1.1 * set.error(of: fine, about: set.fine))
    #expect(local[0, 0, 0] == 0)
  }
}
