import CryoEM
import Fourier
import Glibc
import Ground
import Particles

/// A simulated data set of a phantom of two or three bodies with everything about it known: a pure function of its
/// settings.
///
/// Particles are independent of each other: each draws from its own numbered sequence, so any of
/// their images can be made at any time, in any order and on any thread.
public struct Simulation: Sendable {
  /// What the set is like.
  public let settings: SimulationSettings
  /// The object.
  public let phantom: HingedPhantom
  /// The optics groups, with the sampling of the images.
  public let optics: [OpticsGroup]
  /// The true poses of the large body, per particle, and of each small one.
  public let largePoses: [Pose], armPoses: [[Pose]]
  /// The starting poses, as a consensus refinement would give them: the large body's with errors.
  public let startPoses: [Pose]
  /// How far the centres of mass of the large body and of each small one lie above the plane of the box
  /// centre, Å: away along the third axis of the image.
  public let largeHeights: [Double], armHeights: [[Double]]
  /// What the small bodies' motions about their hinges add to the heights of their points, Å.
  private let armLifts: [[Double]]
  /// Defocus of each particle, and what is stated of it.
  public let defoci: [Defocus], startDefoci: [Defocus]
  /// Optics group and half-set of each particle.
  public let opticsIndices: [Int32]
  public let halfSets: [HalfSet]
  /// Standard deviation of the noise of a pixel, in the units of the phantom's projections; 0 for
  /// none.
  public let noiseDeviation: Double
  /// The belt about the first small body; nil for none.
  public let belt: DisorderedBelt?
  private let painter: ImagePainter

  /// Draws all poses and sets the noise level; images are made when they are asked for.
  public init(_ settings: SimulationSettings, phantom: HingedPhantom? = nil) {
    self.settings = settings
    let width = settings.blobWidth > 0 ? settings.blobWidth : 0.8 * settings.pixelSize
    let phantom =
      phantom
      ?? HingedPhantom(
        extent: Double(settings.boxSize) * settings.pixelSize, blobWidth: width,
        isThreefold: settings.isThreefold, distance: settings.bodyDistance, seed: settings.seed)
    self.phantom = phantom
    belt =
      settings.beltMass > 0
      ? DisorderedBelt(
        about: phantom.small, axis: phantom.small.centreOfMass - phantom.hinge, blobWidth: width,
        mass: settings.beltMass) : nil
    let optics = settings.sampledOptics
    self.optics = optics
    let draws = (0..<settings.count).map {
      Draw(particle: $0, settings, hinges: phantom.arms.map(\.hinge))
    }
    largePoses = draws.map(\.large)
    armPoses = phantom.arms.indices.map { arm in draws.map { $0.arms[arm].pose } }
    startPoses = draws.map(\.start)
    let centre = phantom.large.centreOfMass
    largeHeights = draws.map { ($0.large.rotation.row2 * centre).sum() }
    armHeights = phantom.arms.enumerated().map { index, arm in
      let centre = arm.body.centreOfMass
      return draws.map {
        ($0.arms[index].pose.rotation.row2 * centre).sum() + $0.arms[index].lift
      }
    }
    armLifts = phantom.arms.indices.map { arm in draws.map { $0.arms[arm].lift } }
    defoci = draws.map(\.defocus)
    startDefoci = draws.map(\.stated)
    opticsIndices = (0..<settings.count).map { Int32($0 % optics.count) }
    halfSets = Self.split(settings.count, seed: settings.seed)
    painter = ImagePainter(settings, phantom: phantom, optics: optics)
    noiseDeviation = painter.noiseDeviation(of: draws, opticsIndices)
  }

  /// Poses and heights of the first small body.
  public var smallPoses: [Pose] { armPoses[0] }
  public var smallHeights: [Double] { armHeights[0] }

  /// The noise-free transform of a particle's image, phase origin at the box centre, in the units of
  /// the phantom's projections.
  public func signal(of particle: Int) -> [ComplexFloat] {
    if settings.ewald != 0, settings.hasCTF {
      return painter.curvedSignal(
        large: largePoses[particle], arms: armPoses.map { $0[particle] },
        lifts: armLifts.map { $0[particle] }, belt: belt(of: particle), defocus: defoci[particle],
        hand: settings.ewald, optics: Int(opticsIndices[particle]))
    }
    return flatSignal(of: particle)
  }

  private func flatSignal(of particle: Int) -> [ComplexFloat] {
    painter.signal(
      large: largePoses[particle], arms: armPoses.map { $0[particle] }, belt: belt(of: particle),
      defoci: (
        defocus(of: particle, at: largeHeights[particle]),
        armHeights.map { defocus(of: particle, at: $0[particle]) }
      ), optics: Int(opticsIndices[particle]))
  }

  /// The defocus of what is at a height, Å, in a particle's image.
  private func defocus(of particle: Int, at height: Double) -> Defocus {
    var defocus = defoci[particle]
    defocus.u -= Double(settings.bodyDefocus) * height
    defocus.v -= Double(settings.bodyDefocus) * height
    return defocus
  }

  /// The belt of a particle, in the frame of the small body.
  public func belt(of particle: Int) -> Phantom? {
    var generator = SeededGenerator(
      seed: settings.seed ^ 0xBE17, stream: UInt64(particle) * 4 + Draw.Stream.pose.rawValue)
    return belt?.drawn(using: &generator)
  }

  /// The image of a particle: boxSize² pixels, x fastest.
  public func image(of particle: Int) -> [Float] {
    var generator = SeededGenerator(
      seed: settings.seed, stream: UInt64(particle) * 4 + Draw.Stream.noise.rawValue)
    var image = painter.image(of: signal(of: particle))
    if noiseDeviation > 0 { painter.addNoise(noiseDeviation, to: &image, using: &generator) }
    let factor = imageScale
    return factor == 1 ? image : image.map { factor * $0 }
  }

  /// The images of several particles, one after the other.
  public func images(of particles: Range<Int>) -> [Float] {
    var pixels: [Float] = []
    pixels.reserveCapacity(particles.count * settings.boxSize * settings.boxSize)
    for particle in particles { pixels += image(of: particle) }
    return pixels
  }

  /// What images are multiplied by after the noise was added.
  public var imageScale: Float {
    settings.isNormalised && noiseDeviation > 0 ? Float(1 / noiseDeviation) : 1
  }

  /// The variance of the noise of the images per real component of a sample of their unscaled
  /// transform, for each shell 0…boxSize/2 − 1.
  public var noiseVariance: [Double] {
    let size = Double(settings.boxSize)
    let pixel = noiseDeviation * Double(imageScale)
    return (0..<(settings.boxSize / 2)).map { shell in
      0.5 * size * size * pixel * pixel * painter.noiseGain(Double(shell))
        * painter.noiseGain(
          Double(shell))
    }
  }

  /// The particles as a refinement gets them: with the starting poses.
  ///
  /// - Parameter stack: name of the stack that holds the images in order.
  public func particleSet(stack: String) -> ParticleSet {
    ParticleSet(
      stacks: [stack],
      images: (0..<settings.count).map { ImageLocation(stack: 0, slice: Int32($0)) },
      optics: optics, opticsIndices: opticsIndices, poses: startPoses, defoci: startDefoci,
      halfSets: halfSets, sources: (0..<settings.count).map { UInt64($0) },
      signs: [Float](repeating: 1, count: settings.count))
  }

  /// Two halves of equal size, at random.
  private static func split(_ count: Int, seed: UInt64) -> [HalfSet] {
    var generator = SeededGenerator(seed: seed, stream: .max)
    return (0..<count).map { $0.isMultiple(of: 2) ? HalfSet.a : .b }.shuffled(using: &generator)
  }
}

extension SimulationSettings {
  /// The optics groups with the sampling of the images.
  var sampledOptics: [OpticsGroup] {
    let standard = OpticsGroup(
      name: "opticsGroup1", voltage: 300, sphericalAberration: 2.7, amplitudeContrast: 0.1,
      pixelSize: pixelSize, imageSize: boxSize)
    return (optics.isEmpty ? [standard] : optics).map { group in
      var sampled = group
      sampled.pixelSize = pixelSize
      sampled.imageSize = boxSize
      return sampled
    }
  }
}

/// What is drawn at random for one particle, besides its noise.
struct Draw: Sendable {
  var large: Pose, start: Pose
  /// Where each small body is.
  var arms: [Arm] = []
  /// As it is, and as it is stated.
  var defocus: Defocus, stated: Defocus

  struct Arm: Sendable {
    var pose: Pose
    /// How far the body's motion about its hinge takes its frame along the beam, Å.
    var lift: Double
  }

  /// The sequences of a particle.
  enum Stream: UInt64 { case pose, motion, error, noise }

  init(particle: Int, _ settings: SimulationSettings, hinges: [Vector3]) {
    func sequence(_ stream: Stream) -> SeededGenerator {
      SeededGenerator(seed: settings.seed, stream: UInt64(particle) * 4 + stream.rawValue)
    }
    var pose = sequence(.pose)
    large = Pose(
      rotation: .random(using: &pose), origin: settings.originSpread * pose.normalVector2())
    let mean = pose.uniform(settings.defocusRange.lowerBound, settings.defocusRange.upperBound)
    let difference = pose.uniform(0, settings.astigmatism)
    defocus = Defocus(
      u: mean + difference / 2, v: mean - difference / 2, angle: pose.uniform(0, .pi),
      bFactor: settings.bFactor)

    var error = sequence(.error)
    let wrongTurn = (settings.errorAngle / 3.0.squareRoot()) * error.normalVector3()
    let wrongShift = (settings.errorShift / 2.0.squareRoot()) * error.normalVector2()
    start = large.moved(
      rotation: Rotation(rotationVector: wrongTurn), shift: wrongShift, about: .zero)

    stated = defocus
    if settings.defocusError > 0 {
      let wrong = settings.defocusError * error.normal()
      stated.u += wrong
      stated.v += wrong
    }

    var motion = sequence(.motion)
    arms = hinges.map { arm(about: $0, settings, using: &motion) }
  }

  /// Draws where a small body is.
  private func arm(
    about hinge: Vector3, _ settings: SimulationSettings, using motion: inout SeededGenerator
  ) -> Arm {
    // A root mean square length of three normal components is √3 times that of one.
    let turn = (settings.motionAngle / 3.0.squareRoot()) * motion.normalVector3()
    let shift = (settings.motionShift / 3.0.squareRoot()) * motion.normalVector3()
    let turned = large.rotation * Rotation(rotationVector: turn)
    return Arm(
      // The body shifts in space: what it shows in the image moves the other way than the origin.
      pose: large.moved(
        rotation: Rotation(rotationVector: turn), shift: -turned.projected(shift), about: hinge),
      lift: (large.rotation.row2 * hinge).sum() - (turned.row2 * (hinge - shift)).sum())
  }
}
