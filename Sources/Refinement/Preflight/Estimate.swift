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
    let pixels = Double(particles * box * box)
    let (packing, final) = (pixels * 40e-9, pixels * 40e-9)
    // Half-maps, curves and references on the cube that holds the resolution; the models and final maps
    // on that of the box. A second thread helps by a half.
    let cube = Double(CubeTransform.size(forRadius: geometry.clampedGridRadius(ofShell: reached)))
    let filtering = 240e-9 * cube * cube * cube / min(1.5, threads)
    let iterations = Double(min(settings.maximumIterations, 5) + settings.extraPasses)
    seconds =
      (packing + final + iterations * perIteration) / threads + iterations * filtering
      + 550e-9 * Double(boxVolume)
    // Seven final maps, the half-maps and masks that are kept and those of one iteration more,
    // particles of each iteration and the last; and the checkpoint, of which a new one is written
    // beside the old.
    let kept = 3 * (keepIterations + 1) * 4 * period * period * period
    let tables = particles * Self.bytesOfRow * (settings.maximumIterations + 1)
    disk = 7 * 4 * boxVolume + kept + tables + particles * Self.bytesOfCheckpoint * 5 / 2 + 1 << 20
  }

  private static let slicesPerIteration = 15.0
  /// Bytes of a particle in a table of poses, and in a checkpoint.
  private static let bytesOfRow = 350
  static let bytesOfCheckpoint =
    3 * MemoryLayout<Alignment>.stride + MemoryLayout<PosePosterior>.stride
    + MemoryLayout<SearchPass.Outcome>.stride + 4
}
