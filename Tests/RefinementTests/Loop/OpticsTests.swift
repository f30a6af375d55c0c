import CryoEM
import Fourier
import TestSupport
import Testing

@testable import Refinement

/// Whole refinements of sets with unusual optics.
struct OpticsRefinementTests {
  private func group(_ voltage: Double, tilt: Vector2 = .zero) -> OpticsGroup {
    OpticsGroup(
      voltage: voltage, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 1,
      imageSize: 1, beamTilt: tilt)
  }

  /// Particles of microscopes of different voltage, beam tilt and magnification refine together.
  @Test func groupsRefineTogether() throws {
    var distorted = group(300)
    distorted.magnification = [1.04, 0.01, -0.02, 0.97]
    let set = TwoBodyRefinement(
      count: 210, optics: [group(300), group(200, tilt: Vector2(2, -1)), distorted])
    let result = try set.refined()
    for index in 0..<3 {
      let members = result.poses.indices.filter {
        Int(set.simulation.opticsIndices[$0]) == index
      }
      let start = set.errors(of: set.simulation.startPoses, among: members)
      let end = set.errors(of: result.poses, among: members)
      #expect(end.rotation < 0.6 * start.rotation, "group \(index): \(end) from \(start)")
      #expect(end.shift < 0.4 * start.shift, "group \(index): \(end) from \(start)")
    }
  }

  /// Images that were multiplied by their CTF give the same poses.
  @Test func premultipliedImagesRefineAlike() throws {
    var plain = TwoBodyRefinement(count: 100)
    plain.settings.maximumIterations = 2
    (plain.settings.windowInner, plain.settings.windowOuter) = (2, 3)
    var multiplied = plain
    multiplied.particles.optics[0].isPremultiplied = true
    let box = plain.simulation.settings.boxSize
    let pixelSize = plain.simulation.settings.pixelSize
    let transform = RealTransform(shape: [box, box])
    for particle in 0..<100 {
      let range = plain.range(of: particle)
      var spectrum = transform.forward(Array(plain.pixels[range]))
      var values: [Float] = []
      ContrastTransferFunction(
        optics: plain.particles.optics[0], defocus: plain.particles.defoci[particle]
      ).fill(values: &values, boxSize: box, pixelSize: pixelSize)
      for index in spectrum.indices { spectrum[index] *= values[index] }
      multiplied.pixels.replaceSubrange(range, with: transform.inverse(spectrum))
    }
    let (one, other) = (try plain.refined(), try multiplied.refined())
    let error = plain.errors(of: one.poses)
    let differences = zip(one.poses, other.poses)
      .map { degrees($0.rotation.angle(to: $1.rotation)) }.sorted()
    #expect(differences[50] < 0.15 * error.rotation, "\(differences[50]) of \(error)")
    #expect(error.rotation < 0.7 * plain.errors(of: plain.simulation.startPoses).rotation)
  }
}
