import CryoEM
import Fourier
import Ground

/// The memory that a refinement takes, bytes, stage by stage, counted from what each stage allocates.
///
/// The size of the iterations' grids follows the resolution, which is not known before: a quarter
/// finer than the input's is planned for. Where it goes beyond, `exceeds` tells in time.
public struct MemoryPlan: Sendable {
  /// The program itself, its libraries and small things.
  static let program = 36 << 20

  /// Maps and mask in the images' box.
  let maps: Int
  /// The density outside the mask, where it is subtracted.
  let outside: Int
  /// The particle file and what is known of each particle.
  let particles: Int
  /// The packed images.
  let packed: Int
  /// On top of the above at their worst: before the images are packed, in an iteration, and at the
  /// end, when the packed images are gone.
  let preparation: Int
  let iteration: Int
  let final: Int
  /// What stays of an iteration while other regions have theirs: the mask, references, and the density that
  /// others see of the body.
  let kept: Int
  /// Whether the last pass inserts the half-sets one after the other, for the memory limit.
  let finalIsFrugal: Bool

  /// The peak with the packed images in memory, or in a file.
  ///
  /// - Parameter inserted: highest shell that is inserted, where it is beyond what was planned.
  public func peak(packedInFile: Bool, inserted: Int? = nil) -> Int {
    let grown = inserted.map { grownIteration(inserted: $0) } ?? 0
    return total(max(preparation, (packedInFile ? 0 : packed) + max(iteration, grown), final))
  }

  /// What is held while other regions are worked on.
  func held(packedInFile: Bool) -> Int {
    outside + particles + kept + (packedInFile ? 0 : packed)
  }

  /// What a stage takes with all that is there anyway, and a share that the allocator keeps between its
  /// blocks; measured.
  private func total(_ stage: Int) -> Int { Self.total(maps + outside + particles + stage) }

  private static func total(_ bytes: Int) -> Int { program + bytes + bytes / 32 }

  private func grownIteration(inserted: Int) -> Int {
    Self.iteration(IterationPlan(geometry, inserted: inserted), settings, isShared: isShared).peak
  }

  /// The highest shell of the window of which insertions are planned for.
  let plannedShell: Int
  private let geometry: Geometry
  private let settings: RefinementSettings
  /// Whether there are several ranks.
  private let isShared: Bool

  /// - Parameters:
  ///   - images: those that are held here, where there are several ranks; nil for all.
  ///   - regions: how many bodies are refined together; the plan is that of one of them.
  ///   - known: bytes of the grids of the density outside the mask; nil where they are not made yet.
  ///   - resolution: of the half-maps, Å; nil for unknown: all shells are planned for.
  public init(
    particles count: Int, images: Int? = nil, geometry: Geometry, settings: RefinementSettings,
    hasHalfMaps: Bool, regions: Int = 1,
    outside known: Int? = nil, resolution: Double?
  ) {
    self.geometry = geometry
    self.settings = settings
    isShared = (images ?? count) < count
    let threads = max(1, settings.threads)
    let volume = 4 * cubed(geometry.box)
    maps = volume * (hasHalfMaps ? 4 : 2)

    let last = geometry.box / 2 - 1
    let edge = geometry.boxEdge
    let outsideShell = resolution.map { min(last, Int(edge / $0) + 2) } ?? last
    let model = Self.model(geometry, shell: outsideShell)
    outside = known ?? (settings.subtractOutside ? 2 * model.grid : 0)
    particles = count * Self.bytesOfParticle

    let points = SamplingPoints.paddedCount(
      window: geometry.window, maximumShell: geometry.packedShell(settings))
    packed = 12 * points * (images ?? count)

    let surveyed = Self.model(
      geometry, shell: min(last, Int(edge / settings.initialResolution)))
    // The map low-passed, its spectrum on the way, and the cube of the model; of the outside model two
    // products more.
    preparation =
      max(surveyed.grid + surveyed.cube + 2 * volume, model.cube + 4 * volume, 5 * volume)
      + threads * Self.bytesOfImageWorkspace(geometry.box)
    let lastPacked = geometry.packedShell(settings)
    let expected = resolution.map { geometry.shell(atResolution: 0.75 * $0) } ?? lastPacked
    plannedShell = min(lastPacked, geometry.insertionShell(beyond: expected))
    let loop = Self.iteration(
      IterationPlan(geometry, band: min(lastPacked, expected), inserted: plannedShell), settings,
      isShared: isShared)
    iteration = loop.peak
    // Of each half its density in the mask, and a grid for each of the others.
    kept = regions < 2 ? 0 : loop.kept + 2 * (loop.density + (regions - 1) * loop.grid)
    let finals = [false, true].map { [isShared] in
      Self.final(
        geometry, threads: threads, volume: volume, isFrugal: $0, isShared: isShared)
    }
    let rest = maps + outside + particles
    finalIsFrugal = settings.memoryLimit.map { Self.total(rest + finals[0]) > $0 } ?? false
    final = finals[finalIsFrugal ? 1 : 0]
  }

  /// State, table and poses of a particle, and what a search finds of it.
  private static let bytesOfParticle =
    Estimate.bytesOfCheckpoint + MemoryLayout<SearchPass.Outcome>.stride + 3
    * MemoryLayout<Pose>.stride + 1024

  /// A model of the box: its grid, and the cube in which it is made.
  private static func model(_ geometry: Geometry, shell: Int) -> (grid: Int, cube: Int) {
    let period = goodTransformSize(atLeast: geometry.box * 3 / 2)
    let oversampling = Double(period) / Double(geometry.box)
    let radius =
      Int(((Double(shell) + 0.5) * oversampling * geometry.stretch).rounded(.up)) + 1
    return (8 * GridLayout(radius: radius).count, workspace(period))
  }

  /// A cube and its spectrum.
  private static func workspace(_ size: Int) -> Int {
    4 * cubed(size) + 8 * size * size * (size / 2 + 1)
  }

  /// Pixels, transform, CTF, weight and cropped image of one image.
  private static func bytesOfImageWorkspace(_ box: Int) -> Int { 24 * box * box }

  /// The exact sums as they turn into those that are divided; or the latter, with the larger of measuring
  /// the half-maps and of making the references.
  private static func iteration(
    _ plan: IterationPlan, _ settings: RefinementSettings, isShared: Bool
  ) -> (peak: Int, kept: Int, density: Int, grid: Int) {
    let threads = max(1, settings.threads)
    let folds = max(1, settings.referenceFolds)
    let geometry = plan.geometry
    let radius = plan.sumsRadius
    let samples = GridLayout(radius: radius).count
    let sums = 2 * folds * inPages(12 * samples)
    let points = SamplingPoints.paddedCount(
      window: geometry.window, maximumShell: geometry.packedShell(settings))
    let inserting =
      2 * folds
      * inPages(
        ExactSums.bytes(radius: radius, interpolation: .trilinear, accumulators: 2 * folds))
      + inPages(12 * samples) + threads * ExactSums.Room.bytes(points: points, radius: radius)
      + (isShared ? bytesOnTheirWay(samples) : 0)
    let size = plan.measuredSize
    let cube = 4 * cubed(size)
    let lastShell = plan.lastShell
    let referenceSize = plan.referenceSize(lastShell: lastShell)
    // The half-maps stay; the mask is kept in the period's box and on both cubes, two masks of the
    // curves on those that are measured: this and the last.
    let halves = 2 * cube
    let separates = settings.excludesStanding && settings.subtractOutside
    // Where density is taken out of the mask, the references have masks of their own.
    let masks =
      4 * cubed(geometry.period) + 6 * cube + (referenceSize == size ? 0 : 4 * cubed(referenceSize))
      + (separates ? 4 * cubed(geometry.period) + 2 * cube : 0)
    let measuring = max(2 * workspace(size), 4 * cube)
    let spectrumRadius = plan.spectrumRadius(lastShell: lastShell)
    let extent = min(1, geometry.maskDiameter / Double(geometry.period))
    let grid = inPages(8 * GridLayout(radius: plan.referenceRadius).count)
    let density = 4 * CubeTransform.voxels(size: referenceSize, extent: extent)
    let making =
      2 * folds * grid
      + min(threads, 2 * folds)
      * CubeTransform.bytesOfWorkspace(
        size: referenceSize, radius: spectrumRadius, extent: extent)
    // Each of the references that are made at a time needs room for the voxels of a band and their power, with
    // the spectrum of that; all need the mask in the windows of all bands.
    let filtering =
      settings.nonuniform.enabled
      ? min(threads, 2 * folds)
        * (2 * density + BallSpectrum.bytes(size: referenceSize, radius: lastShell + 1))
        + 6 * density : 0
    let separating = separates ? 2 * folds * grid + StandingDensity.bytes(radius: radius) : 0
    let peak =
      masks + max(inserting, sums + halves + max(measuring, making + filtering), separating)
    // Of the masks that in the period's box stays, and the loose one on half as many voxels an axis.
    return (peak, 9 * cubed(geometry.period) / 2 + 2 * folds * grid, density, grid)
  }

  /// Sums of a half-set or fold as they leave and come, and as they come back, of half a grid's samples.
  private static func bytesOnTheirWay(_ samples: Int) -> Int { (2 * 14 + 2 * 12) * samples / 2 }

  /// In one and a half times the box, the exact sums of the halves that are inserted at a time with the
  /// images on their way; or the sums of both halves, with a half's spectrum and the maps made of it; or
  /// the sum of both, with the measurement of the half-maps.
  private static func final(
    _ geometry: Geometry, threads: Int, volume: Int, isFrugal: Bool, isShared: Bool
  ) -> Int {
    let box = geometry.box
    let period = goodTransformSize(atLeast: box * 3 / 2)
    let whole = Geometry(
      box: box, pixelSize: geometry.pixelSize, window: box, period: period, centre: .zero,
      fulcrum: .zero, maskDiameter: Double(box), stretch: geometry.stretch)
    let radius = whole.clampedGridRadius(ofShell: box / 2 - 1)
    let samples = GridLayout(radius: radius).count
    let sum = inPages(12 * samples)
    let atATime = isFrugal ? 1 : 2
    let exact =
      atATime
      * inPages(
        ExactSums.bytes(radius: radius, interpolation: .trilinear, accumulators: atATime))
    let points = SamplingPoints.paddedCount(window: box, maximumShell: box / 2 - 1)
    let image =
      12 * points + ExactSums.Room.bytes(points: points, radius: radius)
      + bytesOfImageWorkspace(box)
    // The second half is inserted beside the first one's sums, or both turn into such one by one, of which the
    // memory goes back meanwhile; not where they go to other ranks.
    let inserting =
      exact + exact / 16 + (isFrugal ? sum : 0) + threads * image
      + (isShared ? sum + bytesOnTheirWay(samples) : 0)
    let transform = PlaneColumnTransform(size: period)
    // A half's spectrum beside the other half's map and its own; then its map within the sphere beside them.
    let making = max(8 * period * transform.planeLength + 2 * volume, 4 * volume)
    // Two half-maps, their spectra, two maps with random phases, the masks of the sphere and of the loose
    // curve, and the distances of which the latter was made.
    let measuring = 9 * volume
    return max(inserting, 2 * sum + making, sum + measuring)
  }
}

extension MemoryPlan {
  /// Where the packed images go.
  public struct Place {
    /// The folder of a scratch file; nil for memory.
    public var folder: String?
    /// Why, for the log; nil where it goes without saying.
    public var reason: String?
  }

  /// Memory where the limit leaves room, else a scratch file in the folder for it, or in another.
  ///
  /// - Throws: `Problem` with the figures, where the rest does not fit either.
  public func place(otherwise folder: String?) throws(Problem) -> Place {
    guard let limit = settings.memoryLimit else { return Place(folder: settings.cacheDirectory) }
    let whole = peak(packedInFile: false)
    guard whole > limit else { return Place() }
    let least = peak(packedInFile: true)
    guard least <= limit, let scratch = settings.cacheDirectory ?? folder else {
      throw Problem(
        "\(Self.gibibytes(least)) of memory are needed, even with the packed images in a scratch "
          + "file; the limit is \(Self.gibibytes(limit))",
        whatToDo:
          "Raise compute.memory_limit, lower refinement.reference_folds or compute.threads, "
          + "or use a machine with more.")
    }
    return Place(
      folder: scratch,
      reason: "The refinement would take \(Self.gibibytes(whole)) of memory, and the limit is "
        + "\(Self.gibibytes(limit)): the packed images, \(Self.gibibytes(packed)), go into a scratch "
        + "file in \(scratch).")
  }

  /// - Throws: `Problem` with the figures, where a last pass by itself does not fit.
  func requireRoomForLastPass() throws(Problem) {
    guard let limit = settings.memoryLimit, total(final) > limit else { return }
    throw Problem(
      "\(Self.gibibytes(total(final))) of memory are needed for maps of \(geometry.box) voxels; "
        + "this machine has \(Self.gibibytes(limit)) for them",
      whatToDo: "Use a machine with more, or images that were extracted in a smaller box or binned."
    )
  }

  /// Whether an iteration that goes as far as a shell takes more than the limit.
  func exceeds(inserted: Int, packedInFile: Bool) -> Bool {
    guard let limit = settings.memoryLimit else { return false }
    return total((packedInFile ? 0 : packed) + grownIteration(inserted: inserted)) > limit
  }

  /// Bytes in words.
  static func gibibytes(_ bytes: Int) -> String {
    Format.shortest((Double(bytes) / 1_073_741_824 * 100).rounded() / 100) + " GiB"
  }
}

private func cubed(_ size: Int) -> Int { size * size * size }

/// Bytes of a buffer in large pages.
private func inPages(_ bytes: Int) -> Int {
  let page = 2 << 20
  return (bytes + page - 1) / page * page
}
