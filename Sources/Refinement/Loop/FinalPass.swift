import CKernels
import Fourier
import Ground

/// The last reconstruction: from the images themselves, in their full box, to the Nyquist shell.
struct FinalPass: Sendable {
  let context: RunContext
  let transformer: ImageTransformer
  /// What is subtracted from the images; empty for nothing.
  let outside: [BoxModel]
  /// Images read, transformed and inserted at a time.
  private let batchSize = 256

  /// Costs of the images, the half-maps, their FSC, the map and what follows, relative to a pixel of
  /// an image on one thread; measured.
  var costs: [Double] {
    let threads = Double(max(1, context.settings.threads))
    let image = Double(context.geometry.box * context.geometry.box)
    let volume = image * Double(context.geometry.box)
    let period = Double(context.geometry.period)
    // Memory that is touched for the first time, sharpening, and the local resolution.
    let (sums, sharpening, local) = (
      1.2 * volume, volume, 0.5 * volume + 0.8 * period * period * period
    )
    return [
      Double(context.particles.count) * image / threads + sums, 3 * volume / min(2, threads),
      1.9 * volume / (1 + 0.5 * (threads - 1)), 2.2 * volume, sharpening + local,
    ]
  }

  /// All images inserted at their last poses, each half-set by itself.
  func accumulate(
    _ state: RefinementState, progress: @escaping @Sendable (Int) -> Void
  ) throws -> FinalSums {
    let box = context.geometry.box
    // Half again as much room as the box keeps the kernel's aliases small where the mask is.
    let geometry = Geometry(
      box: box, pixelSize: context.geometry.pixelSize, window: box,
      period: goodTransformSize(atLeast: box * 3 / 2), centre: .zero, fulcrum: .zero,
      maskDiameter: Double(box), stretch: context.geometry.stretch,
      symmetry: context.geometry.symmetry)
    let points = SamplingPoints(window: box, maximumShell: box / 2 - 1)
    let packer = ImagePacker(
      transformer: transformer, geometry: geometry, points: points,
      survey: currentNoise(state), outside: outside, highpassShell: 0)
    let radius = geometry.clampedGridRadius(ofShell: box / 2 - 1)
    let accumulators = (0..<2).map { _ in
      Accumulator(radius: radius, interpolation: context.insertion)
    }
    try insertAll(state, packer: packer, points: points, accumulators, progress: progress)
    let threads = context.settings.threads
    parallelFor(count: 2, chunk: 1, threads: threads) { range, _ in
      for half in range { accumulators[half].complete() }
    }
    Symmetriser(group: geometry.symmetry, threads: threads).symmetrise(accumulators)
    return FinalSums(
      geometry: geometry, halves: accumulators,
      last: context.filledShell(of: geometry, upTo: box / 2 - 1), threads: threads)
  }

  /// The noise of packing times what the iterations learnt of it.
  private func currentNoise(_ state: RefinementState) -> Survey {
    var survey = context.survey
    let ratio = Double(context.geometry.window) / Double(context.geometry.box)
    for slot in survey.noise.indices {
      for shell in survey.noise[slot].indices {
        let factors = state.noiseFactors[slot]
        let index = min(Int((Double(shell) * ratio).rounded()), factors.count - 1)
        survey.noise[slot][shell] *= factors[index]
      }
      if slot < survey.noiseDirections.count, slot < state.noiseDirections.count {
        survey.noiseDirections[slot] = survey.noiseDirections[slot].times(
          state.noiseDirections[slot], shellScale: ratio)
      }
    }
    return survey
  }

  private func insertAll(
    _ state: RefinementState, packer: ImagePacker, points: SamplingPoints,
    _ accumulators: [Accumulator], progress: @escaping @Sendable (Int) -> Void
  ) throws {
    let particles = context.particles
    let threads = context.settings.threads
    let bad = context.bad
    let used = (0..<particles.count).filter { !context.skipped.contains($0) }
    let batch = PackedImages(points: points, count: batchSize)
    let ones = points.factors(
      perShell: [Double](repeating: 1, count: points.maximumShell + 1),
      band: points.maximumShell)
    let workspaces = WorkspacePool { ImagePacker.Workspace(packer: packer) }
    let slabs = max(2, threads)
    let planes = accumulators[0].planes
    for first in stride(from: 0, to: used.count, by: batchSize) {
      try context.control.throwIfStopped()
      let members = Array(used[first..<min(first + batchSize, used.count)])
      let usable = Collected<Bool>(count: members.count)
      parallelFor(count: members.count, chunk: 8, threads: threads) { range, _ in
        let workspace = workspaces.take()
        defer { workspaces.giveBack(workspace) }
        for index in range where !bad.isOverLimit {
          do throws(Problem) {
            try packer.pack(
              members[index], centre: .zero, into: batch, slot: index, workspace)
            usable[index] = true
          } catch { bad.add(members[index], error, in: .final) }
        }
      }
      try bad.throwIfOverLimit()
      parallelFor(count: 2 * slabs, chunk: 1, threads: threads) { range, _ in
        let all = points.points(factor: ones, band: points.maximumShell)
        for task in range {
          let half = task % 2
          let slab = task / 2
          let part = planes * slab / slabs..<planes * (slab + 1) / slabs
          for (index, particle) in members.enumerated()
          where usable[index] == true && particles.halfSets[particle].rawValue == half {
            insert(
              particle, batch.image(index), points: all, state, into: accumulators[half],
              planes: part, geometry: packer.geometry)
          }
        }
      }
      progress(min(first + batchSize, used.count))
    }
  }

  private func insert(
    _ particle: Int, _ image: fulcrum_image, points: fulcrum_points, _ state: RefinementState,
    into accumulator: Accumulator, planes: Range<Int>, geometry: Geometry
  ) {
    let inserter = Inserter(
      geometry: geometry, marginalize: context.settings.marginalize,
      moved: { alignment in
        let pose = context.pose(alignment, of: particle)
        return Alignment(rotation: pose.rotation, position: pose.position(of: .zero))
      })
    inserter.insert(
      image, points: points, at: state.poses[particle], posterior: state.posteriors[particle],
      scale: state.scales[particle], magnification: context.magnification(of: particle),
      into: accumulator, planes: planes)
  }
}
