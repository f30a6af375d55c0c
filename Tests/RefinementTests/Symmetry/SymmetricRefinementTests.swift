import CryoEM
import EMFiles
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// A ring of fourteen bodies, D7, refined with and without its symmetry.
struct SymmetricRefinementTests {
  private let group: PointGroup
  private let images: PaintedImages
  private let mask: Volume

  init() throws {
    group = try PointGroup("D7")
    let unit = Phantom.random(blobs: 6, radius: 9, width: 3.5, seed: 4)
      .moved(rotation: .identity, about: .zero, shift: Vector3(26, 7, 16))
    let body = group.copies(of: unit)
    images = PaintedImages(count: 24, box: 40, pixelSize: 3, body: body, sigma: 1, seed: 9)
    mask = Volume.sphere(size: 40, pixelSize: 3, radius: 44, outerRadius: 56)
  }

  private func input(symmetry: String, poses: [Pose]? = nil) -> RefinementInput {
    var settings = RefinementSettings()
    settings.symmetry = symmetry
    settings.dataSign = .as_is
    settings.threads = 2
    settings.marginalize = false
    settings.maximumIterations = 3
    settings.initialResolution = 15
    settings.splitResolution = 60
    (settings.windowInner, settings.windowOuter) = (2, 3)
    if poses == nil { (settings.rotationExtent, settings.shiftExtent) = (0, 0) }
    var particles = images.particles
    if let poses { particles.poses = poses }
    return RefinementInput(
      settings: settings, particles: particles,
      images: ArraySource(boxSize: images.box, pixels: images.pixels),
      map: images.body.map(size: images.box, pixelSize: images.pixelSize).lowPassed(to: 15),
      halfMaps: nil, mask: mask, fulcrum: Vector3(26, 7, 16))
  }

  /// A few views give a map that is symmetric about the box centre and right, which without the
  /// symmetry it is not.
  @Test func fewViewsGiveTheSymmetricTruth() throws {
    let truth = images.body.map(size: images.box, pixelSize: images.pixelSize)
    let symmetric = try refine(input(symmetry: "D7")) { _ in }
    let plain = try refine(input(symmetry: "C1")) { _ in }
    let with = fourierShellCorrelation(symmetric.map, truth, mask: mask)
    let without = fourierShellCorrelation(plain.map, truth, mask: mask)
    let shells = 4...13
    let (a, b) = (shells.map { with[$0] }, shells.map { without[$0] })
    #expect(a.min() ?? 0 > 0.9, "\(a)")
    #expect(a.reduce(0, +) > b.reduce(0, +) + 0.5, "\(a) against \(b)")
    #expect(group.asymmetry(of: symmetric.map * mask) < 0.5 * group.asymmetry(of: plain.map * mask))
    // The curves of the iterations, too, are those of symmetric half-maps.
    let last = try #require(symmetric.metrics.last).fsc.resolution143
    let plainLast = try #require(plain.metrics.last).fsc.resolution143
    #expect(last < plainLast, "\(last) against \(plainLast)")
  }

  /// Poses about a fulcrum far from the axes come home.
  @Test func posesAreFoundAboutAFulcrumElsewhere() throws {
    var generator = SeededGenerator(seed: 5)
    let truth = images.particles.poses
    let start = truth.map { pose in
      let turn = Rotation(
        rotationVector: radians(3)
          * Vector3(generator.normal(), generator.normal(), generator.normal()))
      return Pose(
        rotation: pose.rotation * turn, origin: pose.origin + 2 * generator.normalVector2())
    }
    let result = try refine(input(symmetry: "D7", poses: start)) { _ in }
    func error(_ poses: [Pose]) -> Double {
      zip(poses, truth).map { degrees($0.rotation.angle(to: $1.rotation)) }.sorted()[12]
    }
    #expect(error(result.poses) < 0.4 * error(start), "\(error(result.poses)) \(error(start))")
  }
}
