import Testing

@testable import Ground
@testable import Refinement

struct RegularisationTests {
  /// Clipped before the mask, and only where it is asked for.
  @Test(arguments: [false, true])
  func densityIsClippedAndMasked(clips: Bool) {
    let cube = CubeTransform(size: 8, period: 8)
    let workspace = cube.workspace()
    var generator = SeededGenerator(seed: 3)
    let values = (0..<512).map { _ in Float(generator.normal()) }
    let mask = (0..<512).map { _ in Float(generator.uniform(0, 1)) }
    workspace.real.copy(from: values)
    Regularisation(cutOffs: nil, clipsAtZero: clips, mask: mask).apply(to: workspace.real)
    for index in values.indices {
      let expected = (clips ? max(values[index], 0) : values[index]) * mask[index]
      #expect(workspace.real[index] == expected)
    }
  }
}

struct LocalResolutionTests {
  /// Each side of a map tells the shell at which its signal ends.
  @Test func sidesHaveTheirResolution() {
    let set = NoisyHalves(noise: 0.7)
    let geometry = Geometry(
      box: set.size, mask: set.mask, fulcrum: .zero, shiftExtent: 5)
    var settings = RefinementSettings()
    settings.splitResolution = 40
    let extent = Double(set.size) * set.pixelSize
    let map = LocalResolution(geometry: geometry, settings: settings).map(
      halves: set.halves, mask: set.mask,
      centredMask: CentredMap(geometry: geometry).moved(mask: set.mask),
      resolution: extent / set.fineShell)
    let fine = set.mean(map.voxels, about: set.fine)
    let coarse = set.mean(map.voxels, about: set.coarse)
    #expect(abs(fine * set.fineShell / extent - 1) < 0.2, "\(fine) Å")
    #expect(abs(coarse * set.coarseShell / extent - 1) < 0.3, "\(coarse) Å")
    #expect(map[0, 0, 0] >= map.maximum)
  }
}
