import ArgumentParser
import CryoEM
import Phantoms
import Refinement
import Synchronization

/// A whole refinement of simulated particles: seconds by stage, per particle and iteration.
struct Whole: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refine", abstract: "Time a whole refinement of simulated particles.")

  @Option(help: "Number of particles.")
  var particles = 500
  @Option(help: "Pixels along an image's edge.")
  var box = 64
  @Option(help: "Pixel size, Å.")
  var pixelSize = 4.0
  @Option(help: "Size of the phantom, Å; the mask keeps it whatever the box.")
  var extent = 0.0
  @Option(help: "Worker threads.")
  var threads = 1
  @Option(help: "Iterations.")
  var iterations = 4
  @Option(help: "Highest resolution of the search, Å; 0 for none.")
  var maximumResolution = 0.0
  @Option(help: "Far distance of the mask's soft edge, Å.")
  var maskFar = 24.0
  @Option(
    help:
      "Variance of signal over noise in a disc of 0.8 of 128 pixels; the noise of a pixel does not depend on the box."
  )
  var signalToNoise = 0.05
  @Flag(help: "Make each image when it is read, instead of holding all in memory.")
  var painted = false

  func run() throws {
    let input = input()
    let iterations = Mutex<[String]>([])
    let clock = StageClock()
    var failure: (any Error)?
    let cpu = cpuSeconds()
    let wall = seconds {
      do {
        _ = try refine(input) { event in
          clock.take(event)
          guard case .iteration(let metrics) = event else { return }
          iterations.withLock { $0.append(Self.json(metrics)) }
        }
      } catch { failure = error }
    }
    clock.finish()
    if let failure { throw failure }
    tell(
      iterations.withLock { $0 }, of: input, clock, wall: wall, processor: cpuSeconds() - cpu)
  }

  /// The simulated particles with their consensus, and how they are refined.
  private func input() -> RefinementInput {
    var simulated = SimulationSettings()
    simulated.count = particles
    simulated.boxSize = box
    simulated.pixelSize = pixelSize
    simulated.signalToNoise =
      extent > 0 ? signalToNoise * 16384 / Double(box * box) : signalToNoise
    let phantom = HingedPhantom(
      extent: extent > 0 ? extent : Double(box) * pixelSize * 0.75, blobWidth: 0.8 * 4, seed: 1)
    let simulation = Simulation(simulated, phantom: phantom)
    let settings = settings
    let halves = simulation.consensusHalfMaps(resolution: settings.initialResolution)
    let mask = simulation.mask(of: phantom.small, near: 6, far: maskFar)
    let images: any ImageSource =
      painted
      ? PaintedSource(simulation: simulation)
      : ArraySource(boxSize: box, pixels: simulation.images(of: 0..<particles))
    return RefinementInput(
      settings: settings, particles: simulation.particleSet(stack: "simulated.mrcs"),
      images: images,
      map: simulation.consensusMap, halfMaps: (halves[0], halves[1]), mask: mask,
      fulcrum: mask.centreOfMass ?? .zero)
  }

  private var settings: RefinementSettings {
    var settings = RefinementSettings()
    settings.priorEnabled = true
    settings.priorRotation = radians(5)
    settings.priorShift = 3
    settings.rotationExtent = radians(15)
    settings.shiftExtent = 9
    settings.maximumIterations = iterations
    settings.threads = threads
    settings.nonuniform.enabled = false
    settings.maximumResolution = maximumResolution > 0 ? maximumResolution : nil
    return settings
  }

  /// Prints what a refinement took.
  ///
  /// - Parameters:
  ///   - iterations: as JSON.
  ///   - wall: seconds by the clock, and `processor` of all threads.
  private func tell(
    _ iterations: [String], of input: RefinementInput, _ clock: StageClock, wall: Double,
    processor: Double
  ) {
    let geometry = Geometry(
      box: box, mask: input.mask, fulcrum: input.fulcrum, shiftExtent: settings.shiftExtent)
    let rounds = Double(max(iterations.count - 1, 1))
    let perParticle = RefinementEvent.Stage.allCases.map { stage in
      let isOnce = stage == .packing || stage == .final || stage == .subtraction
      let share = clock.seconds(stage) * 1000 / Double(particles) / (isOnce ? 1 : rounds)
      return "\"\(stage.rawValue)\": \(rounded(share))"
    }
    print(
      "{\"particles\": \(particles), \"box\": \(box), \"threads\": \(threads), "
        + "\"window\": \(geometry.window), \"period\": \(geometry.period), "
        + "\"mask_diameter\": \(rounded(geometry.maskDiameter * pixelSize)), "
        + "\"peak_MB\": \(rounded(peakMegabytes())), "
        + "\"cpu_ms_per_particle\": {\(perParticle.joined(separator: ", "))}, "
        + "\"wall_seconds\": \(rounded(wall)), \"cpu_seconds\": \(rounded(processor)), "
        + "\"iterations\": [\n  " + iterations.joined(separator: ",\n  ") + "\n]}")
  }

  private static func json(_ metrics: IterationMetrics) -> String {
    let parts = metrics.seconds.sorted { $0.key < $1.key }
      .map { "\"\($0.key)\": \(rounded($0.value * 1000))" }
    return "{\"iteration\": \(metrics.iteration), \"band\": \(metrics.bandShell), "
      + "\"resolution\": \(rounded(metrics.fsc.resolution143)), \"cpu_ms_per_particle\": "
      + "\(rounded(metrics.cpuSeconds * 1000 / Double(max(metrics.particles, 1)))), "
      + "\"evaluations\": \(rounded(metrics.evaluationsPerParticle)), \"milliseconds\": {"
      + parts.joined(separator: ", ") + "}}"
  }
}

/// Images that are simulated when they are asked for.
private struct PaintedSource: ImageSource {
  let simulation: Simulation
  var boxSize: Int { simulation.settings.boxSize }

  func read(particle index: Int, into pixels: inout MutableSpan<Float>) {
    let image = simulation.image(of: index)
    for pixel in pixels.indices { pixels[pixel] = image[pixel] }
  }
}
