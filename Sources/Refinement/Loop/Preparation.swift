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
    let mask: [Float]
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
    let outside =
      rest.map { outsideModels(of: $0) } ?? surveyed.outside
    let geometry = try window(transformer, survey: survey, outside: outside, bad: bad)
    let memory = MemoryPlan(
      particles: input.particles.count, images: shard.particles.count, geometry: geometry,
      settings: settings,
      hasHalfMaps: input.halfMaps != nil, outside: outside.reduce(0) { $0 + $1.grid.bytes },
      resolution: input.start?.fsc.resolution143)
    let place = try memory.place(otherwise: input.scratchFolder)
    if let reason = place.reason { events(.log(reason)) }
    let planned = memory.peak(packedInFile: place.folder != nil)
    events(.log("\(MemoryPlan.gibibytes(planned)) of memory are planned for"))
    let points = SamplingPoints(
      window: geometry.window, maximumShell: geometry.packedShell(settings))
    let centres = BodyCentres(input)
    let poses = input.particles.poses
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry, points: points, survey: survey,
      outside: outside, highpassShell: geometry.highpassShell(settings),
      defocus: .known(
        sign: defocusSign, centres: centres, start: poses, now: poses, changes: defocusChanges))
    let packed = try packer.pack(
      threads: settings.threads, shard: shard, scratch: place.folder, bad: bad, control: control
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
    let skipped = Set(bad.all.map(\.particle))
    try requireUsable(skipped: skipped)
    let mask = CentredMap(geometry: geometry).moved(mask: input.mask)
    let context = RunContext(
      settings: settings, particles: input.particles, shard: shard, geometry: geometry,
      points: points,
      images: packed.images, magnitudes: packed.magnitudes, windowCentres: packed.windowCentres,
      survey: survey,
      skipped: skipped, bad: bad,
      noiseShare: transformer.noiseShare(ofCrop: geometry.window, about: packed.windowCentres),
      folds: folds(), interpolation: .cubic, insertion: .trilinear,
      gyration: gyration(geometry), control: control, centres: centres)
    return Prepared(
      context: context, transformer: transformer, mask: mask, outside: outside,
      imageScales: packed.imageScales,
      state: initialState(
        context,
        greyscale: settings.estimateGreyscale ? survey.greyscales.map { abs($0) } : [1, 1]),
      memory: memory)
  }

  /// What has to be known of the images before any of them is used.
  struct Surveyed {
    let transformer: ImageTransformer
    let survey: Survey
    let outside: [BoxModel]
    let bad: BadImages
  }

  /// Surveys the images, and finds what brings them to one contrast and grey scale.
  ///
  /// - Parameter progress: told the part of the work, from 0, and which share of it is done.
  func surveyed(progress: @escaping @Sendable (Int, Double) -> Void) throws -> Surveyed {
    let settings = input.settings
    var transformer = ImageTransformer(
      source: input.images, particles: input.particles, switches: switches(settings),
      windowInner: settings.windowInner, windowOuter: settings.windowOuter)
    let outside = outsideModels(of: input.mask.map { 1 - $0 })
    progress(0, 1)
    let bad = BadImages(share: settings.badImageShare, total: input.particles.count)
    bad.add(knownBad)
    var survey = try survey(transformer, outside: outside, bad: bad) {
      progress($0, $1)
    }
    try requireUsable(skipped: Set(bad.all.map(\.particle)))
    guard survey.hasNoise else {
      throw Problem(
        "The images hold nothing in most of their shells: there is no noise to weigh them with",
        whatToDo: "Give images that were not filtered, and check image.window_outer.")
    }
    if survey.isFiltered {
      events(
        .warning(
          "the images hold hardly any noise in half of their shells: they were filtered, and an FSC "
            + "there says nothing"))
    }
    transformer.typicalPower = survey.typicalPower
    transformer.normalisedDeviations = normalisedDeviations(survey)
    if transformer.normalisedDeviations.contains(where: { $0 != nil }) {
      survey = try self.survey(transformer, outside: outside, bad: bad) { _, _ in }
    }
    let contrasts = GroupContrasts(
      survey.contrasts, sign: settings.dataSign, scalesApart: settings.estimateGreyscale)
    tell(contrasts)
    transformer.factors = contrasts.factors
    if contrasts.areAlike {
      let factor = contrasts.factors.first.map(Double.init) ?? 1
      survey = survey.multiplied(by: [factor, factor])
    } else {
      // The noise and what lies outside the mask, of the groups on one scale.
      survey = try self.survey(transformer, outside: outside, bad: bad) { _, _ in }
    }
    return Surveyed(transformer: transformer, survey: survey, outside: outside, bad: bad)
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
    let surveyed = min(total, Self.surveyed * 2 * max(1, input.particles.optics.count))
    let image = Double(input.images.boxSize * input.images.boxSize)
    let volume = Double(input.map.size * input.map.size * input.map.size)
    return [
      (input.settings.subtractOutside ? 6 : 0) * volume, 1.7 * volume,
      1.26 * Double(surveyed) * image / threads, Double(total) * image / threads, 3.8 * volume,
    ]
  }

  /// - Throws: `Problem` where a half-set has no image that can be used.
  private func requireUsable(skipped: Set<Int>) throws(Problem) {
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
  private var stretch: Double {
    input.particles.stretch(isUsed: input.settings.useAnisotropicMagnification)
  }

  private func switches(_ settings: RefinementSettings) -> ContrastTransferFunction.Switches {
    var switches = ContrastTransferFunction.Switches()
    switches.ctf = settings.correctCTF
    switches.tilt = settings.useTilt
    switches.trefoil = settings.useTrefoil
    switches.spherical = settings.useSpherical
    switches.tetrafoil = settings.useTetrafoil
    switches.magnification = settings.useAnisotropicMagnification
    return switches
  }

  /// A part of the density in each half-map, weighted by what the halves have in common there.
  private func outsideModels(of outside: Volume) -> [BoxModel] {
    guard input.settings.subtractOutside, outside.maximum > 0 else { return [] }
    let maps = input.mapsOfHalves
    let box = input.map.size
    var weights = [Double](repeating: 1, count: box / 2)
    if input.halfMaps != nil {
      weights = fourierShellCorrelation(maps[0], maps[1], mask: outside).map { min(max($0, 0), 1) }
    }
    let cut = weights.indices.dropFirst(3).first { weights[$0] < 0.1 } ?? box / 2 - 1
    let last = min(cut + 2, box / 2 - 1)
    for shell in weights.indices where shell > last { weights[shell] = 0 }
    let points = SamplingPoints(window: box, maximumShell: last)
    return maps.map {
      BoxModel(
        map: $0.filtered(byShells: weights) * outside, maximumShell: last, points: points,
        stretch: stretch, padding: modelPadding)
    }
  }

  /// Images that are surveyed of each half-set and optics group, at most.
  private static let surveyed = 250

  private func survey(
    _ transformer: ImageTransformer, outside: [BoxModel], bad: BadImages,
    progress: @escaping @Sendable (Int, Double) -> Void
  ) throws -> Survey {
    let box = input.map.size
    let shell = min(
      box / 2 - 1, Int(input.map.edge / input.settings.initialResolution))
    let points = SamplingPoints(window: box, maximumShell: shell)
    let map = BoxModel(
      map: input.map.lowPassed(to: input.settings.initialResolution), maximumShell: shell,
      points: points, stretch: stretch)
    progress(1, 1)
    return try Survey(
      transformer: transformer, map: map, outside: outside, threads: input.settings.threads,
      sampleSize: Self.surveyed, model: input.settings.noiseModel, bad: bad, shard: shard
    ) { progress(2, $0) }
  }

  /// The deviation to which the backgrounds of each half-set's images are brought; nil to leave them,
  /// as those that were normalised are. Says what was found.
  private func normalisedDeviations(_ survey: Survey) -> [Double?] {
    guard let all = Backgrounds(survey.backgrounds.flatMap { $0 }) else {
      events(.log("the images have no background by which they could be normalised"))
      return [nil, nil]
    }
    guard !all.areAlike else {
      events(.log("the images are normalised and stay as they are: \(all.summary)"))
      return [nil, nil]
    }
    guard input.settings.normalize else {
      events(
        .warning("the images are not normalised alike: \(all.summary); set image.normalize = true"))
      return [nil, nil]
    }
    events(
      .log("the images were not normalised alike: \(all.summary); each is brought to the median"))
    // Each half by itself, so that the halves stay independent.
    return survey.backgrounds.map { Backgrounds($0)?.deviation }
  }

  /// Says which contrast the data have, and what differs between optics groups.
  private func tell(_ contrasts: GroupContrasts) {
    let factors = contrasts.factors
    let isAuto = input.settings.dataSign == .auto
    if isAuto, factors.allSatisfy({ $0 > 0 }) {
      events(.log("the particles' contrast is that of the map"))
    } else if isAuto, factors.allSatisfy({ $0 < 0 }) {
      events(
        .log("the particles' contrast is opposite to the map's: the data are multiplied by −1"))
    }
    guard !contrasts.areAlike else { return }
    let shown = 10
    for (group, factor) in zip(input.particles.optics, factors).prefix(shown) {
      let contrast = factor < 0 ? "contrast opposite to the map's" : "contrast of the map"
      let scale = Format.rounded(1 / Double(abs(factor)), digits: 3)
      events(
        .log("optics group \(group.name): \(contrast), grey scale \(scale) times that of all"))
    }
    if factors.count > shown {
      events(.log("… and \(Format.counted(factors.count - shown, "optics group")) more"))
    }
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
    let start = input.particles.poses.enumerated().map { context.alignment($1, of: $0) }
    let slots = 2 * max(1, input.particles.optics.count)
    let ones = [Double](repeating: 1, count: context.geometry.maximumShell + 1)
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
