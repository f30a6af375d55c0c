import CryoEM
import Fourier
import Ground

/// One moving part of a refinement: the images as they show it, where it is, and how it is reconstructed,
/// measured and searched. `Refiner` leads one or several through the iterations.
struct Body {
  let input: RefinementInput
  var context: RunContext
  let transformer: ImageTransformer
  /// What particles' CTFs are multiplied by in the images as they were loaded; empty for one.
  let imageScales: [Double]
  /// The mask on a cube of `geometry.period`³ voxels, and on the iterations' cubes.
  let mask: CentredMask
  let cubeMasks: CubeMasks
  /// Those of the references: without what does not move with the body.
  private(set) var referenceMasks: CubeMasks
  /// The density of each half that is subtracted: outside the mask, and what in it does not move.
  private(set) var outside: [BoxModel]
  let events: @Sendable (RefinementEvent) -> Void
  let memory: MemoryPlan
  /// Progress of the first filtering, as long as its references are not made.
  var filtering: StageProgress?
  /// The shell up to which the memory was last told.
  private var toldShell = 0
  /// What the input's half-maps say of their resolution; nil where there are none.
  private let start: HalfMapMeasurement?
  var loop: LoopState

  /// What changes from iteration to iteration.
  var state: RefinementState { loop.refinement }

  /// Surveys and packs the images, and goes on from a state where there is one.
  ///
  /// - Parameters:
  ///   - rest: what of the map belongs to no body; nil for a body that is alone.
  ///   - now: what of it an interrupted run subtracts, where that is not what it began with.
  ///   - saved: the state in a checkpoint.
  ///   - place: what messages call that.
  init(
    _ input: RefinementInput, rest: Volume? = nil, outside now: Volume? = nil, shard: Shard,
    control: RefinementControl, saved: LoopState? = nil, place: String = "",
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws {
    self.input = input
    self.events = events
    var preparation = Preparation(
      input, shard: shard, control: control, knownBad: saved?.badImages ?? [],
      defocusSign: saved?.refinement.bodyDefocus.sign,
      defocusChanges: saved?.refinement.defocusChanges ?? [], events: events)
    preparation.rest = rest
    preparation.outsideNow = now
    let prepared = try preparation.prepare()
    context = prepared.context
    transformer = prepared.transformer
    imageScales = prepared.imageScales
    mask = prepared.mask
    cubeMasks = CubeMasks(fine: prepared.mask)
    referenceMasks = cubeMasks
    outside = prepared.outside
    memory = prepared.memory
    start = input.start ?? input.measuredHalfMaps()
    if let saved {
      loop = saved
      try saved.requireFit(
        prepared.state, maximumShell: frame.geometry.maximumShell, place: place)
      resume()
      maskReferences()
    } else {
      loop = LoopState(settings: context.settings, refinement: prepared.state, inserted: 0)
      loop.inserted = frame.geometry.insertionShell(beyond: firstBand)
      loop.badImages = context.usable.bad.all
      if rest != nil {
        loop.shown = ShownDensity(input: input, geometry: frame.geometry, mask: mask)
      }
    }
  }

  /// Models what is subtracted from the images from now on.
  mutating func takeOutside(_ share: Volume) {
    // The old ones go first: both together may not fit.
    outside = []
    outside = Preparation(input, control: control, events: events).outsideModels(of: share)
  }

  /// Masks the references by what moves with the body.
  mutating func maskReferences() {
    guard !state.movingShare.isAll else { return }
    referenceMasks = CubeMasks(fine: state.movingShare.times(mask))
  }

  /// Takes the settings of the checkpoint, and what it knows of the images.
  private mutating func resume() {
    let threads = context.settings.threads
    context.settings = loop.settings
    context.settings.threads = threads
    loop.settings = context.settings
    let lost = context.usable.skipped.subtracting(loop.badImages.map(\.particle))
    if let first = lost.min() {
      events(
        .warning(
          "\(Format.counted(lost.count, "image")) could be used before the interruption and cannot any more, the first "
            + "is particle \(first + 1): the result differs from that of an uninterrupted run"))
    }
    loop.badImages = context.usable.bad.all
    if loop.rests { events(.rests) }
  }

  /// The first half of an iteration: reconstructs from the poses, measures and reports; returns what the
  /// next search needs.
  ///
  /// - Parameter hand: the sign of the body's defocus that another region has found; 0 for none.
  mutating func reconstruct(hand: Int) throws -> Reconstructed {
    var clock = IterationClock(after: loop.spent, control: control)
    try makeRoom()
    var product = try reconstruct(&clock)
    if try findDefocusSign(product, hand: hand, &clock) { product = try reconstruct(&clock) }
    clock.others = try shard.gather(clock.cpuSeconds).reduce(0, +) - clock.cpuSeconds
    report(product, clock: clock)
    if let shown = product.shown { loop.shown = shown }
    let references = state.iteration == 0 ? initialReferences() : product.references
    filtering?.tell(1, of: ReferenceMaker.Part.firstReferences.rawValue)
    (loop.refinement.band, loop.refinement.edge) =
      state.iteration == 0 ? (firstBand, 1) : (product.band, product.edge)
    return Reconstructed(
      references: references, band: product.band, resolution: product.fsc.resolution143,
      showsAnew: product.shown != nil)
  }

  /// What a reconstruction hands to the search.
  struct Reconstructed {
    /// References, indexed [half · folds + fold].
    var references: [ReferenceGrid]
    /// The band that the product allows, shell of the window.
    var band: Int
    /// FSC 0.143, Å.
    var resolution: Double
    /// Whether other bodies see another density of this one now.
    var showsAnew: Bool
  }

  /// Says where the resolution has become better than memory was planned for, and puts packed images
  /// that are in memory into a scratch file where the sums would go beyond the memory limit.
  private mutating func makeRoom() throws {
    if loop.inserted > max(memory.plannedShell, toldShell) {
      let isInFile = context.images.packed.isInFile
      let told = memory.peak(packedInFile: isInFile, inserted: toldShell)
      let bytes = memory.peak(packedInFile: isInFile, inserted: loop.inserted)
      toldShell = loop.inserted
      // Where the last pass takes most, iterations may grow as they like.
      if bytes > told {
        events(
          .log(
            "The resolution is better than was planned for: "
              + "\(MemoryPlan.gibibytes(bytes)) of memory from now on"))
      }
    }
    guard !context.images.packed.isInFile,
      memory.exceeds(inserted: loop.inserted, packedInFile: false),
      let folder = context.settings.cacheDirectory ?? input.scratchFolder
    else { return }
    events(
      .log(
        "The resolution is better than was planned for: the packed images go into a scratch file in "
          + "\(folder), for the memory limit"))
    context.images.packed = try context.images.packed.moved(toFileIn: folder)
  }

  /// Whether nothing improves any more, with the iteration that was just reported, and the extra passes
  /// are done.
  mutating func isDone(_ made: Reconstructed) -> Bool {
    guard state.iteration > 0 else { return false }
    let shell = frame.geometry.windowEdge / made.resolution
    if loop.converged {
      loop.extra += 1
    } else if loop.motionChange > 0.05 {
      // A prior that still changes will move poses again.
      loop.converged = false
    } else {
      loop.converged = loop.convergence.isReached(
        shell: shell, step: loop.step, deviation: loop.metrics.last?.posteriorRotation ?? 0)
    }
    return loop.converged && loop.extra >= context.settings.extraPasses
  }

  /// Leaves the body as it is from now on.
  mutating func rest() {
    loop.rests = true
    events(.rests)
  }

  /// Lets it go on with the others, in the iteration that comes next: with a search of its own before
  /// anything is called done.
  mutating func wake(at iteration: Int) {
    (loop.rests, loop.converged, loop.extra) = (false, false, 0)
    loop.convergence = Convergence()
    loop.refinement.iteration = iteration
  }

  /// The second half of an iteration: searches and takes the results over.
  mutating func advance(_ made: Reconstructed, log: SearchLog? = nil, firstChunk: Int = 0) throws {
    var clock = IterationClock(control: control)
    let references = made.references
    let band = state.band
    if state.iteration == 0 { try calibrate(references) }
    let outcomes = try search(references, band: band, log: log, firstChunk: firstChunk, &clock)
    loop.step = take(outcomes)
    try refineDefocus(references, band: band, &clock)
    try measureNoise(references, band: band)
    loop.searchedBand = band
    var reached = max(made.band, band)
    if let start, state.iteration == 0 {
      reached = max(
        reached, min(bandLimit, frame.geometry.shell(atResolution: start.fsc.resolution143)))
    }
    loop.inserted = frame.geometry.insertionShell(beyond: reached)
    loop.refinement.iteration += 1
    loop.spent = clock.spent
  }

  /// Takes the settings of the next search; the number of threads stays.
  mutating func take(_ settings: RefinementSettings) {
    let threads = context.settings.threads
    context.settings = settings
    context.settings.threads = threads
    loop.settings = context.settings
  }

  /// Highest shell of the window that a search may use.
  private var bandLimit: Int {
    context.settings.maximumResolution.map { frame.geometry.shell(atResolution: $0) }
      ?? frame.geometry.maximumShell
  }

  /// Band of the first search.
  private var firstBand: Int {
    min(bandLimit, frame.geometry.shell(atResolution: context.settings.initialResolution))
  }

  var control: RefinementControl { context.control }

  var frame: ParticleFrame { context.frame }

  var shard: Shard { context.usable.shard }

  func initialReferences() -> [ReferenceGrid] {
    let maps = input.mapsOfHalves
    return InitialReference(
      geometry: frame.geometry, interpolation: .ofReferences,
      resolution: context.settings.initialResolution
    ).references(
      maps: maps, mask: mask, boxMask: input.mask, folds: frame.foldCount, band: firstBand)
  }

  /// Reconstructs and measures, as far out as the half-maps agree.
  private mutating func reconstruct(_ clock: inout IterationClock) throws -> ReferenceMaker.Product
  {
    var product = try reconstructInserted(&clock)
    // A curve that has not fallen where it ends says nothing of the resolution.
    while product.fsc.isCut, state.iteration > 0 || start == nil,
      loop.inserted < context.images.points.maximumShell
    {
      // Its references are not wanted.
      for part in [ReferenceMaker.Part.firstReferences, .calibration] {
        filtering?.tell(1, of: part.rawValue)
      }
      loop.inserted = min(
        context.images.points.maximumShell, frame.geometry.insertionShell(beyond: loop.inserted))
      try makeRoom()
      product = try reconstructInserted(&clock)
    }
    loop.refinement.isMaskDynamic = product.mask.hasStarted
    product.remarks.forEach(events)
    return product
  }

  private mutating func reconstructInserted(
    _ clock: inout IterationClock
  ) throws -> ReferenceMaker.Product {
    let iteration = state.iteration
    let band = loop.inserted
    events(.stage(.reconstruction, iteration: iteration))
    clock.begin(.reconstruction)
    let events = events
    let inserting = StageProgress(
      .reconstruction, particles: frame.particles.count, costs: [1], events: events)
    let accumulators = try context.accumulation(band: band).accumulate(state) {
      inserting.tell($0, of: 0, done: $1)
    }
    events(.stage(.filtering, iteration: iteration))
    clock.begin(.filtering)
    let maker = context.referenceMaker(
      masks: cubeMasks, ownMasks: referenceMasks,
      isMaskDynamic: state.isMaskDynamic,
      agreement: (start?.fsc ?? loop.metrics.first?.fsc)?.resolution50 ?? 0)
    let isFirst = state.iteration == 0
    let filtering = StageProgress(
      .filtering,
      costs: maker.costs(
        of: IterationPlan(frame.geometry, inserted: band), isFirst: isFirst),
      events: events)
    let product = maker.make(
      accumulators, inserted: band, bandLimit: bandLimit,
      // The input as it came is only measured: the first search has references of its own.
      measuringOnly: isFirst
    ) { filtering.tell($0, of: $1.rawValue) }
    self.filtering = isFirst ? filtering : nil
    clock.end()
    return product
  }

  private mutating func report(_ product: ReferenceMaker.Product, clock: IterationClock) {
    let made = context.reporter(state).metrics(
      product, start: state.iteration == 0 ? start : nil, findings: loop.findings,
      previous: loop.previous.isEmpty ? state.start : loop.previous,
      drift: loop.drift, greyscale: loop.measuredGreyscale, clock: clock, band: loop.searchedBand)
    loop.metrics.append(made)
    if let motion = made.motion {
      events(.log(motion.summary))
    } else if !state.motions.isEmpty {
      events(
        .log(
          "How the body moves is not known: the half-maps have too little in common, or the images tell too little"
        ))
    }
    events(
      .artifacts(
        IterationArtifacts(
          iteration: made.iteration,
          poses: frame.poses(state),
          halfMapA: product.halfMaps[0], halfMapB: product.halfMaps[1],
          mask: product.mask.mask, centre: frame.geometry.centre)))
    events(.iteration(made))
  }
}
