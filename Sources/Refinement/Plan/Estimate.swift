import CryoEM
import Fourier

/// What a refinement will take, before it starts. Its time is a range: how far the resolution goes, and
/// in how many iterations, is not known before.
public struct Estimate: Sendable, Equatable {
  /// Bytes of memory at the peak; without packed images that are in a scratch file.
  public var memory: Int
  /// Those of them that are held while other regions of the run are worked on.
  public var held: Int
  /// Seconds on the clock of a machine without other work: from four iterations at the resolution of
  /// the input to nine in which it goes as far as it may.
  public var seconds: ClosedRange<Double>
  /// Of these those of preparing the images, and of the final pass.
  public var preparation: Double
  public var final: Double
  /// Bytes of the run folder at most.
  public var disk: Int
  /// Bytes of the packed images, and whether they are in a scratch file.
  public var packed: Int
  public var isPackedInFile: Bool
  /// Window kept of each image, pixels.
  public var window: Int
  /// The share of so many ranks' time that is saved: that of one over that of all together, of as many
  /// threads each; 1 for one.
  public var efficiency: Double

  /// The estimate for a number of particles.
  ///
  /// - Parameters:
  ///   - ranks: processes that refine together, each on a machine or a part of one.
  ///   - plan: the memory of each.
  ///   - resolution: of the half-maps, Å; nil for unknown.
  ///   - pace: of the machine.
  ///   - keepIterations: iterations whose half-maps are kept.
  public init(
    particles: Int, ranks: Int = 1, geometry: Geometry, settings: RefinementSettings,
    plan: MemoryPlan, isPackedInFile: Bool, resolution: Double?, pace: MachinePace,
    keepIterations: Int = 2
  ) {
    window = geometry.window
    packed = plan.packed
    self.isPackedInFile = isPackedInFile
    memory = plan.peak(packedInFile: isPackedInFile)
    held = plan.held(packedInFile: isPackedInFile)
    let period = geometry.period
    let boxVolume = geometry.box * geometry.box * geometry.box
    var times = Times(
      particles: particles, ranks: ranks, geometry: geometry, settings: settings, pace: pace)
    let limit = settings.maximumResolution.map { geometry.shell(atResolution: $0) }
    let farthest = limit ?? geometry.maximumShell
    let known = min(
      farthest, resolution.map { geometry.shell(atResolution: $0) } ?? farthest / 3)
    // Half-maps seldom get finer than half of where their consensus was.
    let last = min(farthest, 2 * known)
    let few = min(settings.maximumIterations, 4) + settings.extraPasses
    let many = min(settings.maximumIterations, 9) + settings.extraPasses
    let least = times.whole(bands: (0..<few).map { _ in known })
    let most = times.whole(
      bands: (0..<many).map { known + (last - known) * min($0, 4) / 4 })
    seconds = min(least, most)...max(least, most)
    (preparation, final) = (times.preparation, times.final)
    times.ranks = 1
    efficiency = times.whole(bands: (0..<many).map { _ in known })
    times.ranks = ranks
    efficiency /= Double(ranks) * times.whole(bands: (0..<many).map { _ in known })
    // Seven final maps, the half-maps and masks that are kept and those of one iteration more,
    // particles of each iteration and the last; and the checkpoint, of which a new one is written
    // beside the old.
    let kept = 3 * (keepIterations + 1) * 4 * period * period * period
    let tables = particles * Self.bytesOfRow * (settings.maximumIterations + 1)
    disk = 7 * 4 * boxVolume + kept + tables + particles * Self.bytesOfCheckpoint * 5 / 2 + 1 << 20
  }

  /// Bytes of a particle in a table of poses, and in a checkpoint.
  private static let bytesOfRow = 350
  static let bytesOfCheckpoint =
    3 * MemoryLayout<Alignment>.stride + MemoryLayout<PosePosterior>.stride
    + MemoryLayout<SearchPass.Finding>.stride + 4
}

/// The times of a refinement's stages on a machine without other work, seconds. The counts and the
/// coefficients, those of volumes per voxel, were measured on four simulated sets with boxes of 64 to
/// 128 pixels.
private struct Times {
  let particles: Int
  var ranks = 1
  let geometry: Geometry
  let settings: RefinementSettings
  let pace: MachinePace

  /// Particles of a rank.
  private var own: Double { (Double(particles) / Double(ranks)).rounded(.up) }
  private var threads: Double { Double(max(1, settings.threads)) }
  private var slowness: Double { pace.slowness(box: geometry.box) }
  private var voxels: Double {
    Double(geometry.box) * Double(geometry.box) * Double(geometry.box)
  }
  /// How many times as fast as one thread all of them do the work on volumes, a twentieth of which is
  /// for one alone: measured by the schedule at box 256, 1.9, 6.2, 12.6 and 14.6 times on 2, 8, 32 and 64.
  private var shared: Double { 1 / (0.05 + 0.95 / threads) }

  /// Packing, iterations that go to these shells, and the final pass.
  func whole(bands: [Int]) -> Double {
    bands.reduce(preparation + final) { $0 + iteration(band: $1) }
  }

  /// Seconds of reading an image, its transforms and its CTF.
  private var image: Double { 40e-9 * slowness * Double(geometry.box * geometry.box) }

  /// The images are packed.
  var preparation: Double {
    image * own / threads + 0.7e-6 * slowness * voxels / shared
  }

  /// The images are read once more and inserted up to Nyquist, and the final maps are measured.
  var final: Double {
    let inserted = 5.4 * pace.evaluation(band: geometry.box / 2 - 1)
    let period = goodTransformSize(atLeast: geometry.box * 3 / 2)
    let radius = Double(geometry.box / 2 * period) / Double(geometry.box)
    return (image + inserted) * own / threads + 1e-6 * slowness * voxels / shared
      + exchange(sums: 2, radius: Int(radius))
  }

  /// Search, noise and insertions, and filtering on the cube that holds the resolution.
  private func iteration(band: Int) -> Double {
    // Fewer evaluations in late iterations reach farther out: all take about as long.
    let evaluations = settings.marginalize ? 20.0 : 14.0
    let plan = IterationPlan(geometry, band: band)
    let cube = Double(CubeTransform.size(forRadius: plan.referenceRadius))
    return evaluations * pace.evaluation(band: band) * own / threads
      + 240e-9 * slowness * cube * cube * cube / shared
      + exchange(sums: 2 * settings.referenceFolds, radius: plan.sumsRadius)
      + network(Double(particles * MemoryLayout<SearchPass.Outcome>.stride))
  }

  /// Seconds in which the exact sums of half-sets or folds are added up over the ranks: of the half of a ball
  /// that is filled.
  private func exchange(sums count: Int, radius: Int) -> Double {
    guard ranks > 1 else { return 0 }
    let reach = Double(radius + 2)
    let samples = Double(count) * 2 / 3 * Double.pi * reach * reach * reach
    return network(Self.bytesOfSample * samples) + pace.travel * samples / shared
  }

  /// Bytes of a sample on its way: whole numbers to whoever adds them up, and what comes of them to all.
  /// Of the former 12 were measured with a thousand particles; a hundred thousand have seven bits more.
  private static let bytesOfSample = 14.0 + 12

  /// Seconds in which every rank sends so much, less its own part, and receives as much: over a network of
  /// 10 Gb/s.
  private func network(_ bytes: Double) -> Double {
    bytes * Double(ranks - 1) / Double(ranks) / 1.25e9
  }
}
