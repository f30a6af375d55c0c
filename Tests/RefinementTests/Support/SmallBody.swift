import CryoEM
import Fourier
import Phantoms
import TestSupport

@testable import Ground
@testable import Refinement

/// A small object with an exact transform, and everything of the engine that aligning it needs: the
/// fixture of the tests of kernels, grids and searches.
struct SmallBody {
  let phantom: Phantom
  let geometry: Geometry
  let points: SamplingPoints
  let pixelSize: Double
  /// Factors of 1 for all points.
  let ones: FFTBuffer<Float>

  /// - Parameters:
  ///   - window: pixels of the images.
  ///   - period: voxels of the reference's period.
  ///   - radius: of the ball that holds the blobs' centres, pixels.
  ///   - blobWidth: standard deviation of the blobs, pixels.
  ///   - fulcrum: Å from the centre.
  init(
    window: Int = 32, period: Int = 48, radius: Double = 7, blobWidth: Double = 1,
    pixelSize: Double = 3, fulcrum: Vector3 = .zero, seed: UInt64 = 5
  ) {
    self.pixelSize = pixelSize
    phantom = Phantom.random(
      blobs: 40, radius: radius * pixelSize, width: blobWidth * pixelSize, seed: seed)
    geometry = Geometry(
      box: window, pixelSize: pixelSize, window: window, period: period, centre: .zero,
      fulcrum: fulcrum, maskDiameter: 2 * (radius + 3 * blobWidth))
    points = SamplingPoints(window: window, maximumShell: window / 2 - 1)
    ones = points.ones
  }

  /// The same with a symmetric reference.
  init(_ other: SmallBody, symmetry: PointGroup) {
    (phantom, points, pixelSize, ones) = (
      other.phantom, other.points, other.pixelSize, other.ones
    )
    geometry = other.geometry(with: symmetry)
  }

  /// The geometry for a reference of a symmetry.
  func geometry(with symmetry: PointGroup) -> Geometry {
    Geometry(
      box: geometry.box, pixelSize: pixelSize, window: geometry.window, period: geometry.period,
      centre: geometry.centre, fulcrum: geometry.fulcrum, maskDiameter: geometry.maskDiameter,
      symmetry: symmetry)
  }

  /// The reference: the object's own density on a grid up to a shell.
  func reference(_ interpolation: Interpolation = .cubic, band: Int? = nil) -> ReferenceGrid {
    let period = geometry.period
    let map = phantom.map(size: period, pixelSize: pixelSize)
    return Self.grid(
      of: map.voxels, period: period,
      radius: geometry.clampedGridRadius(ofShell: band ?? geometry.maximumShell), interpolation)
  }

  /// The grid of a density in a cube of the period's size.
  static func grid(
    of density: [Float], period: Int, radius: Int, _ interpolation: Interpolation
  ) -> ReferenceGrid {
    let cube = CubeTransform(size: period, period: period)
    let workspace = cube.workspace()
    workspace.real.copy(from: density)
    let grid = ReferenceGrid(radius: radius, interpolation: interpolation)
    cube.fill(grid, from: workspace)
    return grid
  }

  /// Images at poses relative to the window: the exact transforms times `ctf`, plus noise of unit
  /// variance per real component, packed with the weights C² / σ².
  ///
  /// - Parameters:
  ///   - gain: of the signal; images are gain · C · P + noise.
  ///   - noise: whether there is noise.
  ///   - ctf: per sampling point; 1 everywhere without it.
  func packed(
    _ poses: [Alignment], gain: Double = 1, noise: Bool = false, ctf: [Float]? = nil,
    seed: UInt64 = 11
  ) -> PackedImages {
    let images = PackedImages(points: points, count: poses.count)
    let projector = PhantomProjector(phantom, boxSize: geometry.window, pixelSize: pixelSize)
    for (slot, pose) in poses.enumerated() {
      var generator = SeededGenerator(seed: seed, stream: UInt64(slot))
      let transform = projector.transform(
        at: Pose(rotation: pose.rotation, origin: -pose.position))
      let planes = images.planes(slot)
      for index in 0..<points.count {
        let c = ctf?[index] ?? 1
        var value = (Float(gain) * c) * transform[Int(points.spectrumIndices[index])]
        if noise {
          value += ComplexFloat(Float(generator.normal()), Float(generator.normal()))
        }
        planes.real[index] = c * value.x
        planes.imaginary[index] = c * value.y
        planes.weight[index] = c * c
      }
    }
    return images
  }

  /// A prior without weight.
  func openPrior(
    about centre: Alignment, rotation: Double = radians(30), shift: Double = 30
  ) -> PosePrior {
    PosePrior(
      centre: centre, fulcrum: geometry.fulcrum - geometry.centre,
      rotationExtent: rotation, shiftExtent: shift)
  }

  /// A scorer of one image.
  func scorer(
    _ reference: ReferenceGrid, _ images: PackedImages, slot: Int = 0, prior: PosePrior,
    scale: Double = 1
  ) -> PoseScorer {
    PoseScorer(
      reference: reference, image: images.image(slot), points: points, factor: ones,
      geometry: geometry, magnification: [1, 0, 0, 1], prior: prior, scale: scale)
  }
}

extension SamplingPoints {
  /// Factors of 1 for all points.
  var ones: FFTBuffer<Float> {
    factorsOfOne(upTo: maximumShell)
  }

  /// Indices of the points, without the padding.
  var indices: Range<Int> { 0..<count }
}

extension PointGroup {
  /// An object and all of its copies.
  func copies(of phantom: Phantom) -> Phantom {
    operators.map { phantom.moved(rotation: $0, about: .zero) }
      .reduce(Phantom(blobs: []), +)
  }
}

/// Random poses with small positions (Å).
func randomAlignments(_ count: Int, spread: Double = 3, seed: UInt64 = 21) -> [Alignment] {
  var generator = SeededGenerator(seed: seed)
  return (0..<count).map { _ in
    Alignment(
      rotation: .random(using: &generator), position: spread * generator.normalVector2())
  }
}

/// The relative root mean square difference of two lists of complex numbers.
func relativeError(_ found: [ComplexFloat], _ expected: [ComplexFloat]) -> Double {
  var (difference, power) = (0.0, 0.0)
  for (a, b) in zip(found, expected) {
    difference += Double((a - b).squaredModulus)
    power += Double(b.squaredModulus)
  }
  return (difference / power).squareRoot()
}
