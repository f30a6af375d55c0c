import CryoEM

/// What a refinement will take, before it starts. Rough: within a factor of two on common machines.
public struct Estimate: Sendable, Equatable {
  /// Bytes of memory at the peak.
  public var memory: Int
  /// Seconds on the clock.
  public var seconds: Double
  /// Bytes of the run folder at the end.
  public var disk: Int
  /// Window kept of each image, pixels.
  public var window: Int

  /// The estimate for a number of particles.
  ///
  /// - Parameters:
  ///   - resolution: that the refinement will reach, Å; nil for unknown.
  public init(
    particles: Int, geometry: Geometry, settings: RefinementSettings, resolution: Double?
  ) {
    window = geometry.window
    let shell = geometry.maximumShell
    let points = Int(Double.pi / 2 * Double(shell * shell))
    let packed = 12 * points * particles
    let period = geometry.period
    let folds = max(1, settings.referenceFolds)
    // A complex and a weight for each fold's accumulator, and a complex reference for each.
    let references = 2 * folds * period * period * period / 2 * 20
    let box = geometry.box
    let boxVolume = box * box * box
    // The last pass in the full box: spectra and maps of both halves.
    let finalPass = 16 * 4 * boxVolume
    memory = packed + max(references, finalPass) + 8 * boxVolume * 4

    let reached = resolution.map { geometry.shell(atResolution: $0 * 0.8) } ?? shell * 2 / 3
    let active = Double.pi / 2 * Double(reached * reached)
    let threads = Double(max(1, settings.threads))
    // Evaluations of a polish, sigma points and inserts, at some 10 ns for each pixel of a slice.
    let perIteration = Double(particles) * active * Self.slicesPerIteration * 10e-9
    let boxPixels = Double(box * box)
    let packing = Double(particles) * boxPixels * 100e-9
    let final = Double(particles) * boxPixels * 200e-9
    let filtering = Double(boxVolume) * 2e-6
    let iterations = Double(min(settings.maximumIterations, 6) + settings.extraPasses)
    seconds = (packing + final + iterations * perIteration) / threads + iterations * filtering
    disk = (6 + 2 * 2) * 4 * boxVolume + particles * 250 * 8
  }

  private static let slicesPerIteration = 20.0
}
