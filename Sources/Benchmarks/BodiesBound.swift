import ArgumentParser
import CryoEM
import Fourier
import Ground
import Phantoms

/// What the noise leaves of the poses of each body of a simulated set at best: the Cramér–Rao bound for images of
/// several bodies whose densities are known and whose poses are not.
///
/// The information of all bodies' poses is one matrix, so that a body is as uncertain as the others make it. With
/// the prior it is the bound of van Trees, (J + P⁻¹)⁻¹, with P the covariance of the motion and of the starting
/// errors.
struct BodiesBound: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bodies",
    abstract: "The Cramér–Rao bound of every body of a set of `fulcrum simulate`.")

  @Option(help: "Bodies: 2 or 3, and the other options as the set was made.")
  var bodies = 3
  @Option(help: "Particles to look at, the first of the set.")
  var particles = 200
  @Option(help: "Particles of the set: its noise depends on them.")
  var count = 1000
  @Option(help: "Pixels along an image's edge.")
  var box = 64
  @Option(help: "Pixel size, Å.")
  var pixelSize = 4.0
  @Option(help: "Signal over noise.")
  var snr = 0.05
  @Option(help: "Rotation about the hinges, rms degrees.")
  var rotation = 5.0
  @Option(help: "Shift of the moving bodies, rms Å.")
  var shift = 2.0
  @Option(help: "Seed.")
  var seed: UInt64 = 1

  func run() throws {
    var settings = SimulationSettings()
    (settings.count, settings.boxSize, settings.pixelSize) = (count, box, pixelSize)
    settings.signalToNoise = snr
    settings.isThreefold = bodies == 3
    (settings.motionAngle, settings.motionShift) = (radians(rotation), shift)
    settings.isNormalised = true
    settings.seed = seed
    let information = BodiesInformation(Simulation(settings))
    let sample = 0..<min(particles, count)
    let found = Collected<[[BodiesInformation.Bound]]>(count: sample.count)
    inParallel(sample.count, chunk: 1) { range in
      for particle in range { found[particle] = information.bounds(of: particle) }
    }
    let names = bodies == 3 ? ["trunk", "head", "arm"] : ["large", "small"]
    let rows = names.enumerated().map { body, name in
      let medians = [0, 1].map { kind in Self.median(found.filled.map { $0[kind][body] }) }
      return "{\"body\": \"\(name)\", \"rotation\": \(medians[0].rotation), \"shift\": "
        + "\(medians[0].shift), \"rotation_with_prior\": \(medians[1].rotation), "
        + "\"shift_with_prior\": \(medians[1].shift)}"
    }
    print("[\n  " + rows.joined(separator: ",\n  ") + "\n]")
  }

  /// The median angle (degrees) and the median distance of the centre of mass (Å) of errors drawn at bounds.
  private static func median(
    _ bounds: [BodiesInformation.Bound]
  ) -> (rotation: Double, shift: Double) {
    var (angles, distances): ([Double], [Double]) = ([], [])
    for (particle, bound) in bounds.enumerated() {
      var generator = SeededGenerator(seed: 17, stream: UInt64(particle))
      for _ in 0..<64 {
        let error = bound.drawn(using: &generator)
        angles.append(degrees((error[0..<3].reduce(0) { $0 + $1 * $1 }).squareRoot()))
        distances.append((error[3..<5].reduce(0) { $0 + $1 * $1 }).squareRoot())
      }
    }
    func four(_ value: Double) -> Double { (value * 10000).rounded() / 10000 }
    return (four(BoundStatistics.median(angles)), four(BoundStatistics.median(distances)))
  }
}
