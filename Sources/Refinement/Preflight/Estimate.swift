import CryoEM

/// What a refinement will take, before it starts. Time is rough: within a factor of two on common
/// machines.
public struct Estimate: Sendable, Equatable {
  /// Bytes of memory at the peak; without packed images that are in a scratch file.
  public var memory: Int
  /// Seconds on the clock.
  public var seconds: Double
  /// Bytes of the run folder at most.
  public var disk: Int
  /// Bytes of the packed images, and whether they are in a scratch file.
  public var packed: Int
  public var isPackedInFile: Bool
  /// Window kept of each image, pixels.
  public var window: Int

  /// The estimate for a number of particles.
  ///
  /// - Parameters:
  ///   - plan: its memory.
  ///   - resolution: that the refinement will reach, Å; nil for unknown.
  ///   - keepIterations: iterations whose half-maps are kept.
  init(
    particles: Int, geometry: Geometry, settings: RefinementSettings, plan: MemoryPlan,
    isPackedInFile: Bool, resolution: Double?, keepIterations: Int = 2
  ) {
    window = geometry.window
    packed = plan.packed
    self.isPackedInFile = isPackedInFile
    memory = plan.peak(packedInFile: isPackedInFile)
    let shell = geometry.maximumShell
    let period = geometry.period
    let box = geometry.box
    let boxVolume = box * box * box
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
    // Seven final maps, the half-maps and masks that are kept and those of one iteration more,
    // particles of each iteration and the last; and the checkpoint, of which a new one is written
    // beside the old.
    let kept = 3 * (keepIterations + 1) * 4 * period * period * period
    let tables = particles * Self.bytesOfRow * (settings.maximumIterations + 1)
    disk = 7 * 4 * boxVolume + kept + tables + particles * Self.bytesOfCheckpoint * 5 / 2 + 1 << 20
  }

  private static let slicesPerIteration = 20.0
  /// Bytes of a particle in a table of poses, and in a checkpoint.
  private static let bytesOfRow = 350
  static let bytesOfCheckpoint =
    3 * MemoryLayout<Alignment>.stride + MemoryLayout<PosePosterior>.stride
    + MemoryLayout<SearchPass.Outcome>.stride + 4
}
