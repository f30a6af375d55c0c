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
  let frame: ParticleFrame
  let usable: UsableImages
  let images: BodyImages
  let settings: RefinementSettings
  let control: RefinementControl
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
    let used = usable.used(of: 0..<frame.particles.count)
    var finding = BodyDefocusFinding()
    for size in Self.sampleSizes {
      let step = max(1, (used.count + size - 1) / size)
      let sample = stride(from: 0, to: used.count, by: step).map { used[$0] }
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
    let sample = usable.shard.own(sample)
    let factors = state.factors(of: images.points, band: band, edge: edge)
    let chunk = 16
    let found = Collected<[Gain]>(count: (sample.count + chunk - 1) / chunk)
    let counter = Counter()
    let points = images.points
    let packers = packers
    let workspaces = WorkspacePool {
      (
        ImagePacker.Workspace(packer: packers.plus), PackedImages(points: points, count: 1),
        images.room()
      )
    }
    parallelFor(count: sample.count, chunk: chunk, threads: settings.threads) { range, _ in
      let workspace = workspaces.take()
      defer { workspaces.giveBack(workspace) }
      var gains: [Gain] = []
      for particle in range.map({ sample[$0] }) {
        control.waitWhilePaused()
        if control.isStopRequested { return }
        let now = images.image(particle, centre: frame.windowCentres[particle], workspace.2)
        if let gain = gain(of: particle, now, state, factors: factors, workspace) {
          gains.append(gain)
        }
        images.release(particle)
      }
      found[range.lowerBound / chunk] = gains
      progress(counter.add(range.count))
    }
    try control.throwIfStopped()
    return try usable.shard.gather(try found.values().flatMap { $0 }).flatMap { $0 }
  }

  private func gain(
    of particle: Int, _ image: fulcrum_image, _ state: RefinementState,
    factors: [FFTBuffer<Float>],
    _ workspace: (ImagePacker.Workspace, PackedImages, BodyImages.Room?)
  ) -> Gain? {
    func score(_ image: fulcrum_image) -> Double {
      var scorer = frame.scorer(
        of: particle, image, at: images.points, against: references, factors: factors,
        prior: frame.prior(of: particle, state, settings), state)
      return scorer.score(state.poses[particle], band: band)
    }
    func score(_ packer: ImagePacker) -> Double? {
      do throws(Problem) {
        try packer.pack(
          particle, centre: frame.windowCentres[particle], into: workspace.1, slot: 0, workspace.0
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
