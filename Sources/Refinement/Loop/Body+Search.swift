import CryoEM
import Fourier

/// The search of an iteration, and what is learnt of it.
extension Body {
  /// Whether there is anything to be found: poses that are held still have a scale.
  var isSearched: Bool {
    let settings = context.settings
    return settings.rotationExtent > 0 || settings.shiftExtent > 0 || settings.minimizeScale
  }

  /// - Parameters:
  ///   - log: where finished chunks are kept.
  ///   - firstChunk: what the first is called there.
  func search(
    _ references: [ReferenceGrid], band: Int, log: SearchLog?, firstChunk: Int,
    _ clock: inout IterationClock
  ) throws -> [SearchPass.Outcome] {
    let settings = context.settings
    guard isSearched else {
      return state.poses.map {
        SearchPass.Outcome(
          pose: $0, posterior: .point, likelihood: .none, scale: 1, gain: 0, isAtLimit: false,
          evaluations: 0)
      }
    }
    events(.stage(.search, iteration: state.iteration + 1))
    clock.begin(.search)
    defer { clock.end() }
    var pass = searchPass(references, band: band)
    (pass.log, pass.firstChunk) = (log, firstChunk)
    // What the images say of the noise is measured after the search, on some of them: an eighth of
    // an adaptive search each.
    let total = frame.particles.count
    let sampled = min(total, NoiseUpdate.sampleSize * frame.particles.slotCount)
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

  private func searchPass(_ references: [ReferenceGrid], band: Int) -> SearchPass {
    let settings = context.settings
    let plan: SearchPlan
    if settings.exhaustiveSearch {
      plan = SearchPlan(
        exhaustive: frame.geometry, band: band, gyration: frame.gyration,
        finest: settings.alignmentResolution)
    } else {
      let deviation = state.motions.map(\.rotationDeviation).max() ?? settings.priorRotation
      let likely = settings.priorEnabled ? 1.5 * deviation : settings.rotationExtent / 2
      // After the first iteration particles are near their maxima, unless the first was misled.
      let motion =
        state.iteration == 0
        ? min(likely, settings.rotationExtent)
        : min(likely, radians(loop.metrics.last?.rotationFromPrevious.percentile95 ?? 5))
      plan = SearchPlan(
        geometry: frame.geometry, band: band, motion: motion,
        extent: state.iteration == 0 ? settings.rotationExtent : 0, gyration: frame.gyration,
        finest: settings.alignmentResolution)
    }
    return context.searchPass(
      PoseSearch(
        plan: plan, points: context.images.points, geometry: frame.geometry,
        extents: (settings.rotationExtent, settings.shiftExtent)),
      band: band, references: references)
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
    let sample = context.sample(ofEachSlot: Self.calibrated)
    let filtering = filtering
    let found = try searchPass(references, band: band).run(state, over: sample) {
      filtering?.tell(
        Double($0) / Double(sample.count), of: ReferenceMaker.Part.calibration.rawValue)
    }
    var moved = state
    for (particle, outcome) in zip(sample, found) { moved.poses[particle] = outcome.pose }
    loop.refinement.greyscale =
      try context.noiseUpdate(references, band: band)
      .measure(moved, on: sample).greyscale
  }

  /// Takes the outcomes over, without the common motion; returns the median change in rotation against
  /// the last iteration, degrees.
  mutating func take(_ outcomes: [SearchPass.Outcome]) -> Double {
    let before = state.poses
    for (particle, outcome) in outcomes.enumerated() {
      loop.refinement.poses[particle] = outcome.pose
      loop.refinement.posteriors[particle] = outcome.posterior
      loop.refinement.scales[particle] = outcome.scale
    }
    if context.settings.minimizeScale {
      loop.refinement.scales = ParticleScales(halfSets: frame.particles.halfSets)
        .normalised(state.scales, used: used)
    }
    // The first references are of the input's half-maps, in which each image has a share at the pose from which
    // it comes: what they say of the motion is too little.
    let learns = context.settings.learnsMotion && state.iteration > 0
    loop.drift = learns ? learned(outcomes) : anchored()
    loop.previous = before
    loop.findings = zip(outcomes, evidence(of: outcomes)).map(SearchPass.Finding.init)
    let changes = used.map { degrees(before[$0].rotation.angle(to: state.poses[$0].rotation)) }
    return changes.isEmpty ? 0 : changes.sorted()[changes.count / 2]
  }

  /// Particles whose images can be used, by index.
  private var used: [Int] { context.usable.used(of: state.poses.indices) }

  /// Takes out the common motion of each half.
  private mutating func anchored() -> [CommonMotion] {
    let settings = context.settings
    // Poses that are held are not to be touched at all.
    guard settings.anchorFrame, settings.rotationExtent > 0 || settings.shiftExtent > 0 else {
      return [CommonMotion(), CommonMotion()]
    }
    let (frame, state) = (frame, state)
    let none = [FrameAnchor.Sums(), FrameAnchor.Sums()]
    let blocks = ParticleBlocks.map(used, threads: settings.threads) { block in
      var sums = none
      for particle in block {
        sums[frame.particles.halfSets[particle].rawValue].add(
          start: state.start[particle], now: state.poses[particle],
          magnification: frame.magnification(of: particle))
      }
      return sums
    }
    let anchors = (0..<2).map { half in
      blocks.reduce(into: FrameAnchor.Sums()) { $0.add($1[half]) }.anchor
    }
    let moved = ParticleBlocks.map(used, threads: settings.threads) { block in
      block.map { particle in
        guard let anchor = anchors[frame.particles.halfSets[particle].rawValue] else {
          return state.poses[particle]
        }
        return anchor.removed(
          from: state.poses[particle], start: state.start[particle],
          magnification: frame.magnification(of: particle))
      }
    }
    for (particle, pose) in zip(used, moved.joined()) { loop.refinement.poses[particle] = pose }
    return anchors.map { anchor in
      guard let anchor else { return CommonMotion() }
      return CommonMotion(
        rotation: anchor.rotation.angle,
        shift: (anchor.translation * anchor.translation).sum().squareRoot())
    }
  }

  mutating func measureNoise(_ references: [ReferenceGrid], band: Int) throws {
    let update = try context.noiseUpdate(references, band: band)
      .measure(state, on: context.sample(ofEachSlot: NoiseUpdate.sampleSize))
    loop.refinement.noiseFactors = update.noiseFactors
    loop.refinement.noiseDirections = update.noiseDirections
    loop.measuredGreyscale = update.greyscale
    // References are made of the same images from the first reconstruction on: without a new estimate
    // their scale is one.
    loop.refinement.greyscale = context.settings.estimateGreyscale ? update.greyscale : [1, 1]
  }
}
