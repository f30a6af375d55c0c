import CKernels
import CryoEM
import Fourier
import Glibc
import Ground

/// One search of all particles against their references.
struct SearchPass: Sendable {
  let frame: ParticleFrame
  let usable: UsableImages
  let images: BodyImages
  let settings: RefinementSettings
  let control: RefinementControl
  let search: PoseSearch
  let band: Int
  /// References, indexed [half · folds + fold]: each made without the fold's own particles.
  let references: [ReferenceGrid]
  /// Where finished chunks are kept; nil for nowhere.
  var log: SearchLog?
  /// What the first of all chunks is called there.
  var firstChunk = 0
  /// Particles that a thread searches at a time.
  static let chunk = 16

  /// Number of chunks of some particles.
  static func chunks(of particles: Int) -> Int { (particles + chunk - 1) / chunk }

  /// What the pass says of one particle.
  struct Outcome: Sendable {
    var pose: Alignment
    var posterior: PosePosterior
    var likelihood: PoseLikelihood
    var scale: Float
    var gain: Double
    var isAtLimit: Bool
    var evaluations: Int
    /// Whether no pose has a score that is a number; the particle is then where it was.
    var isLost = false
  }

  /// What is kept of that beside pose, posterior and scale, for reports.
  struct Finding: Sendable {
    var gain: Double
    var isAtLimit: Bool
    var evaluations: Int
    /// What the image says by itself of the pose that was found.
    var evidence: PoseEvidence

    init(_ outcome: Outcome, evidence: PoseEvidence) {
      (gain, isAtLimit, evaluations) = (outcome.gain, outcome.isAtLimit, outcome.evaluations)
      self.evidence = evidence
    }
  }

  /// Searches particles, all of them unless some are named; results in their order. Each rank searches
  /// its own and gets the results of all.
  func run(
    _ state: RefinementState, over particles: [Int]? = nil,
    progress: @escaping @Sendable (Int) -> Void
  ) throws -> [Outcome] {
    let shard = usable.shard
    let all = particles ?? Array(0..<frame.particles.count)
    guard particles == nil else {
      return shard.inOrder(all, try shard.gather(try run(state, own: shard.own(all), progress)))
    }
    // What others find is kept with what is found here.
    shard.ranks.takeReports { [log] _, bytes in
      guard let found = CheckpointContent.value(SearchChunks.self, of: bytes), found.isConsistent
      else { return }
      for (chunk, outcomes) in found.byChunk { log?.add(outcomes, chunk: chunk) }
    }
    do {
      let chunks = firstChunk..<firstChunk + Self.chunks(of: all.count)
      let known = try shard.agree(log?.takeKnown(chunks) ?? SearchChunks()).byChunk
      let own = Array(shard.particles)
      let found = try run(
        state, own: own, known: known,
        firstChunk: firstChunk + shard.particles.lowerBound / Self.chunk
      ) { progress($0 * all.count / own.count) }
      let outcomes = try shard.gather(found).flatMap { $0 }
      shard.ranks.endReports()
      return outcomes
    } catch {
      log?.save()
      let end = shard.told(error)
      shard.ranks.endReports()
      if !shard.isAlone { log?.save() }
      throw end
    }
  }

  /// - Parameters:
  ///   - known: outcomes of chunks that need not be searched again; nil for a search that is not kept.
  ///   - firstChunk: number of the first chunk among those of all ranks.
  private func run(
    _ state: RefinementState, own: [Int], known: [Int: [Outcome]]? = nil, firstChunk: Int = 0,
    _ progress: @escaping @Sendable (Int) -> Void
  ) throws -> [Outcome] {
    let factors = state.factors(of: images.points, band: band, edge: state.edge)
    let chunk = Self.chunk
    let outcomes = Collected<[Outcome]>(count: (own.count + chunk - 1) / chunk)
    let counter = Counter()
    let workspaces = WorkspacePool { (search.workspace(), images.room()) }
    parallelFor(
      count: own.count, chunk: chunk, threads: settings.threads, name: "particles: search"
    ) { range, _ in
      let index = range.lowerBound / chunk
      if let known = known?[firstChunk + index], known.count == range.count {
        outcomes[index] = known
      } else {
        let workspace = workspaces.take()
        defer { workspaces.giveBack(workspace) }
        var found: [Outcome] = []
        for particle in range.lazy.map({ own[$0] }) {
          // A search on a fine grid may take seconds for each particle.
          control.waitWhilePaused()
          if control.isStopRequested { return }
          found.append(
            outcome(
              of: particle, state, factors: factors, workspace: workspace.0,
              image: { images.image(particle, centre: frame.windowCentres[particle], workspace.1) })
          )
          images.release(particle)
        }
        outcomes[index] = found
        if known != nil { keep(found, chunk: firstChunk + index) }
      }
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    return try outcomes.values().flatMap { $0 }
  }

  /// Keeps a finished chunk, here or with rank 0.
  private func keep(_ found: [Outcome], chunk: Int) {
    if usable.shard.isFirst {
      log?.add(found, chunk: chunk)
      return
    }
    var chunks = SearchChunks()
    chunks.add(found, chunk: chunk)
    usable.shard.ranks.report(CheckpointContent(chunks).bytes)
  }

  private func outcome(
    of particle: Int, _ state: RefinementState, factors: [FFTBuffer<Float>],
    workspace: ShiftLattice.Workspace?, image: () -> fulcrum_image
  ) -> Outcome {
    var current = state.poses[particle]
    if !usable.uses(particle) {
      return Outcome(
        pose: current, posterior: .point, likelihood: .none, scale: 1, gain: 0, isAtLimit: false,
        evaluations: 0)
    }
    let half = frame.particles.halfSets[particle].rawValue
    let prior = frame.prior(of: particle, state, settings)
    // Taking out the common motion may have led out of the extents.
    current = prior.clamped(current)
    var scorer = frame.scorer(
      of: particle, image(), at: images.points, against: references, factors: factors, prior: prior,
      state)
    let found = search.search(from: current, scorer: &scorer, workspace: workspace)
    guard found.evaluation.value.isFinite else {
      return Outcome(
        pose: state.poses[particle], posterior: .point, likelihood: .none,
        scale: state.scales[particle], gain: 0,
        isAtLimit: false, evaluations: scorer.evaluations, isLost: true)
    }
    // Under a quarter of a radian of phase at the rim, one insertion does for all.
    let phase =
      2 * .pi * frame.gyration * Double(band) / Double(frame.geometry.window)
    var posterior = PosePosterior(
      curvature: found.evaluation.curvature, at: found.pose, prior: prior,
      narrow: 0.25 / max(phase, 1e-6))
    if settings.marginalize {
      posterior.reweigh(about: found.pose, best: found.evaluation.value) {
        scorer.score($0, band: band)
      }
    } else {
      posterior.collapse()
    }
    let scale =
      settings.minimizeScale
      ? ParticleScales.scale(
        cross: found.evaluation.cross, power: found.evaluation.power,
        greyscale: state.greyscale[half]) : state.scales[particle]
    return Outcome(
      pose: found.pose, posterior: posterior,
      likelihood: likelihood(of: found, prior: prior), scale: scale, gain: found.gain,
      isAtLimit: prior.isAtLimit(found.pose), evaluations: scorer.evaluations)
  }

  /// What the image alone says about the best pose.
  private func likelihood(of found: PoseSearch.Found, prior: PosePrior) -> PoseLikelihood {
    var (value, gradient, curvature) = (0.0, Vector5(), Matrix5())
    prior.add(at: found.pose, value: &value, gradient: &gradient, curvature: &curvature)
    return prior.likelihood(
      at: found.pose, gradient: found.evaluation.gradient - gradient,
      curvature: found.evaluation.curvature - curvature)
  }
}
