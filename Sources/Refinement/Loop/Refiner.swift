import Fourier
import Glibc
import Ground
import Ranks

/// Refines the poses of particles locally.
///
/// - Parameters:
///   - input: settings, particles, images, maps and mask, checked.
///   - control: stops, holds or shortens the refinement from another thread.
///   - ranks: processes that refine together, each with its own call; this one leads, as rank 0, and the
///     others call `takePart`.
///   - checkpoints: where the state is kept between iterations, and finished parts of a search in
///     them. A refinement goes on from what it finds there, and ends as it would have ended.
///   - events: told of stages, progress, iterations and warnings, from any thread.
/// - Throws: `Problem` for images that cannot be read and for checkpoints that do not fit,
///   `RefinementStopped` after a stop.
public func refine(
  _ input: RefinementInput, control: RefinementControl = RefinementControl(),
  checkpoints: (any CheckpointStore)? = nil, ranks: Communicator = .alone,
  events: @escaping @Sendable (RefinementEvent) -> Void
) throws -> RefinementResult {
  let result = try refineShard(
    input, control: control, checkpoints: checkpoints, ranks: ranks, events: events)
  guard let result else {
    throw Problem("rank \(ranks.rank) leads no refinement", whatToDo: "Let rank 0 lead it.")
  }
  return result
}

/// Takes part in a refinement that rank 0 leads, with the images of its own particles.
///
/// - Parameters:
///   - input: as rank 0 has it; threads and memory are this rank's own.
///   - control: stopped and held as rank 0's is.
/// - Throws: why the refinement does not come to its end.
public func takePart(
  in input: RefinementInput, control: RefinementControl = RefinementControl(), ranks: Communicator
) throws {
  _ = try refineShard(input, control: control, checkpoints: nil, ranks: ranks) { _ in }
}

/// The result of a rank; nil on all but the first.
private func refineShard(
  _ input: RefinementInput, control: RefinementControl, checkpoints: (any CheckpointStore)?,
  ranks: Communicator, events: @escaping @Sendable (RefinementEvent) -> Void
) throws -> RefinementResult? {
  returnLargeMemoryAtOnce()
  // What is done between two loops, on one thread, waits where it tells how far it is.
  let told: @Sendable (RefinementEvent) -> Void = { event in
    events(event)
    control.waitWhilePaused()
  }
  let shard = Shard(of: input.particles.count, ranks: ranks)
  control.follow(ranks)
  return try Gate.$current.withValue(control.gate) {
    try Crew.$current.withValue(Crew(threads: input.settings.threads)) {
      do {
        var refiner = try Refiner(
          input.maskedWithinImages, shard: shard, control: control, checkpoints: checkpoints,
          events: told)
        return try refiner.run()
      } catch {
        let end = shard.told(error)
        throw (end as? RankEnd)?.error ?? end
      }
    }
  }
}

/// The loop of a refinement.
struct Refiner {
  let input: RefinementInput
  var context: RunContext
  let transformer: ImageTransformer
  /// The mask about its own centre, `geometry.period`³, and on the iterations' cubes.
  let mask: [Float]
  private let cubeMasks: CubeMasks
  /// The density outside the mask of each half, where it is subtracted.
  let outside: [BoxModel]
  let events: @Sendable (RefinementEvent) -> Void
  let checkpoints: (any CheckpointStore)?
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

  /// Surveys and packs the images, and finds where to go on.
  init(
    _ input: RefinementInput, shard: Shard, control: RefinementControl,
    checkpoints: (any CheckpointStore)? = nil,
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws {
    self.input = input
    self.events = events
    self.checkpoints = checkpoints
    // A checkpoint that does not fit is refused before hours of packing.
    try shard.requireSame(Machine.instructions, "the instructions of the processors")
    try shard.requireSame(checkpointLayout, "the programs")
    try shard.requireSame("\(input.particles.count)", "the numbers of particles")
    let states: [LoopState] = try shard.agree(try Self.savedStates(checkpoints))
    let saved = states.first
    let prepared = try Preparation(
      input, shard: shard, control: control, knownBad: saved?.badImages ?? [],
      defocusSign: saved?.refinement.bodyDefocus.sign, events: events
    ).prepare()
    context = prepared.context
    transformer = prepared.transformer
    mask = prepared.mask
    cubeMasks = CubeMasks(geometry: prepared.context.geometry, fine: prepared.mask)
    outside = prepared.outside
    memory = prepared.memory
    start = input.start ?? input.measuredHalfMaps()
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

  /// The state of a checkpoint; none where there is none.
  private static func savedStates(
    _ checkpoints: (any CheckpointStore)?
  ) throws(Problem) -> [LoopState] {
    guard let checkpoints, let saved = try LoopState(in: checkpoints) else { return [] }
    return [saved]
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
  mutating func run() throws -> RefinementResult? {
    while true {
      var clock = IterationClock(after: loop.spent, control: control)
      try makeRoom()
      var product = try reconstruct(&clock)
      if try findDefocusSign(product, &clock) { product = try reconstruct(&clock) }
      clock.others = try context.shard.gather(clock.cpuSeconds).reduce(0, +) - clock.cpuSeconds
      let metrics = report(product, clock: clock)
      let references = state.iteration == 0 ? initialReferences() : product.references
      filtering?.tell(1, of: ReferenceMaker.Part.firstReferences.rawValue)
      (loop.refinement.band, loop.refinement.edge) =
        state.iteration == 0 ? (firstBand, 1) : (product.band, product.edge)
      if try isOver(product) { return try finish(after: metrics, converged: loop.converged) }
      try advance(references, product: product)
    }
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
  private mutating func isOver(_ product: ReferenceMaker.Product) throws -> Bool {
    let settings = context.settings
    if state.iteration > 0 {
      if try context.shard.agree(control.isStopAfterIterationRequested) { return true }
      let shell = context.geometry.windowEdge / product.fsc.resolution143
      if loop.converged {
        loop.extra += 1
      } else if loop.motionChange > 0.05 {
        // A prior that still changes will move poses again.
        loop.converged = false
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
    try takeSettings()
    var clock = IterationClock(control: control)
    let band = state.band
    if state.iteration == 0 { try calibrate(references) }
    let outcomes = try search(references, band: band, &clock)
    loop.step = take(outcomes)
    loop.outcomes = outcomes
    try measureNoise(references, band: band)
    loop.searchedBand = band
    var reached = max(product.band, band)
    if let start, state.iteration == 0 {
      reached = max(
        reached, min(bandLimit, context.geometry.shell(atResolution: start.fsc.resolution143)))
    }
    loop.inserted = context.geometry.insertionShell(beyond: reached)
    loop.refinement.iteration += 1
    loop.spent = clock.spent
    try checkpoints?.save(try CheckpointContent(loop))
  }

  /// The settings of the next search: those with which it began before an interruption, or those of
  /// now with what a user has changed.
  private mutating func takeSettings() throws {
    let next = state.iteration + 1
    let threads = context.settings.threads
    if let checkpoints, let begun = SearchLog.start(in: checkpoints, iteration: next) {
      context.settings = begun.settings
    } else if let change = control.takeSettingsChange() {
      context.settings = change(context.settings)
    }
    context.settings = try context.shard.agree(context.settings)
    context.settings.threads = threads
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

  var control: RefinementControl { context.control }

  func initialReferences() -> [ReferenceGrid] {
    let maps = input.mapsOfHalves
    return InitialReference(
      geometry: context.geometry, interpolation: context.interpolation,
      resolution: context.settings.initialResolution
    ).references(
      maps: maps, mask: mask, boxMask: input.mask, folds: context.foldCount, band: firstBand)
  }

  /// Reconstructs and measures, as far out as the half-maps agree.
  private mutating func reconstruct(_ clock: inout IterationClock) throws -> ReferenceMaker.Product
  {
    var product = try reconstructInserted(&clock)
    // A curve that has not fallen where it ends says nothing of the resolution.
    while product.fsc.isCut, state.iteration > 0 || start == nil,
      loop.inserted < context.points.maximumShell
    {
      // Its references are not wanted.
      for part in [ReferenceMaker.Part.firstReferences, .calibration] {
        filtering?.tell(1, of: part.rawValue)
      }
      loop.inserted = min(
        context.points.maximumShell, context.geometry.insertionShell(beyond: loop.inserted))
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
    return product
  }

  private mutating func report(
    _ product: ReferenceMaker.Product, clock: IterationClock
  ) -> IterationMetrics {
    let made = IterationReporter(context: context, state: state).metrics(
      product, start: state.iteration == 0 ? start : nil, outcomes: loop.outcomes,
      previous: loop.previous.isEmpty ? state.start : loop.previous,
      drift: loop.drift, greyscale: loop.measuredGreyscale, clock: clock, band: loop.searchedBand)
    loop.metrics.append(made)
    if let motion = made.motion { events(.log(motion.summary)) }
    events(
      .artifacts(
        IterationArtifacts(
          iteration: made.iteration,
          poses: context.poses(state),
          halfMapA: product.halfMaps[0], halfMapB: product.halfMaps[1],
          mask: product.mask.mask, centre: context.geometry.centre)))
    events(.iteration(made))
    return made
  }
}
