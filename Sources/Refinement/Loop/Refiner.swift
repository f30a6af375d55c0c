import CryoEM
import EMFiles
import Fourier
import Glibc

/// Refines the poses of particles locally.
///
/// - Parameters:
///   - input: settings, particles, images, maps and mask, checked.
///   - control: stops, holds or shortens the refinement from another thread.
///   - checkpoints: where the state is kept between iterations, and finished parts of a search in
///     them. A refinement goes on from what it finds there, and ends as it would have ended.
///   - events: told of stages, progress, iterations and warnings, from any thread.
/// - Throws: `Problem` for images that cannot be read and for checkpoints that do not fit,
///   `RefinementStopped` after a stop.
public func refine(
  _ input: RefinementInput, control: RefinementControl = RefinementControl(),
  checkpoints: (any CheckpointStore)? = nil,
  events: @escaping @Sendable (RefinementEvent) -> Void
) throws -> RefinementResult {
  returnLargeMemoryAtOnce()
  var refiner = try Refiner(
    input.maskedWithinImages, control: control, checkpoints: checkpoints, events: events)
  return try refiner.run()
}

/// The loop of a refinement.
struct Refiner {
  let input: RefinementInput
  private(set) var context: RunContext
  let transformer: ImageTransformer
  /// The mask about its own centre, `geometry.period`³, and on the iterations' cubes.
  let mask: [Float]
  private let cubeMasks: CubeMasks
  /// The density outside the mask of each half, where it is subtracted.
  let outside: [BoxModel]
  let events: @Sendable (RefinementEvent) -> Void
  private let checkpoints: (any CheckpointStore)?
  private let memory: MemoryPlan
  /// Progress of the first filtering, as long as its references are not made.
  private var filtering: StageProgress?
  /// The shell up to which the memory was last told.
  private var toldShell = 0
  var loop: LoopState

  /// What changes from iteration to iteration.
  var state: RefinementState { loop.refinement }

  /// Surveys and packs the images, and finds where to go on.
  init(
    _ input: RefinementInput, control: RefinementControl,
    checkpoints: (any CheckpointStore)? = nil,
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws {
    self.input = input
    self.events = events
    self.checkpoints = checkpoints
    // A checkpoint that does not fit is refused before hours of packing.
    let saved = try checkpoints.flatMap { try LoopState(in: $0) }
    let prepared = try Preparation(
      input, control: control, knownBad: saved?.badImages ?? [], events: events
    ).prepare()
    context = prepared.context
    transformer = prepared.transformer
    mask = prepared.mask
    cubeMasks = CubeMasks(geometry: prepared.context.geometry, fine: prepared.mask)
    outside = prepared.outside
    memory = prepared.memory
    if let saved {
      loop = saved
      try saved.requireFit(
        prepared.state, maximumShell: context.geometry.maximumShell,
        place: checkpoints?.place ?? "")
      resume()
    } else {
      loop = LoopState(settings: context.settings, refinement: prepared.state, inserted: 0)
      loop.inserted = context.geometry.insertionShell(beyond: firstBand)
      loop.badImages = context.bad.all
    }
  }

  /// Takes the settings of the checkpoint, and what it knows of the images.
  private mutating func resume() {
    let threads = context.settings.threads
    context.settings = loop.settings
    context.settings.threads = threads
    loop.settings = context.settings
    let lost = context.skipped.subtracting(loop.badImages.map(\.particle))
    if let first = lost.min() {
      events(
        .warning(
          "\(lost.count) images could be used before the interruption and cannot any more, the first "
            + "is particle \(first + 1): the result differs from that of an uninterrupted run"))
    }
    loop.badImages = context.bad.all
  }

  /// Iterates until nothing improves, then makes the final maps.
  mutating func run() throws -> RefinementResult {
    while true {
      var clock = IterationClock(after: loop.spent)
      try makeRoom()
      let product = try reconstruct(&clock)
      report(product, clock: clock)
      let references = state.iteration == 0 ? initialReferences() : product.references
      filtering?.tell(1, of: ReferenceMaker.Part.firstReferences.rawValue)
      loop.refinement.band = state.iteration == 0 ? firstBand : product.band
      if isOver(product) { break }
      try advance(references, product: product)
    }
    return try finish(converged: loop.converged)
  }

  /// Says where the resolution has become better than memory was planned for, and puts packed images
  /// that are in memory into a scratch file where the sums would go beyond the memory limit.
  private mutating func makeRoom() throws {
    if loop.inserted > max(memory.plannedShell, toldShell) {
      toldShell = loop.inserted
      let bytes = memory.peak(packedInFile: context.images.isInFile, inserted: loop.inserted)
      events(
        .log(
          "The resolution is better than was planned for: "
            + "\(MemoryPlan.gibibytes(bytes)) of memory from now on"))
    }
    guard !context.images.isInFile, memory.exceeds(inserted: loop.inserted, packedInFile: false),
      let folder = context.settings.cacheDirectory ?? input.scratchFolder
    else { return }
    events(
      .log(
        "The resolution is better than was planned for: the packed images go into a scratch file in "
          + "\(folder), for the memory limit"))
    context.images = try context.images.moved(toFileIn: folder)
  }

  /// Whether the refinement ends with the iteration that was just reported.
  private mutating func isOver(_ product: ReferenceMaker.Product) -> Bool {
    let settings = context.settings
    if state.iteration > 0 {
      if control.isStopAfterIterationRequested { return true }
      let shell = context.geometry.windowEdge / product.fsc.resolution143
      if loop.converged {
        loop.extra += 1
      } else {
        loop.converged = loop.convergence.isReached(
          shell: shell, step: loop.step, deviation: loop.metrics.last?.posteriorRotation ?? 0)
      }
      if loop.converged && loop.extra >= settings.extraPasses { return true }
    }
    return state.iteration >= settings.maximumIterations
  }

  /// Searches and takes the results over: the state at the beginning of the next iteration.
  private mutating func advance(
    _ references: [ReferenceGrid], product: ReferenceMaker.Product
  ) throws {
    try control.throwIfStopped()
    takeSettings()
    var clock = IterationClock()
    let band = state.band
    if state.iteration == 0 { try calibrate(references) }
    let outcomes = try search(references, band: band, &clock)
    loop.step = take(outcomes)
    loop.outcomes = outcomes
    measureNoise(references, band: band)
    loop.searchedBand = band
    loop.inserted = context.geometry.insertionShell(beyond: max(product.band, band))
    loop.refinement.iteration += 1
    loop.spent = clock.spent
    try checkpoints?.save(try CheckpointContent(loop))
  }

  /// The settings of the next search: those with which it began before an interruption, or those of
  /// now with what a user has changed.
  private mutating func takeSettings() {
    let next = state.iteration + 1
    let threads = context.settings.threads
    if let checkpoints, let begun = SearchLog.start(in: checkpoints, iteration: next) {
      context.settings = begun.settings
      context.settings.threads = threads
    } else if let change = control.takeSettingsChange() {
      context.settings = context.settings.takingOver(change(context.settings))
    }
    loop.settings = context.settings
  }

  /// Highest shell of the window that a search may use.
  private var bandLimit: Int {
    context.settings.maximumResolution.map { context.geometry.shell(atResolution: $0) }
      ?? context.geometry.maximumShell
  }

  /// Band of the first search.
  private var firstBand: Int {
    min(bandLimit, context.geometry.shell(atResolution: context.settings.initialResolution))
  }

  private var control: RefinementControl { context.control }

  func initialReferences() -> [ReferenceGrid] {
    let maps = input.halfMaps.map { [$0.a, $0.b] } ?? [input.map, input.map]
    return InitialReference(
      geometry: context.geometry, interpolation: context.interpolation,
      resolution: context.settings.initialResolution
    ).references(
      maps: maps, mask: mask, boxMask: input.mask, folds: context.foldCount, band: firstBand)
  }

  private mutating func reconstruct(_ clock: inout IterationClock) throws -> ReferenceMaker.Product
  {
    let iteration = state.iteration
    let band = loop.inserted
    events(.stage(.reconstruction, iteration: iteration))
    clock.begin(.reconstruction)
    let events = events
    let inserting = StageProgress(
      .reconstruction, particles: context.particles.count, costs: [1], events: events)
    let accumulators = try Accumulation(context: context, band: band).accumulate(state) {
      inserting.tell($0, of: 0, done: $1)
    }
    events(.stage(.filtering, iteration: iteration))
    clock.begin(.filtering)
    let maker = ReferenceMaker(
      context: context, masks: cubeMasks, isMaskDynamic: state.isMaskDynamic)
    let isFirst = state.iteration == 0
    let filtering = StageProgress(
      .filtering, costs: maker.costs(radius: accumulators[0].radius, isFirst: isFirst),
      events: events)
    let product = maker.make(
      accumulators, inserted: band, bandLimit: bandLimit,
      // The input as it came is only measured: the first search has references of its own.
      measuringOnly: isFirst
    ) { filtering.tell($0, of: $1.rawValue) }
    self.filtering = isFirst ? filtering : nil
    clock.end()
    loop.refinement.isMaskDynamic = product.mask.hasStarted
    product.remarks.forEach(events)
    return product
  }

  private func search(
    _ references: [ReferenceGrid], band: Int, _ clock: inout IterationClock
  ) throws -> [SearchPass.Outcome] {
    let settings = context.settings
    // Poses that are held still have a scale to be found.
    guard settings.rotationExtent > 0 || settings.shiftExtent > 0 || settings.minimizeScale else {
      return state.poses.map {
        SearchPass.Outcome(
          pose: $0, posterior: .point, scale: 1, gain: 0, isAtLimit: false, evaluations: 0)
      }
    }
    events(.stage(.search, iteration: state.iteration + 1))
    clock.begin(.search)
    defer { clock.end() }
    let log = try checkpoints.map {
      try SearchLog(
        SearchLog.Start(
          iteration: state.iteration + 1, settings: settings, chunk: SearchPass.chunk), in: $0)
    }
    let pass = searchPass(references, band: band, log: log)
    // What the images say of the noise is measured after the search, on some of them: an eighth of
    // an adaptive search each.
    let total = context.particles.count
    let sampled = min(total, NoiseUpdate.sampleSize * 2 * max(1, context.particles.optics.count))
    let progress = StageProgress(
      .search, particles: total,
      costs: [Double(total), settings.exhaustiveSearch ? 0 : 0.12 * Double(sampled)],
      events: events)
    let outcomes = try pass.run(state) {
      progress.tell(Double($0) / Double(total), of: 0, done: $0)
    }
    let lost = outcomes.count { $0.isLost }
    if lost > 0 {
      events(.warning("\(lost) of \(total) particles have no score that is a number; they stay"))
    }
    return outcomes
  }

  private func searchPass(
    _ references: [ReferenceGrid], band: Int, log: SearchLog? = nil
  ) -> SearchPass {
    let settings = context.settings
    let plan: SearchPlan
    if settings.exhaustiveSearch {
      plan = SearchPlan(
        exhaustive: context.geometry, band: band, gyration: context.gyration,
        finest: settings.alignmentResolution)
    } else {
      let likely =
        settings.priorEnabled ? 1.5 * settings.priorRotation : settings.rotationExtent / 2
      // After the first iteration particles are near their maxima, unless the first was misled.
      let motion =
        state.iteration == 0
        ? min(likely, settings.rotationExtent)
        : min(likely, radians(loop.metrics.last?.rotationFromPrevious.percentile95 ?? 5))
      plan = SearchPlan(
        geometry: context.geometry, band: band, motion: motion,
        extent: state.iteration == 0 ? settings.rotationExtent : 0, gyration: context.gyration,
        finest: settings.alignmentResolution)
    }
    return SearchPass(
      context: context,
      search: PoseSearch(
        plan: plan, points: context.points, geometry: context.geometry,
        extents: (settings.rotationExtent, settings.shiftExtent)),
      band: band, references: references, log: log)
  }

  /// Particles of each half and optics group from which the first grey scale is found.
  static let calibrated = 200

  /// Finds the grey scale of the first references from a sample that is searched beforehand: at the
  /// starting poses the images agree less with the reference than they can, which would make the
  /// search trust it too little.
  mutating func calibrate(_ references: [ReferenceGrid]) throws {
    let settings = context.settings
    guard settings.estimateGreyscale, settings.rotationExtent > 0 || settings.shiftExtent > 0 else {
      return
    }
    let band = state.band
    let sample = NoiseUpdate.sample(context, size: Self.calibrated)
    let filtering = filtering
    let found = try searchPass(references, band: band).run(state, over: sample) {
      filtering?.tell(
        Double($0) / Double(sample.count), of: ReferenceMaker.Part.calibration.rawValue)
    }
    var moved = state
    for (particle, outcome) in zip(sample, found) { moved.poses[particle] = outcome.pose }
    loop.refinement.greyscale =
      NoiseUpdate(context: context, references: references, band: band)
      .measure(moved, on: sample).greyscale
  }

  /// Takes the outcomes over, without the common motion; returns the median change in rotation against
  /// the last iteration, degrees.
  private mutating func take(_ outcomes: [SearchPass.Outcome]) -> Double {
    let before = state.poses
    for (particle, outcome) in outcomes.enumerated() {
      loop.refinement.poses[particle] = outcome.pose
      loop.refinement.posteriors[particle] = outcome.posterior
      loop.refinement.scales[particle] = outcome.scale
    }
    if context.settings.minimizeScale {
      loop.refinement.scales = ParticleScales(halfSets: context.particles.halfSets)
        .normalised(state.scales, used: used)
    }
    loop.drift = anchored()
    loop.previous = before
    let changes = used.map { degrees(before[$0].rotation.angle(to: state.poses[$0].rotation)) }
    return changes.isEmpty ? 0 : changes.sorted()[changes.count / 2]
  }

  /// Particles whose images can be used, by index.
  private var used: [Int] {
    state.poses.indices.filter { !context.skipped.contains($0) }
  }

  /// Takes out the common motion of each half.
  private mutating func anchored() -> [CommonMotion] {
    let settings = context.settings
    // Poses that are held are not to be touched at all.
    guard settings.anchorFrame, settings.rotationExtent > 0 || settings.shiftExtent > 0 else {
      return [CommonMotion(), CommonMotion()]
    }
    var sums = [FrameAnchor.Sums(), FrameAnchor.Sums()]
    for particle in used {
      sums[context.particles.halfSets[particle].rawValue].add(
        start: state.start[particle], now: state.poses[particle],
        magnification: context.distortion(of: particle))
    }
    let anchors = sums.map(\.anchor)
    for particle in used {
      guard let anchor = anchors[context.particles.halfSets[particle].rawValue] else { continue }
      loop.refinement.poses[particle] = anchor.removed(
        from: state.poses[particle], start: state.start[particle],
        magnification: context.distortion(of: particle))
    }
    return anchors.map { anchor in
      guard let anchor else { return CommonMotion() }
      return CommonMotion(
        rotation: anchor.rotation.angle,
        shift: (anchor.translation * anchor.translation).sum().squareRoot())
    }
  }

  private mutating func measureNoise(_ references: [ReferenceGrid], band: Int) {
    let update = NoiseUpdate(context: context, references: references, band: band)
      .measure(state, on: NoiseUpdate.sample(context, size: NoiseUpdate.sampleSize))
    loop.refinement.noiseFactors = update.noiseFactors
    loop.refinement.noiseDirections = update.noiseDirections
    loop.measuredGreyscale = update.greyscale
    // References are made of the same images from the first reconstruction on: without a new estimate
    // their scale is one.
    loop.refinement.greyscale = context.settings.estimateGreyscale ? update.greyscale : [1, 1]
  }

  private mutating func report(_ product: ReferenceMaker.Product, clock: IterationClock) {
    let made = IterationReporter(context: context, state: state).metrics(
      product, outcomes: loop.outcomes,
      previous: loop.previous.isEmpty ? state.start : loop.previous,
      drift: loop.drift, greyscale: loop.measuredGreyscale, clock: clock, band: loop.searchedBand)
    loop.metrics.append(made)
    events(
      .artifacts(
        IterationArtifacts(
          iteration: made.iteration,
          poses: context.poses(state),
          halfMapA: product.halfMaps[0], halfMapB: product.halfMaps[1],
          mask: product.mask.mask, centre: context.geometry.centre)))
    events(.iteration(made))
  }

  private mutating func finish(converged: Bool) throws -> RefinementResult {
    let iteration = state.iteration + 1
    events(.stage(.final, iteration: iteration))
    let total = context.particles.count
    // The last pass reads the images themselves: room for its larger cubes.
    context.images = PackedImages(points: context.points, count: 0)
    let pass = FinalPass(context: context, transformer: transformer, outside: outside)
    let progress = StageProgress(
      .final, particles: total, costs: pass.costs, events: events)
    let sums = try pass.accumulate(state) {
      progress.tell(Double($0) / Double(total), of: 0, done: $0)
    }
    for line in context.bad.warnings(of: .final) { events(.warning(line)) }
    let halves = sums.halfMaps()
    progress.tell(1, of: 1)
    let tightened = TightenedMask(
      halfA: halves.a, halfB: halves.b, mask: input.mask, seed: context.settings.randomSeed &+ 1,
      scheduler: { [threads = context.settings.threads] count, body in
        parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
      })
    progress.tell(1, of: 2)
    let fsc = tightened.measurement.report
    if fsc.corrected.dropFirst().allSatisfy({ $0 >= 0.143 }) {
      events(
        .warning(
          "the FSC never falls below 0.143: either the pixels are too large for the resolution, or the "
            + "half-sets share images"))
    }
    let mean = halves.a.combined(with: halves.b) { 0.5 * ($0 + $1) }
    let bFactor =
      SharpenedMap(
        map: mean, curve: fsc.corrected, resolution: fsc.resolution143,
        bFactor: context.settings.sharpenBFactor
      ).bFactor
    // The combined map is filtered already: sharpening only adds the B factor and the cut.
    let map = sums.combined(fsc: fsc.corrected)
    progress.tell(1, of: 3)
    let sharpened = SharpenedMap(
      map: map, curve: fsc.corrected.map { _ in 1 }, resolution: fsc.resolution143,
      bFactor: bFactor)
    let mask = MaskChoice(
      halves: [halves.a, halves.b], region: input.mask, resolution: .infinity,
      hasStarted: state.isMaskDynamic, settings: context.settings
    ).mask
    let localResolution = LocalResolution(
      geometry: context.geometry, settings: context.settings
    ).map(
      halves: [halves.a, halves.b], mask: input.mask, centredMask: self.mask,
      resolution: fsc.resolution143)
    return RefinementResult(
      poses: context.poses(state),
      halfSets: context.particles.halfSets,
      rotationDeviations: state.posteriors.map { degrees($0.rotationDeviation) },
      shiftDeviations: state.poses.indices.map { context.shiftDeviation(of: $0, state) },
      badImages: context.bad.all, halfMapA: halves.a, halfMapB: halves.b,
      map: map, sharpened: sharpened.map, mask: mask, fscMask: tightened.mask,
      localResolution: localResolution, fsc: fsc, bFactor: bFactor, converged: converged,
      metrics: loop.metrics)
  }
}
