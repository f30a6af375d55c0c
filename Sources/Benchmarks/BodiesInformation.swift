import CryoEM
import Fourier
import Ground
import Phantoms

/// What an image of several bodies says of all their poses.
struct BodiesInformation: Sendable {
  private let simulation: Simulation
  /// A body: what it looks like, the point about which its pose is told, and its true poses.
  private struct Body: Sendable {
    let projector: PhantomProjector
    let centre: Vector3
    /// The hinge; nil for the large body, which has none.
    let hinge: Vector3?
    let poses: [Pose]
  }
  private let bodies: [Body]

  /// The covariance of a pose: rotation vector (radians) and shift of the centre of mass (Å).
  struct Bound: Sendable {
    /// Lower triangle L of L Lᵀ, row by row.
    let root: [Double]

    init(covariance: SquareMatrix) { root = covariance.cholesky.values }

    func drawn(using generator: inout SeededGenerator) -> [Double] {
      let normal = (0..<5).map { _ in generator.normal() }
      return (0..<5).map { row in (0...row).reduce(0) { $0 + root[5 * row + $1] * normal[$1] } }
    }
  }

  init(_ simulation: Simulation) {
    self.simulation = simulation
    let (phantom, settings) = (simulation.phantom, simulation.settings)
    func body(_ chain: Phantom, hinge: Vector3?, _ poses: [Pose]) -> Body {
      Body(
        projector: PhantomProjector(
          chain, boxSize: settings.boxSize, pixelSize: settings.pixelSize),
        centre: chain.centreOfMass, hinge: hinge, poses: poses)
    }
    bodies =
      [body(phantom.large, hinge: nil, simulation.largePoses)]
      + zip(phantom.arms, simulation.armPoses).map { body($0.body, hinge: $0.hinge, $1) }
  }

  /// The bounds of all bodies, the large one first: without a prior, and with that of the simulated motion.
  func bounds(of particle: Int) -> [[Bound]] {
    let joint = information(of: particle)
    var known = joint
    for index in bodies.indices {
      let precision = prior(of: index, particle).inverse
      for row in 0..<5 {
        for column in 0..<5 {
          known[5 * index + row, 5 * index + column] += precision[row, column]
        }
      }
    }
    return [joint, known].map { matrix in
      let covariance = matrix.inverse
      return bodies.indices.map { Bound(covariance: covariance.block(5 * $0, size: 5)) }
    }
  }

  private func information(of particle: Int) -> SquareMatrix {
    let variance = simulation.noiseVariance
    return FisherInformation.matrix(
      bodies.flatMap { body in
        FisherInformation.derivatives(at: body.poses[particle], about: body.centre) {
          signal(of: body, particle, at: $0)
        }
      }, box: simulation.settings.boxSize
    ) { kx, ky in
      let shell = Int(Double(kx * kx + ky * ky).squareRoot().rounded())
      return shell < variance.count ? 1 / variance[shell] : nil
    }
  }

  private func signal(of body: Body, _ particle: Int, at pose: Pose) -> [ComplexFloat] {
    let settings = simulation.settings
    var image = body.projector.transform(at: pose)
    var ctf: [Float] = []
    ContrastTransferFunction(optics: simulation.optics[0], defocus: simulation.defoci[particle])
      .fill(values: &ctf, boxSize: settings.boxSize, pixelSize: settings.pixelSize)
    for index in image.indices { image[index] *= ctf[index] * simulation.imageScale }
    return image
  }

  /// The covariance of a body's pose about where it starts: errors of the start about the box centre, and the
  /// motion about its hinge.
  private func prior(of index: Int, _ particle: Int) -> SquareMatrix {
    let (body, settings) = (bodies[index], simulation.settings)
    var prior = spread(
      of: body, particle, turn: settings.errorAngle, shift: settings.errorShift / 2.0.squareRoot(),
      about: .zero)
    guard let hinge = body.hinge else { return prior }
    let motion = spread(
      of: body, particle, turn: settings.motionAngle,
      shift: settings.motionShift / 3.0.squareRoot(), about: hinge)
    for index in prior.values.indices { prior.values[index] += motion.values[index] }
    return prior
  }

  /// T D Tᵀ: turns (rms, radians) and shifts along an axis (Å) about a point, as they move the centre of mass.
  private func spread(
    of body: Body, _ particle: Int, turn: Double, shift: Double, about point: Vector3
  ) -> SquareMatrix {
    let deviations = (0..<5).map { $0 < 3 ? turn / 3.0.squareRoot() : shift }
    let pose = body.poses[particle]
    let columns = (0..<5).map { parameter -> [Double] in
      let step = 1e-4
      let motion = pose.motion(
        to: FisherInformation.moved(pose, parameter, by: step, about: point), about: body.centre)
      let turn = motion.rotation.rotationVector
      return [turn.x, turn.y, turn.z, motion.shift.x, motion.shift.y].map {
        $0 / step * deviations[parameter]
      }
    }
    var result = SquareMatrix(size: 5)
    for row in 0..<5 {
      for column in 0..<5 {
        result[row, column] = columns.reduce(0) { $0 + $1[row] * $1[column] }
      }
    }
    return result
  }
}
