import CryoEM
import Fourier
import Glibc
import Ground
import Refinement
import Testing

@testable import Phantoms

struct HingedPhantomTests {
  private let phantom = HingedPhantom(extent: 256, blobWidth: 3)

  @Test func bodiesAreApartAndInsideTheBox() {
    let large = phantom.large.map(size: 64, pixelSize: 4)
    let small = phantom.small.map(size: 64, pixelSize: 4)
    #expect(abs(large.correlation(with: small)) < 0.05)
    let reach = (large + small).map { abs($0) }.supportRadius(
      about: .zero, level: 0.02 * large.maximum)
    #expect(reach < 0.45 * 256)
    #expect(phantom.large.mass > 3 * phantom.small.mass)
    #expect(phantom.whole.blobs.count == 410)
  }

  /// Of three bodies each is apart from the others, though it touches the large one, and inside the box.
  @Test func threeBodiesAreApartToo() {
    let phantom = HingedPhantom(extent: 256, blobWidth: 3, isThreefold: true)
    #expect(phantom.small.blobs.map(\.position) == self.phantom.small.blobs.map(\.position))
    let side = phantom.arms[1].body.map(size: 64, pixelSize: 4)
    for other in [phantom.large, phantom.small] {
      #expect(abs(side.correlation(with: other.map(size: 64, pixelSize: 4))) < 0.05)
    }
    #expect(side.supportRadius(about: .zero, level: 0.02 * side.maximum) < 0.45 * 256)
    for arm in phantom.arms {
      let nearest = [arm.body, phantom.large].map { body in
        body.blobs.map { (($0.position - arm.hinge) * ($0.position - arm.hinge)).sum() }.min() ?? 0
      }
      #expect(nearest.allSatisfy { $0.squareRoot() < 0.12 * 256 }, "the hinge is where they meet")
    }
  }

  /// No turn about the centre of mass brings a body onto itself.
  @Test func theSmallBodyHasNoSymmetry() {
    let centre = phantom.small.centreOfMass
    let map = phantom.small.map(size: 32, pixelSize: 8)
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<40 {
      let turn = Rotation.random(using: &generator)
      guard turn.angle > 0.5 else { continue }
      let turned = phantom.small.moved(rotation: turn, about: centre).map(size: 32, pixelSize: 8)
      #expect(map.correlation(with: turned) < 0.9)
    }
  }

  /// There is something to align at 8–10 Å.
  @Test func thereIsStructureAtHighResolution() {
    let power = phantom.small.spectrum(size: 64, pixelSize: 4).shellPower
    // Shell 26 is 9.8 Å, shell 13 19.7 Å.
    #expect(power[26] > 0.02 * power[13])
  }
}

struct SimulationTests {
  private func settings(_ change: (inout SimulationSettings) -> Void) -> SimulationSettings {
    var settings = SimulationSettings()
    settings.count = 60
    settings.boxSize = 48
    settings.pixelSize = 5
    change(&settings)
    return settings
  }

  @Test func isAPureFunctionOfItsSettings() {
    let a = Simulation(settings { _ in })
    let b = Simulation(settings { _ in })
    #expect(a.image(of: 7) == b.image(of: 7))
    #expect(a.smallPoses == b.smallPoses && a.startPoses == b.startPoses)
    let other = Simulation(settings { $0.seed = 2 })
    #expect(a.largePoses != other.largePoses)
    let fewer = Simulation(settings { $0.count = 50 })
    #expect(fewer.smallPoses == Array(a.smallPoses.prefix(50)))
    #expect(a.images(of: 3..<5) == a.image(of: 3) + a.image(of: 4))
  }

  @Test func motionAndErrorsHaveTheSizeAskedFor() {
    let simulation = Simulation(settings { $0.count = 3000 })
    func rootMeanSquare(_ values: [Double]) -> Double {
      (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
    }
    let indices = simulation.largePoses.indices
    let hinge = simulation.phantom.hinge
    let motions = indices.map {
      simulation.largePoses[$0].motion(to: simulation.smallPoses[$0], about: hinge)
    }
    #expect(abs(degrees(rootMeanSquare(motions.map(\.angle))) - 5) < 0.15)
    // Two of the shift's three components are seen.
    #expect(abs(rootMeanSquare(motions.map(\.distance)) - 2 * (2.0 / 3).squareRoot()) < 0.06)
    let errors = indices.map {
      simulation.largePoses[$0].motion(to: simulation.startPoses[$0], about: .zero)
    }
    #expect(abs(degrees(rootMeanSquare(errors.map(\.angle))) - 0.7) < 0.03)
    #expect(abs(rootMeanSquare(errors.map(\.distance)) - 1) < 0.04)
    #expect(simulation.halfSets.count { $0 == .a } == 1500)
  }

  /// A third body is one more part of every image and changes nothing else: its projection at a motion of
  /// its own, which the first small body's says nothing of.
  @Test func aThirdBodyMovesByItself() {
    let two = Simulation(settings { $0.signalToNoise = nil })
    let three = Simulation(
      settings {
        $0.signalToNoise = nil
        $0.isThreefold = true
      })
    #expect(two.smallPoses == three.smallPoses && two.startPoses == three.startPoses)
    let arm = three.phantom.arms[1]
    for particle in 0..<3 {
      var ctf: [Float] = []
      ContrastTransferFunction(optics: three.optics[0], defocus: three.defoci[particle])
        .fill(values: &ctf, boxSize: 48, pixelSize: 5)
      let part = PhantomProjector(arm.body, boxSize: 48, pixelSize: 5)
        .transform(at: three.armPoses[1][particle])
      let (without, with) = (two.signal(of: particle), three.signal(of: particle))
      let power = part.reduce(Float(0)) { $0 + $1.squaredModulus }
      let error = part.indices.reduce(Float(0)) {
        $0 + (with[$1] - without[$1] - ctf[$1] * part[$1]).squaredModulus
      }
      #expect(error < 1e-8 * power)
    }
    let many = Simulation(
      settings {
        $0.count = 2000
        $0.isThreefold = true
      })
    let turns = many.largePoses.indices.map { particle in
      many.phantom.arms.indices.map {
        (many.largePoses[particle].rotation.transposed * many.armPoses[$0][particle].rotation)
          .rotationVector
      }
    }
    let squares = turns.map { ($0[1] * $0[1]).sum() }
    let together = turns.map { ($0[0] * $0[1]).sum() }
    let mean = squares.reduce(0, +) / 2000
    #expect(abs(degrees(mean.squareRoot()) - 5) < 0.2)
    #expect(abs(together.reduce(0, +) / 2000) < 0.1 * mean)
  }

  /// The noise that is added is the noise that is said to be there.
  @Test(arguments: [0, 2.5])
  func noiseIsKnown(excess: Double) {
    let simulation = Simulation(
      settings {
        $0.lowFrequencyExcess = excess
        $0.isNormalised = true
      })
    let size = 48
    let plan = RealTransform(shape: [size, size])
    var measured = [Double](repeating: 0, count: size / 2)
    var counts = measured
    for particle in 0..<simulation.settings.count {
      let clean = PhantomProjector.image(of: simulation.signal(of: particle), boxSize: size)
      let noise = zip(simulation.image(of: particle), clean).map {
        $0 - simulation.imageScale * $1
      }
      for (index, value) in plan.forward(noise).enumerated() {
        let (kx, ky) = (index % 25, signedFrequency(index / 25, size: size))
        let shell = Int(Double(kx * kx + ky * ky).squareRoot() + 0.5)
        if kx > 0, shell < size / 2 {
          measured[shell] += Double(value.squaredModulus) / 2
          counts[shell] += 1
        }
      }
    }
    let expected = simulation.noiseVariance
    for shell in 1..<(size / 2) {
      let tolerance = 4 / counts[shell].squareRoot() + (excess > 0 ? 0.02 : 0)
      #expect(abs(measured[shell] / counts[shell] / expected[shell] - 1) < tolerance)
    }
  }

  @Test func signalToNoiseIsAsAsked() {
    let simulation = Simulation(settings { $0.signalToNoise = 0.2 })
    let size = 48
    var signal = 0.0
    for particle in 0..<60 {
      let image = PhantomProjector.image(of: simulation.signal(of: particle), boxSize: size)
      let disc = image.indices.filter {
        let (x, y) = (Double($0 % size - 24), Double($0 / size - 24))
        return (x * x + y * y).squareRoot() < 0.4 * 48
      }.map { Double(image[$0]) }
      let mean = disc.reduce(0, +) / Double(disc.count)
      signal += disc.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(disc.count) / 60
    }
    let ratio = signal / (simulation.noiseDeviation * simulation.noiseDeviation)
    #expect(abs(ratio / 0.2 - 1) < 0.1)
  }

  /// Particle by particle the sum of both bodies' projections, with CTF and phases, from the formulas.
  @Test func signalIsTheModel() {
    var optics = OpticsGroup(
      voltage: 200, sphericalAberration: 2, amplitudeContrast: 0.08, pixelSize: 5, imageSize: 48)
    optics.beamTilt = Vector2(4, -3)
    optics.magnification = [1.01, 0, 0.01, 0.99]
    let plain = OpticsGroup(
      voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1, pixelSize: 5, imageSize: 48)
    let simulation = Simulation(settings { $0.optics = [plain, optics] })
    for particle in [4, 5] {
      let group = simulation.optics[Int(simulation.opticsIndices[particle])]
      let ctf = ContrastTransferFunction(
        optics: group, defocus: simulation.defoci[particle])
      let signal = simulation.signal(of: particle)
      for (kx, ky) in [(3, -5), (10, 8), (0, 4)] {
        let k = Vector2(Double(kx), Double(ky)) / 240
        let m = group.magnification
        let seen = Vector2(m[0] * k.x + m[1] * k.y, m[2] * k.x + m[3] * k.y)
        var sum = SIMD2<Double>.zero
        for (body, pose) in [
          (simulation.phantom.large, simulation.largePoses[particle]),
          (simulation.phantom.small, simulation.smallPoses[particle]),
        ] {
          let slice = body.transform(at: pose.rotation.lifted(seen)) / 125
          let angle = 2 * Double.pi * (k * pose.origin).sum() + ctf.phase(at: k)
          sum += SIMD2(
            slice.x * cos(angle) - slice.y * sin(angle),
            slice.x * sin(angle) + slice.y * cos(angle))
        }
        let expected = ctf.value(at: k) * sum
        let value = SIMD2<Double>(signal[transformIndex(ky, size: 48) * 25 + kx])
        let error = ((value - expected) * (value - expected)).sum().squareRoot()
        #expect(error < 1e-4 * (expected * expected).sum().squareRoot() + 1e-3)
      }
    }
    #expect(simulation.opticsIndices.prefix(4) == [0, 1, 0, 1])
  }

  @Test func masksHoldTheirBodies() {
    let simulation = Simulation(settings { _ in })
    let small = simulation.map(of: simulation.phantom.small)
    let mask = simulation.mask(of: simulation.phantom.small)
    #expect((small * mask).correlation(with: small) > 0.98)
    let report = MaskReport(of: mask)
    #expect(!report.isBinary && !report.isEmpty && !report.touchesSphere)
    let inside = simulation.consensusMap * mask
    #expect(inside.correlation(with: small) > 0.6)
    #expect(inside.correlation(with: small) < 0.99)
  }

  @Test func halfMapsAgreeUpToTheirResolution() {
    let simulation = Simulation(settings { _ in })
    let halves = simulation.consensusHalfMaps(resolution: 16)
    let curve = fourierShellCorrelation(halves[0], halves[1])
    let found = curve.resolution(below: 0.143)
    #expect(found > 13.5 && found < 19)
    #expect(halves[0] != halves[1])
  }

  @Test func particlesComeWithTheirStart() {
    let simulation = Simulation(settings { _ in })
    let particles = simulation.particleSet(stack: "particles.mrcs")
    #expect(particles.count == 60 && particles.poses == simulation.startPoses)
    #expect(particles.images[13].slice == 13 && particles.optics[0].pixelSize == 5)
  }
}

/// Bodies that are imaged at the defocus of their own heights.
struct SimulatedBodyDefocusTests {
  /// The image is the sum of the bodies' projections, each times the CTF at its own defocus; a body's
  /// height is that of its centre, moved with it in space.
  @Test(arguments: [1, -1])
  func eachBodyHasItsOwnDefocus(sign: Int) {
    var settings = SimulationSettings()
    (settings.count, settings.boxSize, settings.pixelSize) = (3, 32, 4)
    settings.bodyDefocus = sign
    let simulation = Simulation(settings)
    for particle in 0..<3 {
      var expected = [ComplexFloat](repeating: .zero, count: 32 * 17)
      let bodies = [
        (simulation.phantom.large, simulation.largePoses, simulation.largeHeights),
        (simulation.phantom.small, simulation.smallPoses, simulation.smallHeights),
      ]
      for (body, poses, heights) in bodies {
        var defocus = simulation.defoci[particle]
        defocus.u -= Double(sign) * heights[particle]
        defocus.v -= Double(sign) * heights[particle]
        var ctf: [Float] = []
        ContrastTransferFunction(optics: simulation.optics[0], defocus: defocus)
          .fill(values: &ctf, boxSize: 32, pixelSize: 4)
        let transform = PhantomProjector(body, boxSize: 32, pixelSize: 4)
          .transform(at: poses[particle])
        for index in expected.indices { expected[index] += ctf[index] * transform[index] }
      }
      let difference = zip(simulation.signal(of: particle), expected)
        .reduce(Float(0)) { max($0, ($1.0 - $1.1).squaredModulus) }
      #expect(difference < 1e-6 * (expected.map(\.squaredModulus).max() ?? 0))
      // A rigid motion keeps the distances of the bodies.
      let large = simulation.largePoses[particle]
      let small = simulation.smallPoses[particle]
      let hinge = simulation.phantom.hinge
      let seen =
        large.position(of: hinge) - small.position(of: simulation.phantom.small.centreOfMass)
      let depth =
        large.rotation.applied(to: hinge).z - simulation.smallHeights[particle]
      let arm = simulation.phantom.small.centreOfMass - hinge
      let length = ((seen * seen).sum() + depth * depth).squareRoot()
      #expect(abs(length - (arm * arm).sum().squareRoot()) < 6, "but for the shift of 2 Å rms")
    }
  }

  @Test func farBodiesAreWhereTheyAreAskedFor() {
    let phantom = HingedPhantom(extent: 400, blobWidth: 1, distance: 150)
    let centre = phantom.small.centreOfMass
    #expect(abs((centre * centre).sum().squareRoot() - 150) < 3)
    let reach =
      phantom.small.blobs.map { ($0.position * $0.position).sum().squareRoot() }.max() ?? 0
    #expect(reach < 190)
  }
}

/// What a test set is made with beside its images.
@Suite struct SimulatedDataSetTests {
  /// The half-maps of the start are reconstructed in the memory of the machine, as any others.
  @Test func theConsensusKeepsToTheMachine() {
    let settings = SimulatedDataSet.reconstruction(on: Machine(cores: 3, memory: 10_000))
    #expect(settings.threads == 3 && settings.memoryLimit == 8_000)
  }
}
