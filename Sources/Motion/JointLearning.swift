import Glibc
import Ground

/// Learns how regions move from what each image alone says of its particle, by expectation and
/// maximisation (Dempster, Laird & Rubin, 1977): the mean of the particles' posteriors, and the spread
/// of their means with their widths. The noise of the poses stays in the widths, unlike in a
/// principal-component analysis of the poses.
struct JointLearning: Sendable {
  let observed: [MotionEvidence]
  let threads: Int
  /// How many particles a motion alike in all directions is worth.
  private static let alikeParticles = 2.0

  /// What a pass over the particles gives.
  private struct Sums: Sendable {
    var weight = 0.0
    var mean: [Double]
    var square: Matrix
    /// How much of their motion the images tell, in particles told all.
    var told = 0.0
    var evidence = 0.0
    var used = 0

    init(size: Int) {
      mean = [Double](repeating: 0, count: size)
      square = Matrix(size, size)
    }

    mutating func add(_ other: Sums) {
      weight += other.weight
      for row in mean.indices { mean[row] += other.mean[row] }
      square = square + other.square
      told += other.told
      evidence += other.evidence
      used += other.used
    }
  }

  /// What was learnt.
  struct Learnt: Sendable {
    var motion: JointMotion
    /// How many particles' worth of exact poses it was learnt from.
    var told = 0.0
  }

  /// The motion that fits best, beginning from one.
  ///
  /// Where images tell little, a step of expectation and maximisation is a small part of the way. Two of
  /// them are extrapolated (SQUAREM, the third scheme of Varadhan & Roland, 2008), and a third one
  /// follows; what would be less likely is not taken.
  ///
  /// - Parameters:
  ///   - cycles: extrapolations at most.
  ///   - tolerance: relative change of the variances by a cycle at which the search ends.
  ///   - leastGain: the gain in log likelihood by a cycle at which it ends, too.
  ///   - isLeftOut: which particles are not to be looked at.
  func learnt(
    from start: JointMotion, cycles: Int = 100, tolerance: Double = 1e-3,
    leastGain: Double = 1e-3, without isLeftOut: @Sendable (Int) -> Bool = { _ in false }
  ) -> Learnt {
    func step(_ motion: JointMotion) -> (next: JointMotion, sums: Sums)? {
      let factor = motion.factor
      let sums = sums(motion, factor: factor, isLeftOut)
      guard sums.weight > 0 else { return nil }
      return (Self.model(sums, before: motion, factor: factor), sums)
    }
    var learnt = Learnt(motion: start)
    for _ in 0..<cycles {
      let begin = learnt.motion
      guard let first = step(begin), let second = step(first.next) else { return learnt }
      let units = begin.deviations
      let (x0, x1, x2) = (
        begin.coordinates(units: units), first.next.coordinates(units: units),
        second.next.coordinates(units: units)
      )
      let r = zip(x1, x0).map { $0 - $1 }
      let v = zip(zip(x2, x1).map { $0 - $1 }, r).map { $0 - $1 }
      func norm(_ x: [Double]) -> Double { x.reduce(0) { $0 + $1 * $1 }.squareRoot() }
      let length = min(max(norm(r) / max(norm(v), 1e-300), 1), Self.longest)
      let far = x0.indices.map { x0[$0] + 2 * length * r[$0] + length * length * v[$0] }
      let bold = second.next.with(coordinates: far, units: units)
      var next = second.next
      if length > 1, let third = step(bold),
        third.sums.evidence >= second.sums.evidence - 1e-6 * abs(second.sums.evidence)
      {
        next = third.next
      }
      let change = (0..<begin.size).map {
        abs(next.covariance[$0, $0] / max(begin.covariance[$0, $0], 1e-300) - 1)
      }
      learnt = Learnt(motion: next, told: second.sums.told)
      if (change.max() ?? 0) < tolerance { break }
      if second.sums.evidence - first.sums.evidence < leastGain / length { break }
    }
    return learnt
  }

  /// The longest extrapolation, steps.
  private static let longest = 64.0

  /// The logarithm of the likelihood of a motion with a covariance L Lᵀ and the outliers of another.
  func evidence(mean: [Double], factor: Matrix, outliers: JointMotion) -> Double {
    var motion = outliers
    motion.mean = mean
    return sums(motion, factor: factor).evidence
  }

  private static func model(_ sums: Sums, before: JointMotion, factor: Matrix) -> JointMotion {
    let size = before.size
    let away = sums.mean.map { $0 / sums.weight }
    var square = sums.square * (1 / sums.weight)
    for row in 0..<size {
      for column in 0..<size { square[row, column] -= away[row] * away[column] }
    }
    var motion = before
    motion.mean = zip(before.mean, factor * away).map { $0 + $1 }
    let covariance = factor * square * factor.transposed
    motion.covariance =
      (covariance * sums.weight + JointMotion.alike(covariance) * alikeParticles)
      * (1 / (sums.weight + alikeParticles))
    // Rounding must not make it lopsided.
    motion.covariance = (motion.covariance + motion.covariance.transposed) * 0.5
    motion.outliers = min(
      max(1 - sums.weight / Double(max(sums.used, 1)), 0.002), JointMotion.mostOutliers)
    return motion
  }

  private static let block = 64

  private func sums(
    _ motion: JointMotion, factor: Matrix, _ isLeftOut: @Sendable (Int) -> Bool = { _ in false }
  ) -> Sums {
    let inlier = Whitened(mean: motion.mean, factor: factor)
    let outlier = Whitened(mean: motion.mean, factor: motion.outlierFactor)
    let blocks = (observed.count + Self.block - 1) / Self.block
    let parts = Collected<Sums>(count: blocks)
    parallelFor(count: blocks, chunk: 1, threads: threads) { range, _ in
      for index in range {
        var sums = Sums(size: motion.size)
        var meeting = Whitened.Meeting(size: motion.size)
        for particle in index * Self.block..<min(observed.count, (index + 1) * Self.block)
        where !isLeftOut(particle) {
          Self.add(
            observed[particle], inlier, outlier, share: motion.outliers, &meeting, to: &sums)
        }
        parts[index] = sums
      }
    }
    // In order: the same sum for any number of threads.
    return ((try? parts.values()) ?? []).reduce(into: Sums(size: motion.size)) { $0.add($1) }
  }

  private static func add(
    _ said: MotionEvidence, _ inlier: Whitened, _ outlier: Whitened, share: Double,
    _ meeting: inout Whitened.Meeting, to sums: inout Sums
  ) {
    guard let other = meeting.evidence(said, outlier), let found = meeting.evidence(said, inlier)
    else { return }
    meeting.spread()
    let (a, b) = (found + log(1 - share), other + log(share))
    let member = 1 / (1 + exp(min(max(b - a, -500), 500)))
    sums.used += 1
    sums.evidence += max(a, b) + log1p(exp(-abs(a - b)))
    sums.weight += member
    let size = sums.mean.count
    var spread = 0.0
    for row in 0..<size {
      sums.mean[row] += member * meeting.mean[row]
      for column in 0..<size {
        sums.square.elements[row * size + column] +=
          member
          * (meeting.mean[row] * meeting.mean[column] + meeting.covariance[row * size + column])
      }
      spread += meeting.covariance[row * size + row]
    }
    sums.told += max(0, 1 - spread / Double(size))
  }
}
