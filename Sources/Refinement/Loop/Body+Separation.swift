import CryoEM
import Fourier
import Ground

/// The separation of what moves from what stays where the particles started.
extension Body {
  /// Looks, after some searches, for density in the mask that does not move with the body; takes it out of
  /// the references and returns whether there is any.
  ///
  /// Density that stays draws every particle towards where it started.
  mutating func findStanding() throws -> Bool {
    let settings = context.settings
    guard settings.excludesStanding, settings.subtractOutside, settings.rotationExtent > 0,
      state.movingShare.isAll, state.iteration == Self.separatedAfter, let last = loop.metrics.last
    else { return false }
    events(.stage(.packing, iteration: state.iteration))
    var clock = IterationClock(after: loop.spent, control: control)
    clock.begin(.packing)
    defer {
      clock.end()
      loop.spent = clock.spent
    }
    let total = frame.particles.count
    let progress = StageProgress(
      .packing, particles: total, costs: [Double(total), Double(total)], events: events)
    let geometry = frame.geometry
    let band = min(
      loop.inserted, Int(Double(StandingDensity.finestShell) / geometry.oversampling),
      geometry.insertionShell(beyond: geometry.shell(atResolution: last.fsc.resolution143)))
    // Both at single poses, so that they differ by the motion alone.
    var still = state
    still.posteriors = [PosePosterior](repeating: .point, count: total)
    let now = try halves(still, band: band) { progress.tell($0, of: 0, done: $1) }
    still.poses = state.start
    let first = try halves(still, band: band) { progress.tell($0, of: 1, done: $1) }
    let mask = cubeMasks.mask(size: now[0].size).mask
    guard
      let found = StandingDensity(first: first, now: now, mask: mask, blur: blur).found()
    else { return false }
    events(.log(found.summary))
    guard found.isWorthwhile else { return false }
    loop.refinement.movingShare = MovingShare(found.share, centre: frame.geometry.centre)
    loop.convergence = Convergence()
    maskReferences()
    return true
  }

  /// The searches after which what stays is looked for: the second began with references of the images.
  private static let separatedAfter = 2

  /// The mask times what in it moves with the body, in the images' box.
  var ownMask: Volume { state.movingShare.times(input.mask) }

  /// Subtracts a part of the density from the images, and nothing else of what does not move; they are
  /// packed once more.
  ///
  /// - Parameter outside: the share of each voxel's density that goes.
  mutating func subtract(_ outside: Volume) throws {
    events(.stage(.packing, iteration: state.iteration))
    var clock = IterationClock(after: loop.spent, control: control)
    clock.begin(.packing)
    takeOutside(outside)
    let total = frame.particles.count
    try repack(
      StageProgress(.packing, particles: total, costs: [Double(total)], events: events), part: 0)
    clock.end()
    loop.spent = clock.spent
  }

  /// Poses whose changes stand for those of all.
  private static let sampledChanges = 48

  /// The unfiltered half-maps of the images at some poses, on voxels fine enough to be read between.
  private func halves(
    _ state: RefinementState, band: Int, progress: @escaping @Sendable (Double, Int) -> Void
  ) throws -> [Volume] {
    let sums = try context.accumulation(band: band).accumulate(state, progress: progress)
    let radius = sums[0].radius
    let reconstruction = Reconstruction(
      geometry: frame.geometry, radius: radius, size: StandingDensity.size(radius: radius))
    let filled = frame.filledShell(of: frame.geometry, upTo: band)
    let folds = frame.foldCount
    return (0..<2).map { half in
      let parts = Array(sums[half * folds..<(half + 1) * folds])
      return reconstruction.volume(
        of: Reconstruction.Quotient(
          parts: parts,
          regularisation: Reconstruction.regularisation(
            means: reconstruction.shellMeans(parts, threads: context.settings.threads),
            last: filled)))
    }
  }

  /// How the changes of the poses since the start blur what does not take part in them.
  private var blur: MotionBlur {
    let used = context.usable.used(of: state.poses.indices)
    let step = max(1, used.count / Self.sampledChanges)
    let changes = used.map { particle in
      let prior = frame.prior(of: particle, state, context.settings)
      return prior.fulcrumPosition(state.poses[particle])
        - prior.fulcrumPosition(state.start[particle])
    }
    let mean = changes.reduce(Vector2.zero, +) / Double(max(1, changes.count))
    let square = changes.reduce(0.0) { $0 + (($1 - mean) * ($1 - mean)).sum() }
    return MotionBlur(
      rotations: stride(from: 0, to: used.count, by: step).map {
        state.start[used[$0]].rotation.transposed * state.poses[used[$0]].rotation
      },
      fulcrum: frame.geometry.fulcrum - frame.geometry.centre,
      shift: (square / Double(max(1, 2 * changes.count))).squareRoot())
  }
}

extension StandingDensity.Finding {
  var summary: String {
    let share =
      "\(Format.fixed(100 * standing, 1))% of the density's power in the mask, \(Format.fixed(significance, 1)) "
      + "standard deviations of noise"
    return isWorthwhile
      ? "Density that does not move with the body is taken out of images and references: \(share)"
      : "All density in the mask counts as the body's; what does not seem to move with it is \(share)"
  }
}
