import CKernels
import CryoEM
import Fourier
import Ground

/// Inserts all particles at their poses, each half-set and fold into sums of its own.
///
/// The sums are exact: what a thread or a process adds, and when, makes no difference.
struct Accumulation: Sendable {
  let context: RunContext
  /// Highest shell of the window that is inserted.
  let band: Int

  /// Particles that a thread inserts at a time.
  private static let chunk = 4

  /// Radius of the accumulators.
  var radius: Int { IterationPlan(context.geometry, inserted: band).sumsRadius }

  /// The accumulators, indexed [half · folds + fold].
  ///
  /// - Parameter progress: told which share of the work is done, and how many particles that is.
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [Accumulator] {
    var sums = try insert(state, progress: progress)
    let threads = context.settings.threads
    let accumulators = try context.shard.accumulators(of: &sums, threads: threads)
    Symmetriser(group: context.geometry.symmetry, threads: threads).symmetrise(accumulators)
    return accumulators
  }

  /// The sums of this rank's particles, indexed [half · folds + fold].
  func insert(
    _ state: RefinementState, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [ExactSums] {
    let folds = context.foldCount
    let radius = radius
    let factors = context.factors(state, band: band)
    let quanta = context.quanta(state, factors: factors, band: band)
    let sums = (0..<2 * folds).map { slot in
      ExactSums(
        radius: radius, interpolation: context.insertion, quanta: quanta[slot / folds],
        accumulators: 2 * folds)
    }
    ExactSums.touch(sums)
    let used = context.shard.particles.filter { !context.skipped.contains($0) }
    let count = context.particles.count
    let counter = Counter()
    let work = Counter()
    let workOfAll = max(1, used.reduce(0) { $0 + insertions(of: $1, state) })
    let inserter = Inserter(
      geometry: context.geometry, marginalize: context.settings.marginalize)
    let images = context.bodyImages
    let rooms = WorkspacePool {
      (ExactSums.Room(points: context.points.paddedCount, radius: radius), images.room())
    }
    parallelFor(
      count: used.count, chunk: Self.chunk, threads: context.settings.threads,
      name: "particles: insert"
    ) { range, _ in
      let (room, imageRoom) = rooms.take()
      defer { rooms.giveBack((room, imageRoom)) }
      var done = 0
      for particle in range.lazy.map({ used[$0] }) {
        context.control.waitWhilePaused()
        if context.control.isStopRequested { return }
        inserter.insert(
          images.image(particle, imageRoom),
          points: context.points.points(
            factor: factors[context.particles.slot(of: particle)], band: band),
          at: state.poses[particle], posterior: state.posteriors[particle],
          scale: state.scales[particle], magnification: context.magnification(of: particle),
          into: sums[context.foldSlot(of: particle)], room)
        context.images.release(particle)
        done += insertions(of: particle, state)
      }
      progress(
        Double(work.add(done)) / Double(workOfAll), counter.add(range.count) * count / used.count)
    }
    try context.control.throwIfStopped()
    return sums
  }

  /// How often an image is inserted.
  private func insertions(of particle: Int, _ state: RefinementState) -> Int {
    context.settings.marginalize && state.posteriors[particle].isSampled
      ? PosteriorSamples.count : 1
  }
}
