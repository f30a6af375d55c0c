import CryoEM
import Fourier
import Ground

/// Everything before the first iteration: geometry, survey, subtraction models and packed images.
struct Preparation {
  let input: RefinementInput
  let shard: Shard
  let control: RefinementControl
  /// The images that an interrupted run has found bad: left out also where they can be read again.
  let knownBad: [BadImage]
  /// What the height of the body does to its defocus: −1, 0 or +1.
  let defocusSign: Int
  /// What an interrupted run has found of the particles' own defocus.
  let defocusChanges: [DefocusChange]
  let events: @Sendable (RefinementEvent) -> Void
  /// Room about the models of the density outside, as `BoxModel` has it.
  var modelPadding = 1.5
  /// What of the map belongs to no body, where several move by themselves; nil where all outside the mask
  /// does.
  var rest: Volume?
  /// The share of each voxel's density that an interrupted run subtracts, where it has found that not all in
  /// the masks moves with their bodies.
  var outsideNow: Volume?

  init(
    _ input: RefinementInput, shard: Shard? = nil, control: RefinementControl,
    knownBad: [BadImage] = [], defocusSign: Int? = nil, defocusChanges: [DefocusChange] = [],
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) {
    self.defocusChanges = defocusChanges
    self.defocusSign = defocusSign ?? input.settings.givenDefocusSign
    self.input = input
    self.shard = shard ?? Shard(of: input.particles.count)
    self.control = control
    self.knownBad = knownBad
    self.events = events
  }

  /// What the iterations start from.
  struct Prepared {
    let context: RunContext
    let transformer: ImageTransformer
    let mask: CentredMask
    let outside: [BoxModel]
    let imageScales: [Double]
    let state: RefinementState
    let memory: MemoryPlan
  }

  func prepare() throws -> Prepared {
    let settings = input.settings
    events(.stage(.packing, iteration: 0))
    let total = input.particles.count
    let progress = StageProgress(
      .packing, particles: total, costs: costs, events: events)
    let surveyed = try surveyed { progress.tell($1, of: $0) }
    let (transformer, survey) = (surveyed.transformer, surveyed.survey)
    // The images are surveyed with all outside the mask where the consensus has it; what moves by itself
    // is subtracted where it is.
    let bad = surveyed.bad
    var outside =
      rest.map { outsideModels(of: $0) } ?? surveyed.outside
    let geometry = try window(transformer, survey: survey, outside: outside, bad: bad)
    if let outsideNow { outside = outsideModels(of: outsideNow) }
    let memory = MemoryPlan(
      particles: input.particles.count, images: shard.particles.count, geometry: geometry,
      settings: settings,
      hasHalfMaps: input.halfMaps != nil, outside: outside.reduce(0) { $0 + $1.grid.bytes },
      resolution: input.start?.fsc.resolution143)
    let points = SamplingPoints(
      window: geometry.window, maximumShell: geometry.packedShell(settings))
    let centres = BodyCentres(input)
    let poses = input.particles.poses
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry, points: points, survey: survey,
      outside: outside, highpassShell: geometry.highpassShell(settings),
      defocus: .known(
        sign: defocusSign, centres: centres, start: poses, now: poses, changes: defocusChanges))
    let packed = try packed(by: packer, memory: memory, bad: bad, progress)
    let usable = UsableImages(shard: shard, bad: bad)
    try requireUsable(skipped: usable.skipped)
    let mask = CentredMask(input.mask, geometry: geometry)
    let context = RunContext(
      settings: settings, control: control,
      frame: ParticleFrame(
        particles: input.particles, geometry: geometry, windowCentres: packed.windowCentres,
        usesMagnification: settings.useAnisotropicMagnification, folds: folds(),
        foldCount: max(1, settings.referenceFolds), centres: centres,
        gyration: gyration(geometry)),
      usable: usable, images: BodyImages(packed: packed.images, magnitudes: packed.magnitudes),
      noise: PackingNoise(
        survey: survey,
        share: transformer.noiseShare(ofCrop: geometry.window, about: packed.windowCentres)))
    return Prepared(
      context: context, transformer: transformer, mask: mask, outside: outside,
      imageScales: packed.imageScales,
      state: initialState(
        context,
        greyscale: settings.estimateGreyscale ? survey.greyscales.map { abs($0) } : [1, 1]),
      memory: memory)
  }

  /// Packs the images, where there is room for them; says so in the log.
  private func packed(
    by packer: ImagePacker, memory: MemoryPlan, bad: BadImages, _ progress: StageProgress
  ) throws -> ImagePacker.Result {
    let place = try memory.place(otherwise: input.scratchFolder)
    if let reason = place.reason { events(.log(reason)) }
    let planned = memory.peak(packedInFile: place.folder != nil)
    events(.log("\(MemoryPlan.gibibytes(planned)) of memory are planned for"))
    let total = input.particles.count
    let packed = try packer.pack(
      threads: input.settings.threads, shard: shard, scratch: place.folder, bad: bad,
      control: control
    ) { [held = shard.particles.count] in
      progress.tell(Double($0) / Double(held), of: 3, done: $0 * total / held)
    }
    for line in bad.warnings(of: .packing) { events(.warning(line)) }
    if packed.sharedCount > 0 {
      events(
        .warning(
          "\(packed.sharedCount) of \(total) images are in both half-sets under different names: the "
            + "FSC is too good"))
    }
    return packed
  }

  /// The boxes for the mask, with the window as small as it may be; says so in the log.
  private func window(
    _ transformer: ImageTransformer, survey: Survey, outside: [BoxModel], bad: BadImages
  ) throws -> Geometry {
    let symmetry = try PointGroup(input.settings.symmetry)
    let choice = WindowChoice(
      input: input, transformer: transformer, survey: survey, outside: outside, stretch: stretch,
      symmetry: symmetry, bad: bad
    ).choose()
    let geometry = choice.geometry
    try shard.share(bad)
    try shard.requireSame("\(geometry.window) pixels", "the windows of the images")
    var line =
      "window \(geometry.window) of \(geometry.box) pixels, mask diameter "
      + "\(Int(geometry.maskDiameter)) pixels, reference period \(geometry.period) voxels"
    if let error = choice.error {
      line +=
        "; the cut changes log likelihoods between poses by "
        + Format.shortest((error * 1000).rounded() / 1000)
    }
    events(.log(line))
    return geometry
  }

  /// Costs of the models of the density outside and of the map, the survey, the images and what
  /// follows, relative to a pixel of an image on one thread; measured.
  private var costs: [Double] {
    let threads = Double(max(1, input.settings.threads))
    let total = input.particles.count
    let surveyed = min(total, Self.surveyed * input.particles.slotCount)
    let image = Double(input.images.boxSize * input.images.boxSize)
    let volume = Double(input.map.size * input.map.size * input.map.size)
    return [
      (input.settings.subtractOutside ? 6 : 0) * volume, 1.7 * volume,
      1.26 * Double(surveyed) * image / threads, Double(total) * image / threads, 3.8 * volume,
    ]
  }

  /// - Throws: `Problem` where a half-set has no image that can be used.
  func requireUsable(skipped: Set<Int>) throws(Problem) {
    let halves = input.particles.halfSets
    let used = halves.indices.filter { !skipped.contains($0) }.map { halves[$0] }
    guard !used.contains(.a) || !used.contains(.b) else { return }
    let which =
      used.isEmpty ? "either half-set" : used.contains(.a) ? "half-set b" : "half-set a"
    throw Problem(
      "No image of \(which) can be used: \(skipped.count) of \(halves.count) are bad",
      whatToDo: "Extract the particles again, or leave the bad images out of the particle file.")
  }

  /// The largest by which a magnification that is used stretches frequencies.
  var stretch: Double {
    input.particles.stretch(isUsed: input.settings.useAnisotropicMagnification)
  }

  /// Folds of the particles, dealt at random within each half; what shares noise shares a fold.
  ///
  /// What decides is where a particle first stands in its file, and not its name there: the same
  /// particles from another kind of file are dealt alike.
  private func folds() -> [Int32] {
    let count = max(1, input.settings.referenceFolds)
    let particles = input.particles
    let sources =
      particles.families.isEmpty ? particles.sources : particles.families.map { UInt64($0) }
    var firsts: [UInt64: Int] = [:]
    return input.particles.poses.indices.map { index in
      var first = index
      if index < sources.count {
        first = firsts[sources[index], default: index]
        firsts[sources[index]] = first
      }
      var generator = SeededGenerator(seed: input.settings.randomSeed, stream: UInt64(first))
      return Int32(generator.next() % UInt64(count))
    }
  }

  /// rms radius of the masked density of the map about the mask's centre, pixels.
  private func gyration(_ geometry: Geometry) -> Double {
    radiusOfGyration(of: input.map, within: input.mask, about: geometry.centre)
      .map { $0 / geometry.pixelSize } ?? geometry.maskDiameter / 4
  }

  private func initialState(_ context: RunContext, greyscale: [Double]) -> RefinementState {
    let start = input.particles.poses.enumerated().map { context.frame.alignment($1, of: $0) }
    let slots = input.particles.slotCount
    let ones = [Double](repeating: 1, count: context.frame.geometry.maximumShell + 1)
    var state = RefinementState(
      start: start, poses: start,
      posteriors: [PosePosterior](repeating: .point, count: start.count),
      scales: [Float](repeating: 1, count: start.count),
      noiseFactors: [[Double]](repeating: ones, count: slots),
      noiseDirections: context.settings.noiseModel == .coloured
        ? [NoiseDirections](repeating: NoiseDirections(shells: ones.count), count: slots) : [],
      greyscale: greyscale, band: 1)
    state.bodyDefocus.sign = defocusSign
    state.defocusChanges = defocusChanges
    return state
  }
}
