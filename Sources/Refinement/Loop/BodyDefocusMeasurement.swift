import CKernels
import CryoEM
import Fourier
import Ground

/// Which hand the data have: whether what is above the particle's plane is nearer to focus, or farther
/// from it. No map shows that; the images do, where the body is far from the centre.
///
/// Images are packed with the body's height taken off its defocus, and put onto it, and their log
/// likelihoods at their poses compared, each with the reference of its own half and fold. Where the body
/// is at the particle's defocus after all, taking off and putting on are wrong alike and the mean of the
/// difference is zero; its spread over the images tells how far chance takes it.
struct BodyDefocusMeasurement {
  let context: RunContext
  /// Packs with the height taken off, and put on.
  let packers: (plus: ImagePacker, minus: ImagePacker)
  /// References, indexed [half · folds + fold], and their band.
  let references: [ReferenceGrid]
  let band: Int
  let edge: Double

  /// Images that are asked first, and where those are not clear by far.
  static let sampleSizes = [2_000, 20_000]
  /// Standard errors between the hands at which the first need not be followed by more.
  static let clearByFar = 8.0
  /// Standard errors by which one hand must be ahead of the other, and of neither, to be taken.
  static let clear = (ofOther: 4.0, ofNone: 2.0)

  /// Log likelihoods of an image over those with the particle's defocus.
  struct Gain: PlainData {
    var plus = 0.0, minus = 0.0
  }

  /// What the images say, without a resolution; `progress` is told which share of a sample is done.
  func measure(
    _ state: RefinementState, progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws -> BodyDefocusFinding {
    let usable = (0..<context.particles.count).filter { !context.skipped.contains($0) }
    var finding = BodyDefocusFinding()
    for size in Self.sampleSizes {
      let step = max(1, (usable.count + size - 1) / size)
      let sample = stride(from: 0, to: usable.count, by: step).map { usable[$0] }
      finding = Self.finding(
        try gains(state, of: sample) { progress(Double($0) / Double(sample.count)) })
      if step == 1 || (finding.sign != 0 && abs(finding.deviations) >= Self.clearByFar) { break }
    }
    return finding
  }

  /// Of each image that can be read.
  private func gains(
    _ state: RefinementState, of sample: [Int], progress: @escaping @Sendable (Int) -> Void
  ) throws -> [Gain] {
    // The ranks' particles follow each other: so do their gains.
    let sample = context.shard.own(sample)
    let factors = context.factors(state, band: band, edge: edge)
    let chunk = 16
    let found = Collected<[Gain]>(count: (sample.count + chunk - 1) / chunk)
    let counter = Counter()
    let points = context.points
    let packers = packers
    let images = context.bodyImages
    let workspaces = WorkspacePool {
      (
        ImagePacker.Workspace(packer: packers.plus), PackedImages(points: points, count: 1),
        images.room()
      )
    }
    parallelFor(count: sample.count, chunk: chunk, threads: context.settings.threads) { range, _ in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      var gains: [Gain] = []
      for particle in range.map({ sample[$0] }) {
        context.control.waitWhilePaused()
        if context.control.isStopRequested { return }
        let now = images.image(particle, workspace.2)
        if let gain = gain(of: particle, now, state, factors: factors, workspace) {
          gains.append(gain)
        }
        context.images.release(particle)
      }
      found[range.lowerBound / chunk] = gains
      progress(counter.add(range.count))
    }
    try context.control.throwIfStopped()
    return try context.shard.gather(try found.values().flatMap { $0 }).flatMap { $0 }
  }

  private func gain(
    of particle: Int, _ image: fulcrum_image, _ state: RefinementState,
    factors: [FFTBuffer<Float>],
    _ workspace: (ImagePacker.Workspace, PackedImages, BodyImages.Room?)
  ) -> Gain? {
    func score(_ image: fulcrum_image) -> Double {
      var scorer = context.scorer(
        of: particle, image, against: references, factors: factors,
        prior: context.prior(of: particle, state), state)
      return scorer.score(state.poses[particle], band: band)
    }
    func score(_ packer: ImagePacker) -> Double? {
      do throws(Problem) {
        try packer.pack(
          particle, centre: context.windowCentres[particle], into: workspace.1, slot: 0, workspace.0
        )
        return score(workspace.1.image(0))
      } catch { return nil }
    }
    let now = score(image)
    guard now.isFinite, let plus = score(packers.plus), let minus = score(packers.minus),
      plus.isFinite, minus.isFinite
    else { return nil }
    return Gain(plus: plus - now, minus: minus - now)
  }

  /// What gains say together.
  static func finding(_ gains: [Gain]) -> BodyDefocusFinding {
    var finding = BodyDefocusFinding()
    finding.particles = gains.count
    let difference = mean(gains.map { $0.plus - $0.minus })
    let best = mean(difference.value >= 0 ? gains.map(\.plus) : gains.map(\.minus))
    finding.gain = difference.value
    finding.deviations = difference.deviations
    finding.deviationsOverNone = best.deviations
    if abs(difference.deviations) >= clear.ofOther, best.deviations >= clear.ofNone {
      finding.sign = difference.deviations > 0 ? 1 : -1
    }
    return finding
  }

  /// A mean, and the same in standard errors.
  private static func mean(_ values: [Double]) -> (value: Double, deviations: Double) {
    let count = Double(values.count)
    guard count > 1 else { return (0, 0) }
    let mean = values.reduce(0, +) / count
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares > 0 ? (mean, mean / (squares / (count * (count - 1))).squareRoot()) : (mean, 0)
  }
}
