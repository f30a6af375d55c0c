import CryoEM
import Fourier
import Ground
import Particles

/// The last reconstruction of a refinement by itself: particles at the poses that they come with.
///
/// The noise is that of the images, weights are those of a final pass before anything was learnt, and
/// every image counts in its own grey values. Images are read a few at a time: memory does not grow with
/// their number.
public struct DirectReconstruction: Sendable {
  private var sums: FinalSums
  /// The images that could not be used.
  public let badImages: [BadImage]

  /// Steps of the work.
  public enum Step: String, Sendable {
    case survey = "Looking at the images"
    case measuring = "Measuring the images"
    case inserting = "Inserting the images"
  }

  /// Inserts all images.
  ///
  /// - Parameters:
  ///   - settings: of which the windows, the CTF's parts, the symmetry, the sign of the data, the share
  ///     of bad images, the memory limit and the threads count.
  ///   - particles: with half-sets.
  ///   - thickness: of what is in the images, where settings take the Ewald sphere for curved; without
  ///     it, a ball of 0.7 of the box. `auto` knows no hand here: planes.
  ///   - tell: gets warnings and lines for the log.
  ///   - progress: told the step and which share of it is done.
  /// - Throws: `Problem` where a half-set has no usable image, too many images are bad, or memory is short.
  public init(
    settings: RefinementSettings, particles: ParticleSet, images: any ImageSource,
    thickness: MaskThickness? = nil, control: RefinementControl = RefinementControl(),
    tell: @escaping @Sendable (RefinementEvent) -> Void = { _ in },
    progress: @escaping @Sendable (Step, Double) -> Void = { _, _ in }
  ) throws {
    var settings = settings
    settings.subtractOutside = false
    settings.marginalize = false
    settings.estimateGreyscale = false
    if settings.dataSign == .auto { settings.dataSign = .as_is }
    let (box, pixelSize) = (images.boxSize, particles.optics.first?.pixelSize ?? 1)
    let geometry = Geometry(
      box: box, pixelSize: pixelSize, window: box, period: box, centre: .zero, fulcrum: .zero,
      maskDiameter: Double(box),
      stretch: particles.stretch(isUsed: settings.useAnisotropicMagnification),
      symmetry: try PointGroup(settings.symmetry))
    let memory = MemoryPlan(
      particles: 0, images: 0, geometry: geometry, settings: settings, hasHalfMaps: false,
      resolution: nil)
    try memory.requireRoomForLastPass()
    // There is no map to compare the images with: nothing is said of their grey scale.
    let nothing = Volume(size: box, pixelSize: pixelSize)
    let surveyed = try Preparation(
      RefinementInput(
        settings: settings, particles: particles, images: images, map: nothing, halfMaps: nil,
        mask: nothing.map { _ in 1 }, fulcrum: .zero),
      control: control, events: tell
    ).surveyed { progress(.survey, $1) }
    let points = SamplingPoints(window: box, maximumShell: 1)
    let packer = ImagePacker(
      transformer: surveyed.transformer, geometry: geometry, points: points,
      survey: surveyed.survey, outside: [], highpassShell: 0)
    let total = Double(max(1, particles.count))
    let magnitudes = try packer.magnitudes(
      threads: settings.threads, bad: surveyed.bad, control: control
    ) { progress(.measuring, Double($0) / total) }
    let context = Self.context(
      settings, particles, geometry, points, magnitudes, surveyed, control: control)
    let pass = context.finalPass(
      surveyed.transformer, outside: [],
      isFrugal: memory.finalIsFrugal,
      ewald: Self.curvature(settings, thickness, particles, images, pixelSize: pixelSize))
    guard
      let sums = try pass.accumulate(
        Self.state(context), progress: { progress(.inserting, Double($0) / total) })
    else {
      throw Problem(
        "the sums of the images are elsewhere", whatToDo: "Reconstruct in one process.")
    }
    self.sums = sums
    for line in context.usable.bad.warnings(of: .final) { tell(.warning(line)) }
    badImages = context.usable.bad.all
  }

  /// What a final pass has to know, of particles that nothing was refined of.
  private static func context(
    _ settings: RefinementSettings, _ particles: ParticleSet, _ geometry: Geometry,
    _ points: SamplingPoints, _ magnitudes: [ImageMagnitudes], _ surveyed: Preparation.Surveyed,
    control: RefinementControl
  ) -> RunContext {
    RunContext(
      settings: settings, control: control,
      frame: ParticleFrame(
        particles: particles, geometry: geometry,
        windowCentres: [SIMD2<Int32>](repeating: .zero, count: particles.count),
        usesMagnification: settings.useAnisotropicMagnification,
        folds: [Int32](repeating: 0, count: particles.count), foldCount: 1,
        centres: BodyCentres(body: .zero, fulcrum: .zero, rest: .zero), gyration: 1),
      usable: UsableImages(shard: Shard(of: particles.count), bad: surveyed.bad),
      images: BodyImages(
        packed: PackedImages(points: points, count: 0), magnitudes: magnitudes),
      noise: PackingNoise(survey: surveyed.survey, share: surveyed.transformer.noiseShare))
  }

  /// The particles where they are.
  private static func state(_ context: RunContext) -> RefinementState {
    let particles = context.frame.particles
    let start = particles.poses.enumerated().map { context.frame.alignment($1, of: $0) }
    return RefinementState(
      start: start, poses: start,
      posteriors: [PosePosterior](repeating: .point, count: start.count),
      scales: [Float](repeating: 1, count: start.count),
      noiseFactors: [[Double]](repeating: [1], count: particles.slotCount),
      greyscale: [1, 1], band: 1)
  }

  private static func curvature(
    _ settings: RefinementSettings, _ thickness: MaskThickness?, _ particles: ParticleSet,
    _ images: any ImageSource, pixelSize: Double
  ) -> EwaldCurvature? {
    guard settings.correctCTF, settings.ewald == .on || settings.ewald == .inverted else {
      return nil
    }
    let box = images.boxSize
    let known = thickness ?? MaskThickness(ballOfRadius: 0.35 * Double(box) * pixelSize)
    return EwaldCurvature(
      sign: settings.ewald == .on ? 1 : -1, thickness: known,
      centres: BodyCentres(body: known.centre, fulcrum: .zero, rest: .zero),
      particles: particles, now: particles.poses, box: box)
  }

  /// The unfiltered half-maps, in the particles' box and frame: once, as their sums are one sum afterwards.
  public mutating func takeHalfMaps() -> (a: Volume, b: Volume) { sums.takeHalfMaps() }

  /// The map of all images, filtered by what the half-maps agree on; after the half-maps.
  ///
  /// - Parameter fsc: the corrected curve of the half-maps, in shells of the box.
  public func combined(fsc: [Double]) -> Volume { sums.combined(fsc: fsc) }
}
