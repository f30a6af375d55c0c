import CryoEM
import EMFiles
import Phantoms
import TestSupport

@testable import Refinement

/// A small body away from the box centre, its images, and a refinement of them.
struct OffCentreBody {
  let images: PaintedImages
  /// Where the body is, Å from the box centre.
  let centre = Vector3(22, -17, 14)
  var settings = RefinementSettings()

  /// - Parameters:
  ///   - sigma: standard deviation of a pixel's noise.
  ///   - magnification: of the optics group.
  ///   - change: of the optics group besides.
  init(
    count: Int, sigma: Double = 0, magnification: Magnification = .identity, seed: UInt64 = 3,
    change: (inout OpticsGroup) -> Void = { _ in }
  ) {
    let body = Phantom.random(blobs: 30, radius: 15, width: 3, seed: 2)
      .moved(rotation: .identity, about: .zero, shift: centre)
    var optics = OpticsGroup(
      voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 3, imageSize: 48,
      magnification: magnification)
    change(&optics)
    images = PaintedImages(count: count, body: body, optics: optics, sigma: sigma, seed: seed)
    settings.dataSign = .as_is
    settings.threads = 2
  }

  /// Changes of the images' pixels.
  init(_ other: OffCentreBody, images: PaintedImages) {
    self.images = images
    settings = other.settings
  }

  /// The input, started from the true poses or others.
  func input(poses: [Pose]? = nil) -> RefinementInput {
    var particles = images.particles
    if let poses { particles.poses = poses }
    let map = images.body.map(size: images.box, pixelSize: images.pixelSize)
    return RefinementInput(
      settings: settings, particles: particles,
      images: ArraySource(boxSize: images.box, pixels: images.pixels), map: map, halfMaps: nil,
      mask: mask, fulcrum: centre)
  }

  /// 1 within 24 Å of the body's centre, 0 beyond 33 Å.
  var mask: Volume {
    var mask = Volume(size: images.box, pixelSize: images.pixelSize)
    mask.forEachVoxel { index, position in
      let d = position - centre
      mask.voxels[index] = Float(raisedCosine((d * d).sum().squareRoot(), from: 24, to: 33))
    }
    return mask
  }

  func prepared(poses: [Pose]? = nil) throws -> Preparation.Prepared {
    try Preparation(input(poses: poses), control: RefinementControl(), events: { _ in }).prepare()
  }

  /// The reference about the mask's centre, without noise.
  func reference(_ geometry: Geometry) -> ReferenceGrid {
    let density = CentredMap(geometry: geometry).moved(
      images.body.map(size: images.box, pixelSize: images.pixelSize))
    return SmallBody.grid(
      of: density, period: geometry.period,
      radius: geometry.clampedGridRadius(ofShell: geometry.maximumShell), .cubic)
  }
}
