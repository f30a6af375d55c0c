import CryoEM
import EMFiles
import Fourier
import Glibc

/// Refines the poses of particles locally.
///
/// - Parameters:
///   - input: settings, particles, images, maps and mask, checked.
///   - control: stops, holds or shortens the refinement from another thread.
///   - events: told of stages, progress, iterations and warnings, from any thread.
/// - Throws: `Problem` for images that cannot be read, `RefinementStopped` after a stop.
public func refine(
  _ input: RefinementInput, control: RefinementControl = RefinementControl(),
  events: @escaping @Sendable (RefinementEvent) -> Void
) throws -> RefinementResult {
  var refiner = try Refiner(
    input.maskedWithinImages, control: control, events: events)
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
  var state: RefinementState
  var metrics: [IterationMetrics] = []

  /// Surveys and packs the images.
  init(
    _ input: RefinementInput, control: RefinementControl,
    events: @escaping @Sendable (RefinementEvent) -> Void
  ) throws {
    self.input = input
    self.events = events
    let prepared = try Preparation(input, control: control, events: events).prepare()
    context = prepared.context
    transformer = prepared.transformer
    mask = prepared.mask
    cubeMasks = CubeMasks(geometry: prepared.context.geometry, fine: prepared.mask)
    outside = prepared.outside
    state = prepared.state
  }

  /// Iterates until nothing improves, then makes the final maps.
  mutating func run() throws -> RefinementResult {
    let settings = context.settings
    let bandLimit =
      settings.maximumResolution.map { context.geometry.shell(atResolution: $0) }
      ?? context.geometry.maximumShell
    var clock = IterationClock()
    let firstBand = min(
      bandLimit, context.geometry.shell(atResolution: context.settings.initialResolution))
    var product = try reconstruct(
      band: context.geometry.insertionShell(beyond: firstBand), bandLimit: bandLimit, &clock)
    report(product, outcomes: [], clock: &clock, band: 0)
    var references = initialReferences(band: firstBand)
    state.band = firstBand
    var convergence = Convergence()
    var converged = false
    var extra = 0
    while state.iteration < context.settings.maximumIterations {
      try control.throwIfStopped()
      if let change = control.takeSettingsChange() {
        context.settings = context.settings.takingOver(change(context.settings))
      }
      clock = IterationClock()
      let band = state.band
      let outcomes = try search(references, band: band, &clock)
      let step = take(outcomes)
      measureNoise(references, band: band)
      product = try reconstruct(
        band: context.geometry.insertionShell(beyond: max(product.band, band)),
        bandLimit: bandLimit, &clock)
      references = product.references
      state.iteration += 1
      state.band = product.band
      report(product, outcomes: outcomes, clock: &clock, band: band)
      if control.isStopAfterIterationRequested { break }
      let shell = context.geometry.windowEdge / product.fsc.resolution143
      if converged {
        extra += 1
      } else {
        converged = convergence.isReached(
          shell: shell, step: step, deviation: metrics.last?.posteriorRotation ?? 0)
      }
      if converged && extra >= context.settings.extraPasses { break }
    }
    return try finish(converged: converged)
  }

  private var control: RefinementControl { context.control }

  private func initialReferences(band: Int) -> [ReferenceGrid] {
    let maps = input.halfMaps.map { [$0.a, $0.b] } ?? [input.map, input.map]
    return InitialReference(
      geometry: context.geometry, interpolation: context.interpolation,
      resolution: context.settings.initialResolution
    ).references(
      maps: maps, mask: mask, boxMask: input.mask, folds: context.foldCount, band: band)
  }

  private func reconstruct(
    band: Int, bandLimit: Int, _ clock: inout IterationClock
  ) throws -> ReferenceMaker.Product {
    let iteration = state.iteration + (metrics.isEmpty ? 0 : 1)
    events(.stage(.reconstruction, iteration: iteration))
    clock.begin(.reconstruction)
    let events = events
    let accumulators = try Accumulation(context: context, band: band).accumulate(state) {
      events(.progress(.reconstruction, done: $0, total: $1))
    }
    events(.stage(.filtering, iteration: iteration))
    clock.begin(.filtering)
    let product = ReferenceMaker(context: context, masks: cubeMasks).make(
      accumulators, inserted: band, bandLimit: bandLimit)
    clock.end()
    return product
  }

  private func search(
    _ references: [ReferenceGrid], band: Int, _ clock: inout IterationClock
  ) throws -> [SearchPass.Outcome] {
    let settings = context.settings
    guard settings.rotationExtent > 0 || settings.shiftExtent > 0 else {
      return state.poses.map {
        SearchPass.Outcome(
          pose: $0, posterior: .point, scale: 1, gain: 0, isAtLimit: false, evaluations: 0)
      }
    }
    events(.stage(.search, iteration: state.iteration + 1))
    clock.begin(.search)
    defer { clock.end() }
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
        : min(likely, radians(metrics.last?.rotationFromPrevious.percentile95 ?? 5))
      plan = SearchPlan(
        geometry: context.geometry, band: band, motion: motion,
        extent: state.iteration == 0 ? settings.rotationExtent : 0, gyration: context.gyration,
        finest: settings.alignmentResolution)
    }
    let pass = SearchPass(
      context: context,
      search: PoseSearch(
        plan: plan, points: context.points, geometry: context.geometry,
        extents: (settings.rotationExtent, settings.shiftExtent)),
      band: band, references: references)
    let events = events
    let total = context.particles.count
    return try pass.run(state) { events(.progress(.search, done: $0, total: total)) }
  }

  /// Takes the outcomes over, without the common motion; returns the median change in rotation against
  /// the last iteration, degrees.
  private mutating func take(_ outcomes: [SearchPass.Outcome]) -> Double {
    let before = state.poses
    for (particle, outcome) in outcomes.enumerated() {
      state.poses[particle] = outcome.pose
      state.posteriors[particle] = outcome.posterior
      state.scales[particle] = outcome.scale
    }
    drift = anchored()
    previous = before
    let changes = used.map { degrees(before[$0].rotation.angle(to: state.poses[$0].rotation)) }
    return changes.isEmpty ? 0 : changes.sorted()[changes.count / 2]
  }

  /// Particles whose images can be used, by index.
  private var used: [Int] {
    state.poses.indices.filter { !context.skipped.contains($0) }
  }

  /// Common motion taken out in this iteration, per half: radians and Å.
  var drift: [(rotation: Double, shift: Double)] = []
  /// Poses of the last iteration.
  var previous: [Alignment] = []

  private mutating func anchored() -> [(rotation: Double, shift: Double)] {
    let settings = context.settings
    // Poses that are held are not to be touched at all.
    guard settings.anchorFrame, settings.rotationExtent > 0 || settings.shiftExtent > 0 else {
      return [(0, 0), (0, 0)]
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
      state.poses[particle] = anchor.removed(
        from: state.poses[particle], start: state.start[particle],
        magnification: context.distortion(of: particle))
    }
    return anchors.map { anchor in
      guard let anchor else { return (0, 0) }
      return (
        anchor.rotation.angle, (anchor.translation * anchor.translation).sum().squareRoot()
      )
    }
  }

  private mutating func measureNoise(_ references: [ReferenceGrid], band: Int) {
    let update = NoiseUpdate(context: context, references: references, band: band)
      .measure(state, sampleSize: 1000)
    state.noiseFactors = update.noiseFactors
    measuredGreyscale = update.greyscale
    // References are made of the same images from the first reconstruction on: without a new estimate
    // their scale is one.
    state.greyscale = context.settings.estimateGreyscale ? update.greyscale : [1, 1]
  }

  /// Grey scale of the references of the last search in the images.
  var measuredGreyscale = [1.0, 1.0]

  private mutating func report(
    _ product: ReferenceMaker.Product, outcomes: [SearchPass.Outcome], clock: inout IterationClock,
    band: Int
  ) {
    let made = IterationReporter(context: context, state: state).metrics(
      product, outcomes: outcomes, previous: previous.isEmpty ? state.start : previous,
      drift: drift, greyscale: measuredGreyscale, clock: clock, band: band)
    metrics.append(made)
    events(
      .artifacts(
        IterationArtifacts(
          iteration: made.iteration,
          poses: context.poses(state),
          halfMapA: product.halfMaps[0], halfMapB: product.halfMaps[1],
          centre: context.geometry.centre)))
    events(.iteration(made))
  }

  private mutating func finish(converged: Bool) throws -> RefinementResult {
    let iteration = state.iteration + 1
    events(.stage(.final, iteration: iteration))
    let events = events
    let total = context.particles.count
    let sums = try FinalPass(
      context: context, transformer: transformer, outside: outside
    ).accumulate(state) {
      events(.progress(.final, done: $0, total: total))
    }
    let halves = sums.halfMaps()
    let tightened = TightenedMask(
      halfA: halves.a, halfB: halves.b, mask: input.mask, seed: context.settings.randomSeed &+ 1,
      scheduler: { [threads = context.settings.threads] count, body in
        parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
      })
    let fsc = tightened.measurement.report
    let mean = halves.a.combined(with: halves.b) { 0.5 * ($0 + $1) }
    let bFactor =
      SharpenedMap(
        map: mean, curve: fsc.corrected, resolution: fsc.resolution143,
        bFactor: context.settings.sharpenBFactor
      ).bFactor
    // The combined map is filtered already: sharpening only adds the B factor and the cut.
    let map = sums.combined(fsc: fsc.corrected)
    let sharpened = SharpenedMap(
      map: map, curve: fsc.corrected.map { _ in 1 }, resolution: fsc.resolution143,
      bFactor: bFactor)
    return RefinementResult(
      poses: context.poses(state),
      halfSets: context.particles.halfSets,
      rotationDeviations: state.posteriors.map { degrees($0.rotationDeviation) },
      shiftDeviations: state.poses.indices.map { context.shiftDeviation(of: $0, state) },
      skipped: context.skipped.sorted(), halfMapA: halves.a, halfMapB: halves.b,
      map: map, sharpened: sharpened.map, mask: input.mask,
      fscMask: tightened.mask, fsc: fsc, bFactor: bFactor, converged: converged,
      metrics: metrics)
  }
}
