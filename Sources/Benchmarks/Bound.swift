import ArgumentParser
import CryoEM
import Fourier
import Refinement

/// Errors of refined poses against the Cramér–Rao bound, on simulated images of one body whose map
/// and noise are known.
struct Bound: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bound",
    abstract: "Compare the poses' errors with the Cramér–Rao bound at several noise levels.")

  @Option(help: "Number of particles.")
  var particles = 600
  @Option(help: "Pixels along an image's edge.")
  var box = 96
  @Option(help: "Pixel size, Å.")
  var pixelSize = 3.0
  @Option(help: "Size of the phantom, Å, of whose two bodies the small one is imaged.")
  var extent = 200.0
  @Option(help: "Far distance of the mask's soft edge, Å.")
  var maskFar = 24.0
  @Option(help: "Noise levels, as the median bound of the rotation about an axis, degrees.")
  var levels: [Double] = [0.4, 0.8, 1.6]
  @Option(help: "Iterations; from the second on the reference is the particles' own.")
  var iterations = 1
  @Option(help: "Worker threads.")
  var threads = 1
  @Option(help: "Errors of the starting poses, degrees; 2/3 as many Å.")
  var startError = 3.0
  @Flag(help: "Give each particle a scale of its own.")
  var ownScale = false
  @Flag(help: "Model the noise shell by shell, not as white.")
  var symmetricNoise = false

  func run() throws {
    let set = OneBodySet(
      count: particles, box: box, pixelSize: pixelSize, extent: extent, maskFar: maskFar)
    let fisher = (0..<particles).map { set.information(of: $0) }
    let unit = BoundStatistics.median(fisher.map { BoundStatistics.deviations($0).rotation })
    var rows: [String] = []
    for level in levels {
      let noise = radians(level) / unit
      let result = try refine(input(set, noise: noise)) { _ in }
      let statistics = BoundStatistics(
        errors: result.poses.indices.map { particle in
          let motion = set.poses[particle].motion(to: result.poses[particle], about: set.centre)
          let turn = motion.rotation.rotationVector
          return [turn.x, turn.y, turn.z, motion.shift.x, motion.shift.y]
        },
        information: fisher.map { $0 / (noise * noise) })
      rows.append(
        statistics.json(
          level: level, noise: noise, signalToNoise: set.signalVariance / (noise * noise),
          predicted: (
            BoundStatistics.median(result.rotationDeviations),
            BoundStatistics.median(result.shiftDeviations)
          )))
    }
    print("[\n  " + rows.joined(separator: ",\n  ") + "\n]")
  }

  private func input(_ set: OneBodySet, noise: Double) -> RefinementInput {
    var settings = RefinementSettings()
    settings.rotationExtent = radians(15)
    settings.shiftExtent = 9
    settings.initialResolution = 2 * pixelSize
    settings.maximumIterations = iterations
    settings.marginalize = false
    settings.referenceFolds = 1
    settings.anchorFrame = false
    settings.minimizeScale = ownScale
    settings.nonuniform.enabled = false
    settings.noiseModel = symmetricNoise ? .symmetric : .white
    settings.threads = threads
    return RefinementInput(
      settings: settings, particles: set.particleSet(startError: startError),
      images: ArraySource(boxSize: box, pixels: set.images(noise: noise)), map: set.map,
      halfMaps: nil, mask: set.mask, fulcrum: set.centre)
  }
}
