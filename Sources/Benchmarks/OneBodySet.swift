import CryoEM
import Fourier
import Ground
import Particles
import Phantoms

/// Images of the small body of the two-body phantom alone, in white noise.
struct OneBodySet {
  let box: Int
  let pixelSize: Double
  /// The true poses.
  let poses: [Pose]
  let map: Volume
  let mask: Volume
  /// The mask's centre, Å from the box centre.
  let centre: Vector3
  private let simulation: Simulation
  private let projector: PhantomProjector

  init(count: Int, box: Int, pixelSize: Double, extent: Double, maskFar: Double) {
    self.box = box
    self.pixelSize = pixelSize
    var settings = SimulationSettings()
    settings.count = count
    settings.boxSize = box
    settings.pixelSize = pixelSize
    settings.signalToNoise = nil
    let phantom = HingedPhantom(extent: extent, blobWidth: 3.2, seed: 1)
    simulation = Simulation(settings, phantom: phantom)
    poses = simulation.smallPoses
    map = simulation.map(of: phantom.small)
    mask = simulation.mask(of: phantom.small, near: 6, far: maskFar)
    centre = mask.centreOfMass ?? .zero
    projector = PhantomProjector(phantom.small, boxSize: box, pixelSize: pixelSize)
  }

  /// The particles at starting poses that are wrong by a root mean square angle, degrees, and two thirds
  /// as many Å, about the mask's centre.
  func particleSet(startError: Double) -> ParticleSet {
    var set = simulation.particleSet(stack: "simulated.mrcs")
    for particle in poses.indices {
      var generator = SeededGenerator(seed: 7, stream: UInt64(particle))
      let turn = (radians(startError) / 3.0.squareRoot()) * generator.normalVector3()
      let shift = (startError / 1.5 / 2.0.squareRoot()) * generator.normalVector2()
      set.poses[particle] = poses[particle].moved(
        rotation: Rotation(rotationVector: turn), shift: shift, about: centre)
    }
    return set
  }

  /// All images with noise of a standard deviation per pixel.
  func images(noise: Double) -> [Float] {
    var pixels: [Float] = []
    pixels.reserveCapacity(poses.count * box * box)
    let plan = RealTransform(shape: [box, box])
    for particle in poses.indices {
      var generator = SeededGenerator(seed: 11, stream: UInt64(particle))
      let signal = signal(of: particle, at: poses[particle])
      pixels += PhantomProjector.image(of: signal, boxSize: box, plan: plan).map {
        $0 + Float(noise * generator.normal())
      }
    }
    return pixels
  }

  /// Variance of the signal over the whole box, mean of the first particles.
  var signalVariance: Double {
    let plan = RealTransform(shape: [box, box])
    let sample = poses.indices.prefix(20)
    let sum = sample.reduce(0.0) { sum, particle in
      let image = PhantomProjector.image(
        of: signal(of: particle, at: poses[particle]), boxSize: box, plan: plan)
      let mean = image.reduce(0.0) { $0 + Double($1) } / Double(image.count)
      return sum
        + image.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(image.count)
    }
    return sum / Double(max(sample.count, 1))
  }

  /// The Fisher information of a particle's pose at noise of deviation 1 per pixel: of the rotation vector
  /// (radians) and the shift at the mask's centre (Å). A real component then has σ² = N²/2.
  func information(of particle: Int) -> SquareMatrix {
    let precision = 1 / (0.5 * Double(box * box))
    return FisherInformation.matrix(
      FisherInformation.derivatives(at: poses[particle], about: centre) {
        signal(of: particle, at: $0)
      }, box: box
    ) { _, _ in precision }
  }

  private func signal(of particle: Int, at pose: Pose) -> [ComplexFloat] {
    var image = projector.transform(at: pose)
    var ctf: [Float] = []
    ContrastTransferFunction(optics: simulation.optics[0], defocus: simulation.defoci[particle])
      .fill(values: &ctf, boxSize: box, pixelSize: pixelSize)
    for index in image.indices { image[index] *= ctf[index] }
    return image
  }
}
