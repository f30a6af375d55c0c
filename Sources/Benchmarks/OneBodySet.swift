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

  /// The Fisher information of a particle's pose at noise of deviation 1 per pixel, row by row: of the
  /// rotation vector (radians) and the shift at the mask's centre (Å).
  ///
  /// Σ Re(J̄ⱼ Jₗ)/σ² over the half-plane, with σ² = N²/2 per real component; derivatives by central
  /// differences of the exact projections.
  func information(of particle: Int) -> [Double] {
    let steps = [1e-3, 1e-3, 1e-3, 0.02, 0.02]
    let derivatives = (0..<5).map { parameter -> [ComplexFloat] in
      let (ahead, behind) = (
        signal(of: particle, at: moved(particle, parameter, by: steps[parameter])),
        signal(of: particle, at: moved(particle, parameter, by: -steps[parameter]))
      )
      let factor = Float(0.5 / steps[parameter])
      return zip(ahead, behind).map { factor * ($0 - $1) }
    }
    let width = box / 2 + 1
    let variance = 0.5 * Double(box * box)
    var information = [Double](repeating: 0, count: 25)
    for row in 0..<5 {
      for column in row..<5 {
        var sum = 0.0
        for index in derivatives[row].indices {
          let (kx, ky) = (index % width, signedFrequency(index / width, size: box))
          guard kx > 0 || ky > 0 else { continue }
          sum += Double((derivatives[row][index] * derivatives[column][index]).sum())
        }
        information[5 * row + column] = sum / variance
        information[5 * column + row] = sum / variance
      }
    }
    return information
  }

  private func moved(_ particle: Int, _ parameter: Int, by step: Double) -> Pose {
    var turn = Vector3.zero
    var shift = Vector2.zero
    if parameter < 3 { turn[parameter] = step } else { shift[parameter - 3] = step }
    return poses[particle].moved(
      rotation: Rotation(rotationVector: turn), shift: shift, about: centre)
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
