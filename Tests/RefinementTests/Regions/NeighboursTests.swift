import CryoEM
import Fourier
import Ground
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// What is subtracted from a body's images for the bodies beside it.
struct NeighboursTests {
  /// What was done to images, and by how much each body's defocus differs from that of the particle, Å.
  struct Imaging: Sendable {
    var isPhaseFlipped = false, isPremultiplied = false
    var large = 0.0, small = 0.0
  }

  /// Images of both bodies, less the moving one where it truly is, are those of the other body alone: in
  /// windows and as wholes, for plain, flipped and multiplied images, with each body at a defocus of its own.
  /// Painted blob by blob, with no projector of the engine's at work.
  @Test(arguments: [
    Imaging(), Imaging(isPhaseFlipped: true), Imaging(isPremultiplied: true),
    Imaging(large: -1000, small: 2500), Imaging(small: -2500),
    Imaging(isPhaseFlipped: true, large: -1000, small: 2500),
    Imaging(isPhaseFlipped: true, small: 2500),
    Imaging(isPremultiplied: true, large: -1000, small: 2500),
  ])
  func theMovingBodyIsGoneFromTheImages(imaging: Imaging) throws {
    var optics = OpticsGroup(
      voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 4, imageSize: 48)
    optics.isPhaseFlipped = imaging.isPhaseFlipped
    optics.isPremultiplied = imaging.isPremultiplied
    var regions = TwoRegions(
      count: 12, box: 48, pixelSize: 4, signalToNoise: nil, optics: [optics])
    let simulation = regions.set.simulation
    let bodies = [simulation.phantom.large, simulation.phantom.small]
    let poses = [simulation.largePoses, simulation.smallPoses]
    func pixels(_ chosen: [Int]) -> [Float] {
      (0..<12).flatMap { particle in
        let images = chosen.map {
          regions.image(
            of: bodies[$0], at: poses[$0][particle], particle: particle,
            change: [imaging.large, imaging.small][$0])
        }
        return images.dropFirst().reduce(images[0]) { zip($0, $1).map(+) }
      }
    }
    let refiner = try refiner(&regions, pixels: pixels([0, 1]), imaging: imaging)
    let looking = refiner.bodies[1]
    let context = looking.context
    // The same images with the large body alone, packed in the same way.
    let beside = try #require(context.images.packer)
    let packer = ImagePacker(
      transformer: ImageTransformer(
        source: ArraySource(boxSize: 48, pixels: pixels([0])), particles: context.frame.particles,
        switches: .init(), windowInner: 0.85, windowOuter: 0.99),
      geometry: context.frame.geometry, points: context.images.points, survey: beside.survey,
      outside: [],
      highpassShell: 0, defocus: beside.defocus)
    let alone = PackedImages(points: context.images.points, count: 1)
    let workspace = ImagePacker.Workspace(packer: packer)
    let besideWorkspace = ImagePacker.Workspace(packer: beside)
    let images = context.images
    let room = try #require(images.room())
    let last = context.frame.geometry.maximumShell * 2 / 3
    var (packed, whole) = (Difference(), Difference())
    for particle in 0..<12 {
      try packer.pack(
        particle, centre: context.frame.windowCentres[particle], into: alone, slot: 0, workspace)
      let (found, expected) = (
        images.image(particle, centre: context.frame.windowCentres[particle], room), alone.image(0)
      )
      let before = context.images.packed.image(particle)
      for index in 0..<context.images.points.count(upTo: last) {
        packed.add(
          found: SIMD2(found.real[index], found.imaginary[index]),
          expected: SIMD2(expected.real[index], expected.imaginary[index]),
          before: SIMD2(before.real[index], before.imaginary[index]))
      }
      try packer.load(particle, workspace)
      let (image, points) = (
        workspace.image.spectrum, SamplingPoints(window: 48, maximumShell: last)
      )
      try beside.load(particle, besideWorkspace)
      let subtracted = besideWorkspace.image.spectrum
      for index in 0..<points.count {
        let pixel = Int(points.spectrumIndices[index])
        whole.add(
          found: SIMD2(subtracted[pixel].x, subtracted[pixel].y),
          expected: SIMD2(image[pixel].x, image[pixel].y), before: .zero)
      }
    }
    #expect(packed.left < 0.1, "\(packed.left)")
    #expect(packed.atFirst > 0.3, "\(packed.atFirst)")
    #expect(whole.left < 0.1, "\(whole.left)")
  }

  /// How far images are from what is expected, relative to that.
  private struct Difference {
    private var (wrong, before, right): (Float, Float, Float) = (0, 0, 0)

    mutating func add(found: SIMD2<Float>, expected: SIMD2<Float>, before: SIMD2<Float>) {
      func square(_ value: SIMD2<Float>) -> Float { (value * value).sum() }
      wrong += square(found - expected)
      self.before += square(before - expected)
      right += square(expected)
    }

    var left: Float { (wrong / right).squareRoot() }
    var atFirst: Float { (before / right).squareRoot() }
  }

  /// A refinement of images in which the small body is known as it is and where it is, and the large one looks.
  private func refiner(
    _ regions: inout TwoRegions, pixels: [Float], imaging: Imaging
  ) throws -> Refiner {
    let simulation = regions.set.simulation
    regions.set.pixels = pixels
    regions.set.settings.marginalize = false
    regions.set.settings.estimateGreyscale = false
    regions.set.settings.normalize = false
    var refiner = try regions.refiner()
    let (small, large) = (refiner.bodies[0], refiner.bodies[1])
    let geometry = small.context.frame.geometry
    let density = CentredMap(geometry: geometry).moved(simulation.map(of: simulation.phantom.small))
    let rows = small.mask.rows
    refiner.bodies[0].loop.shown = ShownDensity(
      rows, band: geometry.maximumShell,
      halves: [rows.values(of: density), rows.values(of: density)])
    refiner.bodies[0].loop.refinement.poses = (0..<12).map {
      small.context.frame.alignment(simulation.smallPoses[$0], of: $0)
    }
    for (body, change) in [imaging.small, imaging.large].enumerated() where change != 0 {
      refiner.bodies[body].loop.refinement.defocusChanges = [DefocusChange](
        repeating: DefocusChange(change: change), count: 12)
    }
    let shares = MaskShares(masks: [small.input.mask, large.input.mask.map { _ in 0 }])
    let neighbour = try #require(refiner.bodies[0].neighbour(seenBy: 1, shares))
    refiner.bodies[1].meet([neighbour])
    if imaging.large != 0 {
      try refiner.bodies[1].repack(
        StageProgress(.packing, particles: 12, costs: [1, 1], events: { _ in }), part: 1)
    }
    return refiner
  }

  /// What is subtracted of a body with an uncertain pose is the mean of its projections over draws from
  /// what is known of the pose.
  @Test func anUncertainBodyIsSubtractedSoftly() throws {
    let regions = TwoRegions(count: 4, box: 48, pixelSize: 4)
    var refiner = try regions.refiner()
    let body = refiner.bodies[0]
    let pose = body.state.poses[1]
    let (turn, shift) = (radians(2), 2.0)
    var precision = Matrix5()
    for axis in 0..<3 { precision[axis, axis] = 1 / (turn * turn) }
    for axis in 3..<5 { precision[axis, axis] = 1 / (shift * shift) }
    var prior = body.context.frame.prior(of: 1, body.state, body.context.settings)
    (prior.rotationExtent, prior.shiftExtent) = (100, 10_000)
    let posterior = PosePosterior(curvature: precision, at: pose, prior: prior, narrow: 0)
    let shares = MaskShares(masks: refiner.bodies.map(\.input.mask))
    let points = SamplingPoints(window: 48, maximumShell: 10)
    func projection(_ poses: [Alignment], _ posterior: PosePosterior) throws -> [SIMD2<Float>] {
      let room = Neighbour.Room(points: points)
      for pose in poses {
        refiner.bodies[0].loop.refinement.poses[1] = pose
        refiner.bodies[0].loop.refinement.posteriors[1] = posterior
        try #require(refiner.bodies[0].neighbour(seenBy: 1, shares))
          .add(1, points: points, to: room)
      }
      return (0..<points.count).map {
        SIMD2(room.sumReal[$0], room.sumImaginary[$0]) / Float(poses.count)
      }
    }
    func norm(_ values: [SIMD2<Float>]) -> Float {
      values.reduce(0) { $0 + ($1 * $1).sum() }.squareRoot()
    }
    let soft = try projection([pose], posterior)
    let sharp = try projection([pose], .point)
    var generator = SeededGenerator(seed: 5)
    let draws = (0..<400).map { _ in
      Alignment(
        rotation: pose.rotation * Rotation(rotationVector: turn * generator.normalVector3()),
        position: pose.position + shift * generator.normalVector2())
    }
    let mean = try projection(draws, .point)
    let distance = norm(zip(soft, mean).map { $0 - $1 })
    // The best pose without its width is more than twice as far off.
    #expect(distance < 0.45 * norm(zip(sharp, mean).map { $0 - $1 }), "\(distance)")
    #expect(distance < 0.04 * norm(mean), "\(distance) of \(norm(mean))")
  }

  /// Of every point of the box all density counts for somebody once, whoever is looked at.
  @Test func theSharesAreOneTogether() {
    let size = 12
    func ball(_ centre: Vector3, _ radius: Double) -> Volume {
      var mask = Volume(size: size, pixelSize: 2)
      mask.forEachVoxel { index, position in
        let d = position - centre
        mask.voxels[index] = Float(
          raisedCosine((d * d).sum().squareRoot(), from: radius, to: radius + 6))
      }
      return mask
    }
    let masks = [ball(Vector3(-4, 0, 0), 4), ball(Vector3(4, 0, 1), 3), ball(Vector3(0, 5, 0), 4)]
    let shares = MaskShares(masks: masks)
    let geometry = Geometry(
      box: size, pixelSize: 2, window: size, period: size, centre: .zero, fulcrum: .zero,
      maskDiameter: 8)
    let rows = VoxelRows(allOf: size)
    for looking in 0..<3 {
      var sum = zip(masks[looking].voxels, shares.rest(seenBy: looking).voxels).map(+)
      for other in 0..<3 where other != looking {
        let factors = shares.factors(seenBy: looking, at: rows, of: geometry)
        for index in sum.indices {
          sum[index] += masks[other].voxels[index] * (factors?[index] ?? 1)
        }
      }
      // The outermost planes have no voxels beyond them to be interpolated with.
      for z in 0..<size - 1 {
        for y in 0..<size - 1 {
          for x in 0..<size - 1 {
            #expect(abs(sum[(z * size + y) * size + x] - 1) < 1e-5)
          }
        }
      }
    }
  }
}
