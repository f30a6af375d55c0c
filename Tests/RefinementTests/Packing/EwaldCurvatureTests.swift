import CryoEM
import Fourier
import Glibc
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// The curvature of the Ewald sphere against sums over points, one by one.
struct EwaldCurvatureTests {
  /// A voltage at which a body of 60 Å is far thicker than d²/λ at the finest shells.
  private let optics = OpticsGroup(
    voltage: 10, sphericalAberration: 0, amplitudeContrast: 0.1, pixelSize: 2, imageSize: 32)
  private let box = 32
  private let pixelSize = 2.0
  private let body = Phantom.random(blobs: 40, radius: 20, width: 1.2, seed: 3)
    .moved(rotation: .identity, about: .zero, shift: Vector3(3, -4, 5))

  /// The image of the body with a hand, by the formula of the microscope: each blob with a defocus of
  /// its own.
  private func image(
    _ pose: Pose, _ defocus: Defocus, hand: Double, optics: OpticsGroup
  ) -> [ComplexFloat] {
    let width = box / 2 + 1
    let limit = box / 2 - 1
    var transform = [ComplexFloat](repeating: .zero, count: box * width)
    let scale = 1 / (pixelSize * pixelSize * pixelSize)
    let points = body.blobs.map { blob -> (Vector2, Double, Double, ContrastTransferFunction) in
      let height = pose.rotation.applied(to: blob.position).z
      var own = defocus
      own.u -= hand * height
      own.v -= hand * height
      return (
        pose.rotation.projected(blob.position) - pose.origin, blob.weight * scale, blob.width,
        ContrastTransferFunction(optics: optics, defocus: own)
      )
    }
    for index in transform.indices {
      let (x, y) = (index % width, signedFrequency(index / width, size: box))
      guard x * x + y * y <= limit * limit else { continue }
      let k = Vector2(Double(x), Double(y)) / (Double(box) * pixelSize)
      for (position, weight, width, ctf) in points {
        let envelope = exp(-2 * .pi * .pi * width * width * (k * k).sum())
        let phase = ComplexFloat.unit(angle: -2 * .pi * (k * position).sum())
        transform[index] += phase * Float(weight * envelope * ctf.value(at: k))
      }
    }
    return transform
  }

  private func set(
    count: Int, hand: Double, voltage: Double = 10, defocus: Range<Double> = 300..<900
  ) -> PaintedImages {
    var optics = optics
    optics.voltage = voltage
    let plain = PaintedImages(
      count: count, box: box, pixelSize: pixelSize, body: body, optics: optics, seed: 5,
      defocus: defocus)
    let pixels = plain.poses.indices.flatMap {
      PhantomProjector.image(
        of: image(plain.poses[$0], plain.defoci[$0], hand: hand, optics: optics), boxSize: box)
    }
    return plain.changed { $0 = pixels }
  }

  /// The simulator's curved images are those of points at their own defoci.
  @Test(arguments: [1, -1]) func theSimulatorBendsTheSphere(hand: Int) {
    var settings = SimulationSettings()
    settings.count = 3
    settings.boxSize = box
    settings.pixelSize = pixelSize
    settings.signalToNoise = nil
    settings.optics = [optics]
    settings.defocusRange = 300...900
    settings.ewald = hand
    let phantom = HingedPhantom(extent: 64, blobWidth: 1.6, seed: 2)
    let simulation = Simulation(settings, phantom: phantom)
    let width = box / 2 + 1
    for particle in 0..<3 {
      let signal = simulation.signal(of: particle)
      var (error, size, flat) = (0.0, 0.0, 0.0)
      var expected = [SIMD2<Double>](repeating: .zero, count: signal.count)
      let bodies = [
        (phantom.large, simulation.largePoses[particle], 0.0),
        (
          phantom.small, simulation.smallPoses[particle],
          simulation.smallHeights[particle]
            - (simulation.smallPoses[particle].rotation.row2 * phantom.small.centreOfMass).sum()
        ),
      ]
      for (body, pose, lift) in bodies {
        for blob in body.blobs {
          var defocus = simulation.defoci[particle]
          let height = pose.rotation.applied(to: blob.position).z + lift
          defocus.u -= Double(hand) * height
          defocus.v -= Double(hand) * height
          let ctf = ContrastTransferFunction(optics: simulation.optics[0], defocus: defocus)
          let position = pose.rotation.projected(blob.position) - pose.origin
          for index in signal.indices {
            let (x, y) = (index % width, signedFrequency(index / width, size: box))
            guard x * x + y * y <= 225 else { continue }
            let k = Vector2(Double(x), Double(y)) / 64
            let angle = -2 * .pi * (k * position).sum()
            let weight =
              blob.weight / 8
              * exp(-2 * .pi * .pi * blob.width * blob.width * (k * k).sum()) * ctf.value(at: k)
            expected[index] += weight * SIMD2(cos(angle), sin(angle))
          }
        }
      }
      settings.ewald = 0
      let plane = Simulation(settings, phantom: phantom).signal(of: particle)
      for index in signal.indices {
        let difference = SIMD2<Double>(signal[index]) - expected[index]
        let other = SIMD2<Double>(plane[index]) - expected[index]
        error += (difference * difference).sum()
        flat += (other * other).sum()
        size += (expected[index] * expected[index]).sum()
      }
      #expect(error < 1e-8 * size && flat > 1e-4 * size, "\(error / size), \(flat / size)")
    }
  }

  /// What a mask has in common with itself against a sum over its voxels and directions.
  @Test func theOverlapIsThatOfTheMask() throws {
    var mask = Volume(size: 24, pixelSize: 3)
    mask.forEachVoxel { index, position in
      let d = position - Vector3(6, -9, 3)
      mask.voxels[index] = (d * d * Vector3(1, 1.5, 0.7)).sum() <= 330 ? 1 : 0
    }
    let thickness = try #require(MaskThickness(mask))
    let centre = try #require(mask.centreOfMass)
    var generator = SeededGenerator(seed: 4)
    for q in [0.004, 0.01, 0.02] {
      var (sum, count) = (0.0, 0.0)
      for _ in 0..<400 {
        let direction = generator.normalVector3()
        let unit = direction / (direction * direction).sum().squareRoot()
        mask.forEachVoxel { index, position in
          guard mask.voxels[index] > 0 else { return }
          sum += cos(2 * .pi * q * (unit * (position - centre)).sum())
          count += 1
        }
      }
      #expect(abs(thickness.overlap(atDistance: q) - sum / count) < 0.02)
    }
    // Of a ball: 3 (sin a − a cos a)/a³ with a = 2πqR; its diameter is its own.
    let ball = MaskThickness(ballOfRadius: 30)
    let a = 2 * Double.pi * 0.013 * 30
    #expect(abs(ball.overlap(atDistance: 0.013) - 3 * (sin(a) - a * cos(a)) / (a * a * a)) < 1e-3)
    #expect(abs(ball.diameter - 60) < 0.1)
  }

  /// A reconstruction by slow sums: each half of the plane at its two points, spread to the eight
  /// neighbours, with both mates.
  @Test(arguments: [1, -1]) func sideBandsGoWhereTheFormulaSays(hand: Int) throws {
    let images = set(count: 4, hand: Double(hand))
    let thickness = MaskThickness(ballOfRadius: 24)
    let centres = BodyCentres(
      body: Vector3(3, -4, 5), fulcrum: Vector3(9, 2, -6), rest: .zero)
    var generator = SeededGenerator(seed: 8)
    let now = images.poses.map {
      Pose(
        rotation: $0.rotation * Rotation(rotationVector: 0.2 * generator.normalVector3()),
        origin: $0.origin)
    }
    let ewald = EwaldCurvature(
      sign: hand, thickness: thickness, centres: centres, particles: images.particles, now: now,
      box: box)
    let points = SamplingPoints(window: box, maximumShell: box / 2 - 1)
    let packer = ImagePacker(
      transformer: images.transformer(), geometry: images.geometry(window: box),
      points: points, survey: try images.survey(), outside: [], highpassShell: 0)
    let packed = PackedImages(points: points, count: 2)
    let workspace = ImagePacker.Workspace(packer: packer)
    for particle in 0..<4 {
      try packer.packSideBands(particle, ewald, into: packed, workspace)
      let y = image(
        images.poses[particle], images.defoci[particle], hand: Double(hand), optics: optics)
      let start = images.poses[particle].rotation
      let turned = now[particle].rotation
      let total =
        start.applied(to: centres.fulcrum).z
        + turned.applied(to: centres.body - centres.fulcrum).z
      let own = turned.applied(to: centres.body).z
      var plane = images.defoci[particle]
      plane.u -= Double(hand) * (total - own)
      plane.v -= Double(hand) * (total - own)
      var middle = images.defoci[particle]
      middle.u -= Double(hand) * total
      middle.v -= Double(hand) * total
      let noise = packer.survey.noise[particle % 2][5]
      var (error, size, heavy) = (0.0, 0.0, 0.0)
      for index in 0..<points.count {
        let (x, ky) = (Int(points.kx[index]), Int(points.ky[index]))
        let k = Vector2(Double(x), Double(ky)) / (Double(box) * pixelSize)
        let value = SIMD2<Double>(y[transformIndex(ky, size: box) * (box / 2 + 1) + x])
        // γ by the microscope's formula.
        func gamma(_ defocus: Defocus) -> Double {
          let angle = atan2(k.y, k.x)
          let mean = (defocus.u + defocus.v) / 2
          let astigmatism = (defocus.u - defocus.v) / 2 * cos(2 * (angle - defocus.angle))
          return -.pi * optics.wavelength * (mean + astigmatism) * (k * k).sum()
            - asin(optics.amplitudeContrast)
        }
        let (c, d) = (-sin(gamma(plane)), cos(gamma(plane)))
        let planes = [packed.planes(0), packed.planes(1)]
        for (slot, side) in [(0, -1.0), (1, 1.0)] {
          let expected = SIMD2(
            0.5 * (c * value.x - side * d * value.y), 0.5 * (c * value.y + side * d * value.x))
          let found =
            noise
            * SIMD2(
              Double(planes[slot].real[index]), Double(planes[slot].imaginary[index]))
          error += ((found - expected) * (found - expected)).sum()
          size += (expected * expected).sum()
          let shell = Double(points.shells[index]) / (Double(box) * pixelSize)
          let rho = thickness.overlap(atDistance: optics.wavelength * shell * shell)
          let weight = 0.25 * (1 - rho * cos(2 * gamma(middle)))
          heavy = max(heavy, abs(noise * Double(planes[slot].weight[index]) - weight))
        }
      }
      #expect(error < 1e-6 * size, "\(error / size)")
      #expect(heavy < 1e-4, "\(heavy)")
    }
  }

  /// Points that are bent go along the third axis of the image by a multiple of their squared length.
  @Test func bentPointsLieOnTheSphere() throws {
    let points = SamplingPoints(window: 20, maximumShell: 8)
    let rotation = Rotation(rot: 24, tilt: 71, psi: -50)
    let (radius, curvature) = (16, 0.02)
    let matrix = SliceMatrix(rotation: rotation, oversampling: 1.5, magnification: [1, 0, 0, 1])
    let ones = points.factors(perShell: [Double](repeating: 1, count: 9), band: 8)
    let images = PackedImages(points: points, count: 1)
    for index in 0..<points.count { images.planes(0).weight[index] = 1 }
    let sums = ExactSums(radius: radius, interpolation: .trilinear, largest: 2)
    sums.insert(
      images.image(0), points: points.points(factor: ones, band: 8),
      at: ExactSums.Placement(
        matrix: matrix, bend: SIMD3<Float>(rotation.row2 * curvature), shift: .zero), scale: 1)
    let found = sums.completed
    var expected = [Double](repeating: 0, count: found.count)
    let layout = GridLayout(radius: radius)
    for index in 0..<points.count {
      let (kx, ky) = (1.5 * Double(points.kx[index]), 1.5 * Double(points.ky[index]))
      let kz = curvature * (kx * kx + ky * ky)
      for mate in [1.0, -1.0] {
        let q = mate * (rotation.row0 * kx + rotation.row1 * ky + rotation.row2 * kz)
        let base = q.rounded(.down)
        for corner in 0..<8 {
          let step = Vector3(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2))
          let share = (0..<3).reduce(1.0) { product, axis in
            product * (1 - abs(q[axis] - base[axis] - step[axis]))
          }
          let at = base + step
          guard at.x >= 0 else { continue }
          expected[layout.index(Int(at.x), Int(at.y), Int(at.z))] += share
        }
      }
    }
    var (worst, total) = (0.0, 0.0)
    for z in -radius...radius {
      for y in -radius...radius {
        for x in 0...radius {
          let index = layout.index(x, y, z)
          worst = max(worst, abs(Double(found.denominator[index]) - expected[index]))
          total += expected[index]
        }
      }
    }
    #expect(worst < 2e-3 && total > 100, "\(worst), \(total)")
  }

  /// The final pass gives the body its amplitude back with the right hand, planes and the other hand do
  /// not.
  @Test func theSphereRegainsTheAmplitude() throws {
    let images = set(count: 400, hand: 1, voltage: 1, defocus: 50..<300)
    var settings = RefinementSettings()
    (settings.windowInner, settings.windowOuter) = (2, 3)
    settings.threads = 2
    settings.dataSign = .as_is
    let truth = body.map(size: box, pixelSize: pixelSize)
    let thickness = try #require(MaskThickness(truth.map { $0 > 0.05 * truth.maximum ? 1 : 0 }))
    func amplitudes(_ mode: RefinementSettings.EwaldMode) throws -> (low: Double, high: Double) {
      settings.ewald = mode
      var reconstruction = try DirectReconstruction(
        settings: settings, particles: images.particles,
        images: ArraySource(boxSize: box, pixels: images.pixels), thickness: thickness)
      let made = reconstruction.takeHalfMaps()
      let mean = (made.a + made.b).map { $0 / 2 }
      let curve = Self.shares(of: mean, in: truth)
      return ((curve[3] + curve[4] + curve[5]) / 3, (curve[11] + curve[12] + curve[13]) / 3)
    }
    let (plane, sphere, other) = (
      try amplitudes(.off), try amplitudes(.on), try amplitudes(.inverted)
    )
    let told = "\(plane) \(sphere) \(other)"
    #expect(sphere.high / sphere.low > 0.94, "\(told)")
    #expect(plane.high / plane.low < 0.93 * sphere.high / sphere.low, "\(told)")
    #expect(other.high / other.low < plane.high / plane.low, "\(told)")
    #expect(abs(sphere.low / plane.low - 1) < 0.03, "\(told)")
  }

  /// Re⟨a, b⟩/⟨b, b⟩ by shell.
  private static func shares(of map: Volume, in truth: Volume) -> [Double] {
    let plan = RealTransform(shape: [truth.size, truth.size, truth.size])
    let (a, b) = (plan.forward(map.voxels), plan.forward(truth.voxels))
    let width = truth.size / 2 + 1
    var (cross, power) = ([Double](repeating: 0, count: 64), [Double](repeating: 0, count: 64))
    for index in a.indices {
      let x = index % width
      let y = signedFrequency(index / width % truth.size, size: truth.size)
      let z = signedFrequency(index / width / truth.size, size: truth.size)
      let shell = Int(Double(x * x + y * y + z * z).squareRoot().rounded())
      cross[shell] += Double((a[index] * b[index]).sum())
      power[shell] += Double((b[index] * b[index]).sum())
    }
    return zip(cross, power).map { $1 > 0 ? $0 / $1 : 0 }
  }
}
