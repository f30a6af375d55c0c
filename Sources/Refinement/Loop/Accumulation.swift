import CKernels
import CryoEM
import Fourier
import Ground

/// Inserts all particles at their poses, each half-set and fold into an accumulator of its own.
///
/// Tasks are pairs of an accumulator and a slab of its planes; a task goes through its particles in
/// order, so that every voxel gets the same sum in the same order whatever the number of threads.
struct Accumulation: Sendable {
  let context: RunContext
  /// Highest shell of the window that is inserted.
  let band: Int

  /// Radius of the accumulators.
  var radius: Int { context.geometry.clampedGridRadius(ofShell: band) }

  /// The accumulators, indexed [half · folds + fold].
  ///
  /// - Parameter progress: told which share of the work is done, and how many particles that is.
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [Accumulator] {
    let folds = context.foldCount
    var members = [[Int]](repeating: [], count: 2 * folds)
    for particle in 0..<context.particles.count where !context.skipped.contains(particle) {
      let half = context.particles.halfSets[particle].rawValue
      members[half * folds + Int(context.folds[particle])].append(particle)
    }
    let lists = members
    let radius = radius
    let accumulators = members.map { _ in
      Accumulator(radius: radius, interpolation: context.insertion)
    }
    let factors = context.factors(state, band: band)
    let threads = context.settings.threads
    let planes = GridLayout(radius: radius).extent
    let slabs = max(1, (2 * threads + accumulators.count - 1) / accumulators.count)
    let tasks = accumulators.count * slabs
    let counter = Counter()
    let work = Counter()
    let workOfAll = slabs * members.joined().reduce(0) { $0 + insertions(of: $1, state) }
    let inserter = Inserter(
      geometry: context.geometry, marginalize: context.settings.marginalize)
    parallelFor(count: tasks, chunk: 1, threads: threads) { range, _ in
      for task in range {
        let slot = task / slabs
        let slab = task % slabs
        let part = planes * slab / slabs..<planes * (slab + 1) / slabs
        var done = 0
        for (index, particle) in lists[slot].enumerated() {
          context.control.waitWhilePaused()
          if context.control.isStopRequested { return }
          let points = context.points.points(
            factor: factors[context.noiseSlot(of: particle)], band: band)
          inserter.insert(
            context.images.image(particle), points: points, at: state.poses[particle],
            posterior: state.posteriors[particle], scale: state.scales[particle],
            magnification: context.magnification(of: particle), into: accumulators[slot],
            planes: part)
          context.images.release(particle)
          done += insertions(of: particle, state)
          if index % 64 == 63 || index == lists[slot].count - 1 {
            let share = Double(work.add(done)) / Double(max(1, workOfAll))
            progress(share, counter.add(index % 64 + 1) / slabs)
            done = 0
          }
        }
      }
    }
    try context.control.throwIfStopped()
    parallelFor(count: accumulators.count, chunk: 1, threads: threads) { range, _ in
      for slot in range { accumulators[slot].complete() }
    }
    Symmetriser(group: context.geometry.symmetry, threads: threads).symmetrise(accumulators)
    return accumulators
  }

  /// How often an image is inserted.
  private func insertions(of particle: Int, _ state: RefinementState) -> Int {
    context.settings.marginalize && state.posteriors[particle].isSampled
      ? PosteriorSamples.count : 1
  }
}
