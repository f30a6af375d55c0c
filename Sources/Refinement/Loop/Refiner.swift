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
  try refine(
    regions: [input], control: control, checkpoints: checkpoints, ranks: ranks,
    events: { events($1) })[0]
}

/// Refines several regions of the same particles together: each against its own reference in images from
/// which the others are subtracted where they are.
///
/// - Parameters:
///   - regions: of each region settings, mask and fulcrum of its own; particles, images and maps are those
///     of all. At least one; one is refined as by itself.
///   - control: as of one region.
///   - checkpoints: as of one region.
///   - ranks: as of one region.
///   - events: told of a region's stages, progress, iterations and warnings, with its index.
/// - Returns: the results in the order of the regions.
/// - Throws: as for one region.
public func refine(
  regions: [RefinementInput], control: RefinementControl = RefinementControl(),
  checkpoints: (any CheckpointStore)? = nil, ranks: Communicator = .alone,
  events: @escaping @Sendable (Int, RefinementEvent) -> Void
) throws -> [RefinementResult] {
  let results = try refineShard(
    regions, control: control, checkpoints: checkpoints, ranks: ranks, events: events)
  guard let results else {
    throw Problem("rank \(ranks.rank) leads no refinement", whatToDo: "Let rank 0 lead it.")
  }
  return results
}

/// Takes part in a refinement that rank 0 leads, with the images of its own particles.
///
/// - Parameters:
///   - regions: as rank 0 has them; threads and memory are this rank's own.
///   - control: stopped and held as rank 0's is.
/// - Throws: why the refinement does not come to its end.
public func takePart(
  in regions: [RefinementInput], control: RefinementControl = RefinementControl(),
  ranks: Communicator
) throws {
  _ = try refineShard(regions, control: control, checkpoints: nil, ranks: ranks) { _, _ in }
}

/// The results of a rank; nil on all but the first.
private func refineShard(
  _ regions: [RefinementInput], control: RefinementControl, checkpoints: (any CheckpointStore)?,
  ranks: Communicator, events: @escaping @Sendable (Int, RefinementEvent) -> Void
) throws -> [RefinementResult]? {
  returnLargeMemoryAtOnce()
  // What is done between two loops, on one thread, waits where it tells how far it is.
  let told: @Sendable (Int, RefinementEvent) -> Void = { region, event in
    events(region, event)
    control.waitWhilePaused()
  }
  let masked = regions.map(\.maskedWithinImages)
  let inputs = masked.count > 1 ? masked.map(\.asRegion) : masked
  let shard = Shard(of: inputs[0].particles.count, ranks: ranks)
  control.follow(ranks)
  return try Gate.$current.withValue(control.gate) {
    try Crew.$current.withValue(Crew(threads: inputs[0].settings.threads)) {
      do {
        var refiner = try Refiner(
          inputs, shard: shard, control: control, checkpoints: checkpoints, events: told)
        return try refiner.run()
      } catch {
        let end = shard.told(error)
        throw (end as? RankEnd)?.error ?? end
      }
    }
  }
}

/// The loop of a refinement: one body, or several that move by themselves.
struct Refiner {
  var bodies: [Body]
  private let shard: Shard
  private let control: RefinementControl
  private let checkpoints: (any CheckpointStore)?
  /// Which body the density counts for; nil for a body that is alone.
  private var shares: MaskShares?

  /// Surveys and packs the images, and finds where to go on.
  init(
    _ inputs: [RefinementInput], shard: Shard, control: RefinementControl,
    checkpoints: (any CheckpointStore)? = nil,
    events: @escaping @Sendable (Int, RefinementEvent) -> Void
  ) throws {
    (self.shard, self.control, self.checkpoints) = (shard, control, checkpoints)
    // A checkpoint that does not fit is refused before hours of packing.
    try shard.requireSame(Machine.instructions, "the instructions of the processors")
    try shard.requireSame(checkpointLayout, "the programs")
    try shard.requireSame("\(inputs[0].particles.count)", "the numbers of particles")
    let place = checkpoints?.place ?? ""
    let saved: [LoopState] = try shard.agree(
      try Self.savedState(checkpoints, bodies: inputs.count)?.bodies ?? [])
    let masks = inputs.map(\.mask)
    let first = inputs.count > 1 ? MaskShares(masks: masks) : nil
    // What was found not to move with the body in whose mask it is counts for others.
    let isSeparated = saved.contains { !$0.refinement.movingShare.isAll }
    let now =
      isSeparated
      ? MaskShares(masks: zip(saved, masks).map { $0.refinement.movingShare.times($1) }) : nil
    shares = first == nil ? nil : now ?? first
    bodies = []
    for (index, input) in inputs.enumerated() {
      bodies.append(
        try Body(
          input, rest: first?.rest(seenBy: index), outside: now?.rest(seenBy: index), shard: shard,
          control: control, saved: saved.isEmpty ? nil : saved[index], place: place,
          events: { events(index, $0) }))
    }
    for looking in bodies.indices { meet(looking, anew: Set(bodies.indices)) }
  }

  /// The state of a checkpoint; nil where there is none.
  private static func savedState(
    _ checkpoints: (any CheckpointStore)?, bodies: Int
  ) throws(Problem) -> RunState? {
    guard let checkpoints, let saved = try RunState(in: checkpoints) else { return nil }
    try saved.requireFit(bodies: bodies, place: checkpoints.place)
    return saved
  }

  /// Iterates until nothing improves, then makes the final maps; nil on all ranks but the first.
  mutating func run() throws -> [RefinementResult]? {
    while true {
      var made: [Body.Reconstructed?] = []
      for index in bodies.indices {
        made.append(bodies[index].loop.rests ? nil : try bodies[index].reconstruct(hand: hand))
        // Those of all regions together are as large as their references.
        if bodies.count > 1 { bodies[index].cubeMasks.forget() }
      }
      let anew = Set(bodies.indices.filter { made[$0]?.showsAnew == true })
      for looking in bodies.indices where !bodies[looking].loop.rests { meet(looking, anew: anew) }
      if try isOver(made) {
        made = []
        return try finish()
      }
      try advance(made)
    }
  }

  /// Whether the refinement ends with the iteration that was just reported; lets bodies rest that are
  /// done while others are not.
  private mutating func isOver(_ made: [Body.Reconstructed?]) throws -> Bool {
    guard iteration > 0 else { return bodies[0].context.settings.maximumIterations == 0 }
    if try shard.agree(control.isStopAfterIterationRequested) { return true }
    var done: [Int] = []
    for (index, made) in made.enumerated() {
      if let made, bodies[index].isDone(made) { done.append(index) }
    }
    if iteration >= bodies[0].context.settings.maximumIterations
      || bodies.indices.allSatisfy({ bodies[$0].loop.rests || done.contains($0) })
    {
      return true
    }
    for index in done { bodies[index].rest() }
    return false
  }

  /// Searches all bodies that do not rest: the state at the beginning of the next iteration.
  private mutating func advance(_ made: [Body.Reconstructed?]) throws {
    try control.throwIfStopped()
    let next = iteration + 1
    try takeSettings()
    let log = try searchLog(of: next)
    for (index, made) in made.enumerated() {
      guard let made, !bodies[index].loop.rests else { continue }
      try bodies[index].advance(
        made, log: log, firstChunk: index * SearchPass.chunks(of: particles))
    }
    follow()
    try separate()
    try checkpoints?.save(CheckpointContent(RunState(bodies: bodies.map(\.loop))))
  }

  /// The sign of the bodies' defocus as the first of them knows it; 0 where none does.
  private var hand: Int { bodies.lazy.map(\.state.bodyDefocus.sign).first { $0 != 0 } ?? 0 }

  private var particles: Int { bodies[0].context.frame.particles.count }

  /// The iteration of the bodies that do not rest.
  private var iteration: Int { bodies.map(\.state.iteration).max() ?? 0 }

  /// Where the finished parts of the iteration's searches are kept.
  private func searchLog(of iteration: Int) throws -> SearchLog? {
    guard let checkpoints, bodies.contains(where: \.isSearched) else { return nil }
    return try SearchLog(
      SearchLog.Start(
        iteration: iteration, settings: bodies.map(\.context.settings),
        chunk: SearchPass.chunk), in: checkpoints)
  }

  /// The settings of the next search: those with which it began before an interruption, or those of
  /// now with what a user has changed. A change wakes the bodies that rest: it may be one for them.
  private mutating func takeSettings() throws {
    let next = iteration + 1
    let before = bodies.map(\.context.settings)
    var settings = before
    if let checkpoints, let begun = SearchLog.start(in: checkpoints, iteration: next),
      begun.settings.count == bodies.count
    {
      settings = begun.settings
    } else if let change = control.takeSettingsChange() {
      settings = settings.indices.map { change($0, settings[$0]) }
    }
    let isChanged = try shard.agree(settings != before)
    settings = try shard.agree(settings)
    for index in bodies.indices {
      bodies[index].take(settings[index])
      guard isChanged, bodies[index].loop.rests else { continue }
      bodies[index].wake(at: next)
      meet(index, anew: Set(bodies.indices))
    }
  }

  /// The last passes, one body after the other.
  private mutating func finish() throws -> [RefinementResult]? {
    var results: [RefinementResult] = []
    // The last passes read the images themselves: room for their larger cubes.
    for index in bodies.indices {
      bodies[index].dropImages()
      bodies[index].cubeMasks.forget()
      bodies[index].referenceMasks.forget()
    }
    let last = iteration + 1
    for index in bodies.indices {
      if bodies[index].loop.rests { meet(index, anew: Set(bodies.indices)) }
      if let result = try bodies[index].finish(as: last) { results.append(result) }
    }
    return results.isEmpty ? nil : results
  }
}

/// What the bodies know of each other.
extension Refiner {
  /// Lets a body know the others with the density that they show.
  ///
  /// - Parameter anew: those whose density has changed since it met them.
  private mutating func meet(_ looking: Int, anew: Set<Int>) {
    guard let shares, !anew.subtracting([looking]).isEmpty else { return }
    let others = bodies.indices.filter { $0 != looking }
    let known = bodies[looking].context.images.packer?.neighbours?.bodies
    bodies[looking].meet(
      others.enumerated().compactMap { place, other in
        if let known, known.count == others.count, !anew.contains(other) { return known[place] }
        return bodies[other].neighbour(seenBy: looking, shares)
      })
  }

  /// Gives the density in a body's mask that does not move with it to those with which it may.
  private mutating func separate() throws {
    var isAnyFound = false
    for index in bodies.indices where try bodies[index].findStanding() { isAnyFound = true }
    guard isAnyFound else { return }
    let now = MaskShares(masks: bodies.map(\.ownMask))
    for index in bodies.indices {
      let outside = now.rest(seenBy: index)
      if outside != shares?.rest(seenBy: index) { try bodies[index].subtract(outside) }
    }
    if shares != nil { shares = now }
    for looking in bodies.indices { meet(looking, anew: Set(bodies.indices)) }
  }

  /// Lets each body know where the others are now.
  private mutating func follow() {
    guard shares != nil else { return }
    let placements = bodies.map(\.placement)
    for looking in bodies.indices {
      bodies[looking].follow(placements.indices.filter { $0 != looking }.map { placements[$0] })
    }
  }
}
