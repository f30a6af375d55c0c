import CKernels
import CryoEM
import Fourier
import Ground

/// Inserts all particles at their poses, each half-set and fold into sums of its own.
///
/// The sums are exact: what a thread or a process adds, and when, makes no difference.
struct Accumulation: Sendable {
  let frame: ParticleFrame
  let usable: UsableImages
  let images: BodyImages
  let settings: RefinementSettings
  let control: RefinementControl
  let insertion: Interpolation
  /// Highest shell of the window that is inserted.
  let band: Int

  /// Particles that a thread inserts at a time.
  private static let chunk = 4

  /// Radius of the accumulators.
  var radius: Int { IterationPlan(frame.geometry, inserted: band).sumsRadius }

  /// The accumulators, indexed [half · folds + fold].
  ///
  /// - Parameter progress: told which share of the work is done, and how many particles that is.
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [Accumulator] {
    var sums = try insert(state, progress: progress)
    let threads = settings.threads
    let accumulators = try usable.shard.accumulators(of: &sums, threads: threads)
    Symmetriser(group: frame.geometry.symmetry, threads: threads).symmetrise(accumulators)
    return accumulators
  }

  /// The sums of this rank's particles, indexed [half · folds + fold].
  func insert(
    _ state: RefinementState, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [ExactSums] {
    let folds = frame.foldCount
    let radius = radius
    let factors = state.factors(of: images.points, band: band)
    let quanta = images.quanta(of: frame.particles, state, factors: factors, band: band)
    let sums = (0..<2 * folds).map { slot in
      ExactSums(
        radius: radius, interpolation: insertion, quanta: quanta[slot / folds],
        accumulators: 2 * folds)
    }
    ExactSums.touch(sums)
    let used = usable.held
    let count = frame.particles.count
    let counter = Counter()
    let work = Counter()
    let workOfAll = max(1, used.reduce(0) { $0 + insertions(of: $1, state) })
    let inserter = Inserter(
      geometry: frame.geometry, marginalize: settings.marginalize)
    let rooms = WorkspacePool {
      (ExactSums.Room(points: images.points.paddedCount, radius: radius), images.room())
    }
    parallelFor(
      count: used.count, chunk: Self.chunk, threads: settings.threads,
      name: "particles: insert"
    ) { range, _ in
      let (room, imageRoom) = rooms.take()
      defer { rooms.giveBack((room, imageRoom)) }
      var done = 0
      for particle in range.lazy.map({ used[$0] }) {
        control.waitWhilePaused()
        if control.isStopRequested { return }
        inserter.insert(
          images.image(particle, centre: frame.windowCentres[particle], imageRoom),
          points: images.points.points(
            factor: factors[frame.particles.slot(of: particle)], band: band),
          at: state.poses[particle], posterior: state.posteriors[particle],
          scale: state.scales[particle], magnification: frame.magnification(of: particle),
          into: sums[frame.foldSlot(of: particle)], room)
        images.release(particle)
        done += insertions(of: particle, state)
      }
      progress(
        Double(work.add(done)) / Double(workOfAll), counter.add(range.count) * count / used.count)
    }
    try control.throwIfStopped()
    return sums
  }

  /// How often an image is inserted.
  private func insertions(of particle: Int, _ state: RefinementState) -> Int {
    settings.marginalize && state.posteriors[particle].isSampled
      ? PosteriorSamples.count : 1
  }
}
