import CryoEM
import Fourier
import Glibc
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

struct BodyDefocusTests {
  private let centres = BodyCentres(
    body: Vector3(20, -30, 40), fulcrum: Vector3(12, -20, 22), rest: Vector3(-4, 3, -9))

  /// The body's height is that of a rigid body that turns about a fulcrum which the particle holds.
  @Test func heightsAreThoseOfARigidBody() {
    var generator = SeededGenerator(seed: 1)
    for _ in 0..<50 {
      let start = Rotation.random(using: &generator)
      let turn = Rotation(rotationVector: 0.3 * generator.normalVector3())
      // The body in its frame, turned about the fulcrum, and then seen as the particle is.
      let moved = centres.fulcrum + turn.applied(to: centres.body - centres.fulcrum)
      let height = start.applied(to: moved).z
      #expect(abs(centres.height(start: start, now: start * turn) - height) < 1e-9)
      let defocus = BodyDefocus(
        sign: -1, centres: centres, start: [Pose(rotation: start, origin: Vector2(5, 1))],
        now: [Pose(rotation: start * turn, origin: .zero)])
      #expect(abs(defocus.body[0] - height) < 1e-9)
      #expect(abs(defocus.rest[0] - start.applied(to: centres.rest).z) < 1e-9)
    }
  }

  /// What is kept of the amplitude is the mean of the cosine over directions on the sphere.
  @Test(arguments: [0.2, 0.9, 2.0])
  func theKeptAmplitudeIsAMeanOverViews(phase: Double) {
    let wavelength = 0.0197
    let effect = BodyDefocusEffect(
      distance: 9 * phase / (.pi * wavelength), resolution: 3, wavelength: wavelength)
    #expect(abs(effect.phase - phase) < 1e-12)
    var generator = SeededGenerator(seed: 4)
    let count = 40_000
    let mean =
      (0..<count).reduce(0.0) { sum, _ in
        let direction = generator.normalVector3()
        return sum + cos(phase * direction.z / (direction * direction).sum().squareRoot())
      } / Double(count)
    #expect(abs(effect.keptAmplitude - mean) < 0.005)
  }

  /// A voltage at which bodies of this size are out of focus.
  private let optics = OpticsGroup(
    voltage: 0.5, sphericalAberration: 0.01, amplitudeContrast: 0.1, pixelSize: 3, imageSize: 48)
  private let body = Phantom.random(blobs: 30, radius: 12, width: 3, seed: 2)
    .moved(rotation: .identity, about: .zero, shift: Vector3(20, -13, 36))
  private let other = Phantom.random(blobs: 40, radius: 12, width: 3, seed: 9)
    .moved(rotation: .identity, about: .zero, shift: Vector3(-12, 9, -33))

  private func images(
    of body: Phantom, _ change: (inout OpticsGroup) -> Void = { _ in }
  ) -> PaintedImages {
    var optics = optics
    change(&optics)
    return PaintedImages(count: 8, body: body, optics: optics, seed: 4, defocus: 300..<600)
  }

  /// Images of a body at the defocus of its height, stated for the particle or found from its pose: the
  /// packed images are alike. At the particle's own defocus they are not.
  @Test(arguments: [1, -1])
  func packedDataAreThoseOfTheBodysDefocus(sign: Int) throws {
    let plain = images(of: body)
    let centres = BodyCentres(body: body.centreOfMass, fulcrum: .zero, rest: .zero)
    let defocus = BodyDefocus(sign: sign, centres: centres, start: plain.poses, now: plain.poses)
    let geometry = plain.geometry(window: 36, centre: body.centreOfMass)
    let found = try pack(plain, plain.particles, geometry, defocus: defocus)
    var stated = plain.particles
    for (particle, pose) in plain.poses.enumerated() {
      let height = pose.rotation.applied(to: body.centreOfMass).z
      stated.defoci[particle].u -= Double(sign) * height
      stated.defoci[particle].v -= Double(sign) * height
    }
    let expected = try pack(plain, stated, geometry)
    #expect(difference(found, expected) < 1e-5)
    let without = difference(try pack(plain, plain.particles, geometry), expected)
    #expect(without > 0.02, "\(without)")
  }

  /// Images whose phases were flipped by the particle's own CTF, or which were multiplied by it.
  @Test(arguments: [false, true])
  func workedUpImagesPackAlike(premultiplied: Bool) throws {
    let plain = images(of: body)
    let centres = BodyCentres(body: body.centreOfMass, fulcrum: .zero, rest: .zero)
    let defocus = BodyDefocus(sign: 1, centres: centres, start: plain.poses, now: plain.poses)
    let geometry = plain.geometry(window: 48)
    let expected = try pack(plain, plain.particles, geometry, defocus: defocus)
    var pixels: [Float] = []
    for particle in plain.poses.indices {
      let ctf = ContrastTransferFunction(optics: plain.optics, defocus: plain.defoci[particle])
      var transform = plain.signal(of: particle)
      for index in transform.indices {
        let value = ctf.value(
          at: plain.frequency(index % 25, signedFrequency(index / 25, size: 48)))
        transform[index] *= Float(premultiplied ? value : value < 0 ? -1 : 1)
      }
      pixels += PhantomProjector.image(of: transform, boxSize: 48)
    }
    var particles = plain.particles
    particles.optics[0].isPremultiplied = premultiplied
    particles.optics[0].isPhaseFlipped = !premultiplied
    let worked = plain.changed { $0 = pixels }
    let packed = try pack(worked, particles, geometry, defocus: defocus)
    // What is left of an image near the zeros of the CTF that it was multiplied by is given up.
    let error = difference(packed, expected)
    #expect(error < (premultiplied ? 0.1 : 1e-4), "\(error)")
    let without = difference(try pack(worked, particles, geometry), expected)
    #expect(without > 0.02 && without > 2 * error, "\(without), \(error)")
  }

  /// The density outside the mask is taken out at the defocus of its own height.
  @Test(arguments: [false, true])
  func theRestIsSubtractedAtItsOwnHeight(flipped: Bool) throws {
    let both = images(of: body)
    let centres = BodyCentres(
      body: body.centreOfMass, fulcrum: .zero, rest: other.centreOfMass)
    let defocus = BodyDefocus(sign: 1, centres: centres, start: both.poses, now: both.poses)
    func pixels(_ bodies: [(Phantom, [Double])]) -> [Float] {
      both.poses.indices.flatMap { particle -> [Float] in
        var sum = [ComplexFloat](repeating: .zero, count: 48 * 25)
        let own = ContrastTransferFunction(optics: both.optics, defocus: both.defoci[particle])
        for (phantom, changes) in bodies {
          var defocus = both.defoci[particle]
          defocus.u += changes[particle]
          defocus.v += changes[particle]
          let ctf = ContrastTransferFunction(optics: both.optics, defocus: defocus)
          let transform = PhantomProjector(phantom, boxSize: 48, pixelSize: 3)
            .transform(at: both.poses[particle])
          for index in sum.indices {
            let k = both.frequency(index % 25, signedFrequency(index / 25, size: 48))
            let sign: Double = flipped && own.value(at: k) < 0 ? -1 : 1
            sum[index] += transform[index] * Float(sign * ctf.value(at: k))
          }
        }
        return PhantomProjector.image(of: sum, boxSize: 48)
      }
    }
    var particles = both.particles
    particles.optics[0].isPhaseFlipped = flipped
    let geometry = both.geometry(window: 48)
    let whole = both.changed { $0 = pixels([(body, defocus.body), (other, defocus.rest)]) }
    let alone = both.changed { $0 = pixels([(body, defocus.body)]) }
    let outside = [BoxModel](repeating: both.model(of: other), count: 2)
    let expected = try pack(alone, particles, geometry, defocus: defocus)
    let packed = try pack(whole, particles, geometry, outside: outside, defocus: defocus)
    #expect(difference(packed, expected) < 0.05)
    var atTheBody = defocus
    atTheBody.rest = defocus.body
    let wrong = try pack(whole, particles, geometry, outside: outside, defocus: atTheBody)
    #expect(difference(wrong, expected) > 0.08)
  }

  private func pack(
    _ images: PaintedImages, _ particles: ParticleSet, _ geometry: Geometry,
    outside: [BoxModel] = [], defocus: BodyDefocus? = nil
  ) throws -> PackedImages {
    var survey = try images.survey(outside: outside)
    survey.noise = [[Double]](repeating: [Double](repeating: 1, count: 25), count: 2)
    survey.outsideShare = survey.outsideShare.map { _ in 1 }
    let transformer = ImageTransformer(
      source: ArraySource(boxSize: images.box, pixels: images.pixels), particles: particles,
      switches: ContrastTransferFunction.Switches(), windowInner: 2, windowOuter: 3)
    return try ImagePacker(
      transformer: transformer, geometry: geometry,
      points: SamplingPoints(window: geometry.window, maximumShell: geometry.maximumShell),
      survey: survey, outside: outside, highpassShell: 0, defocus: defocus
    ).pack(threads: 2, bad: BadImages(limit: 0, total: 8), control: RefinementControl()) { _ in }
      .images
  }

  /// Relative rms difference of the data of all images.
  private func difference(_ packed: PackedImages, _ expected: PackedImages) -> Double {
    var (sum, whole) = (0.0, 0.0)
    for image in 0..<expected.count {
      for (a, b) in zip(packed.data(image), expected.data(image)) {
        sum += Double((a - b).squaredModulus)
        whole += Double(b.squaredModulus)
      }
    }
    return (sum / whole).squareRoot()
  }
}
