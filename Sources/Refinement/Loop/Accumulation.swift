import CKernels
import CryoEM
import Fourier

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
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Int, Int) -> Void
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
      Accumulator(radius: radius, interpolation: context.interpolation)
    }
    let factors = context.factors(state.noiseFactors, band: band)
    let threads = context.settings.threads
    let planes = 2 * radius + 4
    let slabs = max(1, (2 * threads + accumulators.count - 1) / accumulators.count)
    let tasks = accumulators.count * slabs
    let total = context.particles.count * slabs
    let counter = Counter()
    parallelFor(count: tasks, chunk: 1, threads: threads) { range, _ in
      for task in range {
        let slot = task / slabs
        let slab = task % slabs
        let part = planes * slab / slabs..<planes * (slab + 1) / slabs
        for (index, particle) in lists[slot].enumerated() {
          if context.control.isStopRequested { return }
          insert(particle, into: accumulators[slot], planes: part, state, factors)
          if index % 64 == 63 { progress(counter.add(64), total) }
        }
      }
    }
    try context.control.throwIfStopped()
    parallelFor(count: accumulators.count, chunk: 1, threads: threads) { range, _ in
      for slot in range { accumulators[slot].complete() }
    }
    return accumulators
  }

  private func insert(
    _ particle: Int, into accumulator: Accumulator, planes: Range<Int>, _ state: RefinementState,
    _ factors: [FFTBuffer<Float>]
  ) {
    let geometry = context.geometry
    let points = context.points.points(
      factor: factors[context.noiseSlot(of: particle)], band: band)
    let magnification = context.magnification(of: particle)
    let edge = geometry.windowEdge
    let image = context.images.image(particle)
    func place(_ pose: Alignment, weight: Float, shiftCovariance: Vector3) {
      // exp(−2π² kᵀ S k): the mean of the phase over a Gaussian of shifts.
      let d = shiftCovariance * (2 * .pi * .pi / (edge * edge))
      accumulator.insert(
        image, points: points,
        at: Accumulator.Placement(
          matrix: SliceMatrix(
            rotation: pose.rotation, oversampling: geometry.oversampling,
            magnification: magnification),
          shift: SIMD2<Float>(pose.position / edge),
          damping: SIMD3<Float>(Float(d.x), Float(2 * d.y), Float(d.z)), weight: weight),
        scale: state.scales[particle], planes: planes)
    }
    let posterior = state.posteriors[particle]
    let pose = state.poses[particle]
    guard context.settings.marginalize else {
      place(pose, weight: 1, shiftCovariance: .zero)
      return
    }
    guard let samples = PosteriorSamples(posterior, about: pose) else {
      let c = posterior.covariance
      place(pose, weight: 1, shiftCovariance: Vector3(c[3, 3], c[3, 4], c[4, 4]))
      return
    }
    guard posterior.isSampled else {
      place(pose, weight: 1, shiftCovariance: samples.shiftCovariance)
      return
    }
    for index in 0..<6 {
      place(
        samples.pose(index), weight: posterior.weights[index],
        shiftCovariance: samples.shiftCovariance)
    }
  }
}
