import CryoEM
import Glibc
import Ground

/// Learns how a body moves from what each image alone says of its particle, by expectation and
/// maximisation (Dempster, Laird & Rubin, 1977).
///
/// With J and h of a particle's likelihood (see `PoseLikelihood`) and a motion N(μ, Σ), its six
/// parameters have the covariance C = (Σ⁻¹ + HᵀJH)⁻¹ and the mean x = C (Σ⁻¹μ + Hᵀh); then μ is the mean
/// of x and Σ that of (x − μ)(x − μ)ᵀ + C. The noise of the poses is in C and not in Σ, unlike in a
/// principal-component analysis of the poses. Each particle belongs to the motion or to the outliers by
/// what its likelihood says of either.
struct MotionLearning: Sendable {
  /// What the images say, with how they show the motion.
  private let observed: [(information: Matrix6, vector: Vector6)]
  private let threads: Int

  /// Particles from which the motion is learnt, at most; all of them are told of it.
  static let sampleSize = 5000
  /// Iterations at most, and relative change of the variances at which they end.
  private static let maximumIterations = 500
  private static let tolerance = 1e-4
  /// How many particles an isotropic motion is worth: few, since images that tell little of an axis let
  /// it weigh more in every iteration.
  private static let isotropicParticles = 2.0

  init(_ likelihoods: [PoseLikelihood], views: [MotionView], threads: Int) {
    observed = zip(likelihoods, views).map { likelihood, view in
      (view.lifted(likelihood.information), view.lifted(likelihood.vector))
    }
    self.threads = threads
  }

  /// The posterior of a particle's six parameters.
  struct Estimate: Sendable {
    var mean: Vector6
    var covariance: Matrix6
    /// Probability that the particle is no outlier.
    var membership: Double
  }

  /// What a particle's image and the motion say together; nil for a motion without width.
  static func estimate(
    _ likelihood: PoseLikelihood, view: MotionView, model: MotionModel
  ) -> Estimate? {
    Components(model)?.estimate(
      information: view.lifted(likelihood.information), vector: view.lifted(likelihood.vector))
  }

  /// The motion, beginning from what is believed of it.
  ///
  /// Where images tell little each step of expectation and maximisation is a small part of the way: two of
  /// them say where it leads (squared extrapolation: Varadhan & Roland, 2008), and the next begins there.
  func learned(from start: MotionModel) -> MotionModel {
    var model = start
    guard !observed.isEmpty else { return start }
    let floor = floor(within: start)
    func step(_ model: MotionModel) -> MotionModel? {
      sums(model)?.model(
        count: Double(observed.count), floor: floor, isotropic: Self.isotropicParticles)
    }
    for _ in 0..<Self.maximumIterations / 2 {
      guard let first = step(model) else { return model }
      guard first.changeOfVariances(from: model) >= Self.tolerance else { return first }
      guard let second = step(first) else { return first }
      guard second.changeOfVariances(from: first) >= Self.tolerance else { return second }
      model = MotionModel.extrapolated(model, first, second) ?? second
    }
    return model
  }

  /// The smallest variances of rotation (rad²) and translation (Å²) that so many particles can tell
  /// from none: the likelihoods' typical variance times √(2/n), the error of a variance; and no more than
  /// was believed, as images that tell nothing widen no motion.
  private func floor(within start: MotionModel) -> (rotation: Double, shift: Double) {
    let count = Double(observed.count)
    func floor(_ axes: Range<Int>, believed: Double) -> Double {
      let information = observed.reduce(0.0) { sum, particle in
        sum + axes.reduce(0.0) { $0 + particle.information[$1, $1] }
      }
      return information > 0
        ? min(3 * count / information * (2 / count).squareRoot(), believed * believed) : 0
    }
    return (
      floor(0..<3, believed: start.rotationDeviation), floor(3..<6, believed: start.shiftDeviation)
    )
  }

  /// The motion and its outliers, ready for use.
  private struct Components {
    let model: MotionModel
    /// Σ⁻¹, Σ⁻¹μ, μᵀΣ⁻¹μ and ln|Σ⁻¹| of either.
    let parts: [(precision: Matrix6, pull: Vector6, constant: Double, weight: Double)]

    init?(_ model: MotionModel) {
      self.model = model
      guard let factor = model.covariance.cholesky else { return nil }
      let inverse = factor.inverseAsFactor
      let spread = PoseGaussian.widening * PoseGaussian.widening
      parts = [(1.0, 1 - model.outliers), (1 / spread, model.outliers)].map { scale, weight in
        let precision = inverse * scale
        let pull = precision.times(model.mean)
        return (
          precision, pull,
          -0.5 * model.mean.dot(pull) - 0.5 * factor.logDeterminantAsFactor + 3 * log(scale),
          weight
        )
      }
    }

    /// Mean and covariance by each part, and the probability of the first.
    func posteriors(
      information: Matrix6, vector: Vector6
    ) -> (means: (Vector6, Vector6), covariances: (Matrix6, Matrix6), membership: Double)? {
      func part(_ index: Int) -> (mean: Vector6, covariance: Matrix6, evidence: Double)? {
        let (precision, pull, constant, weight) = parts[index]
        guard let factor = (precision + information).cholesky else { return nil }
        let right = pull + vector
        let mean = factor.solvingAsFactor(right)
        let evidence =
          constant + 0.5 * right.dot(mean) - 0.5 * factor.logDeterminantAsFactor + log(weight)
        return (mean, factor.inverseAsFactor, evidence)
      }
      guard let first = part(0) else { return nil }
      guard model.outliers > 0, let second = part(1) else {
        return ((first.mean, first.mean), (first.covariance, first.covariance), 1)
      }
      return (
        (first.mean, second.mean), (first.covariance, second.covariance),
        1 / (1 + exp(min(max(second.evidence - first.evidence, -500), 500)))
      )
    }

    func estimate(information: Matrix6, vector: Vector6) -> Estimate? {
      guard let found = posteriors(information: information, vector: vector) else { return nil }
      let member = found.membership
      let mean = found.means.0 * member + found.means.1 * (1 - member)
      let covariance =
        (found.covariances.0 + Matrix6(square: found.means.0 - mean)) * member
        + (found.covariances.1 + Matrix6(square: found.means.1 - mean)) * (1 - member)
      return Estimate(mean: mean, covariance: covariance, membership: member)
    }
  }

  /// Sums of the expectation, of which the maximisation is made.
  private struct Sums: Sendable {
    /// Σ of weights, of weighted means and of weighted squares about the model's mean before.
    var weight = 0.0
    var mean = Vector6()
    var square = Matrix6()
    var members = 0.0
    /// Σ of how much of its motion each image tells, 0…1.
    var told = 0.0
    var before: MotionModel

    func adding(_ other: Sums) -> Sums {
      var sum = self
      sum.weight += other.weight
      sum.mean = sum.mean + other.mean
      sum.square = sum.square + other.square
      sum.members += other.members
      sum.told += other.told
      return sum
    }

    /// The motion that fits best, drawn towards one that is alike about all axes.
    func model(
      count: Double, floor: (rotation: Double, shift: Double), isotropic: Double
    ) -> MotionModel {
      var model = before
      let away = mean * (1 / max(weight, 1e-300))
      model.mean = before.mean + away
      var covariance = square * (1 / count) - Matrix6(square: away) * (weight / count)
      let alike = MotionModel.isotropic(covariance)
      covariance = (covariance * count + alike * isotropic) * (1 / (count + isotropic))
      model.covariance = covariance.floored(
        rotation: floor.rotation, shift: floor.shift)
      model.outliers = min(max(1 - members / count, 0.002), MotionModel.mostOutliers)
      model.particles = told
      return model
    }
  }

  private static let block = 64

  private func sums(_ model: MotionModel) -> Sums? {
    guard let components = Components(model) else { return nil }
    let blocks = (observed.count + Self.block - 1) / Self.block
    let parts = Collected<Sums>(count: blocks)
    parallelFor(count: blocks, chunk: 1, threads: threads, name: "particles: motion") { range, _ in
      for index in range {
        let members = index * Self.block..<min(observed.count, (index + 1) * Self.block)
        parts[index] = Self.sums(observed[members], components, model)
      }
    }
    // In order: the same sum for any number of threads.
    return parts.filled.reduce(Sums(before: model)) { $0.adding($1) }
  }

  private static func sums(
    _ observed: ArraySlice<(information: Matrix6, vector: Vector6)>, _ components: Components,
    _ model: MotionModel
  ) -> Sums {
    var sums = Sums(before: model)
    let outer = 1 / (PoseGaussian.widening * PoseGaussian.widening)
    for particle in observed {
      guard
        let found = components.posteriors(
          information: particle.information, vector: particle.vector)
      else { continue }
      for (mean, covariance, weight) in [
        (found.means.0, found.covariances.0, found.membership),
        (found.means.1, found.covariances.1, (1 - found.membership) * outer),
      ] where weight > 0 {
        let away = mean - model.mean
        sums.weight += weight
        sums.mean = sums.mean + away * weight
        sums.square = sums.square + (covariance + Matrix6(square: away)) * weight
      }
      sums.members += found.membership
      // 1 − tr(C Σ⁻¹)/6: nothing where the image leaves the motion as wide as it was.
      var share = 0.0
      for row in 0..<6 {
        for column in 0..<6 {
          share += found.covariances.0[row, column] * components.parts[0].precision[row, column]
        }
      }
      sums.told += max(0, 1 - share / 6)
    }
    return sums
  }
}

extension MotionModel {
  /// The largest relative change of a variance.
  fileprivate func changeOfVariances(from other: MotionModel) -> Double {
    (0..<6).reduce(0.0) { change, axis in
      max(change, abs(covariance[axis, axis] / max(other.covariance[axis, axis], 1e-300) - 1))
    }
  }

  /// Where three models in a row lead: x₀ − 2αr + α²v, with the first step r, v what the second differs from
  /// it by, and α = −|r|/|v| in units of the deviations; nil where that is no covariance, or far from the last.
  fileprivate static func extrapolated(
    _ start: MotionModel, _ first: MotionModel, _ second: MotionModel
  ) -> MotionModel? {
    let unit = (0..<6).map { max(second.covariance[$0, $0], 1e-300).squareRoot() }
    let (meanStep, meanBend) = (
      first.mean - start.mean, second.mean - first.mean - (first.mean - start.mean)
    )
    let step = first.covariance - start.covariance
    let bend = second.covariance - first.covariance - step
    var (steps, bends) = (0.0, 0.0)
    for row in 0..<6 {
      steps += meanStep[row] * meanStep[row] / (unit[row] * unit[row])
      bends += meanBend[row] * meanBend[row] / (unit[row] * unit[row])
      for column in 0..<6 {
        let scale = 1 / (unit[row] * unit[column])
        steps += step[row, column] * step[row, column] * scale * scale
        bends += bend[row, column] * bend[row, column] * scale * scale
      }
    }
    guard bends > 0 else { return nil }
    let length = min(max((steps / bends).squareRoot(), 1), longestExtrapolation)
    var model = second
    model.mean = start.mean + meanStep * (2 * length) + meanBend * (length * length)
    model.covariance = start.covariance + step * (2 * length) + bend * (length * length)
    let isNear = (0..<6).allSatisfy {
      0.25...4 ~= model.covariance[$0, $0] / max(second.covariance[$0, $0], 1e-300)
    }
    return isNear && model.covariance.cholesky != nil ? model : nil
  }

  private static let longestExtrapolation = 50.0

  /// The same mean squares without couplings and preferred axes.
  fileprivate static func isotropic(_ covariance: Matrix6) -> Matrix6 {
    var result = Matrix6()
    for axes in [0..<3, 3..<6] {
      let mean = axes.reduce(0.0) { $0 + covariance[$1, $1] } / 3
      for axis in axes { result[axis, axis] = mean }
    }
    return result
  }
}

extension Matrix6 {
  /// The nearest covariance none of whose deviations is under those of the floor.
  fileprivate func floored(rotation: Double, shift: Double) -> Matrix6 {
    guard rotation > 0, shift > 0 else { return self }
    let (r, s) = (rotation.squareRoot(), shift.squareRoot())
    var scale = Matrix6()
    var back = Matrix6()
    for axis in 0..<6 {
      scale[axis, axis] = axis < 3 ? 1 / r : 1 / s
      back[axis, axis] = axis < 3 ? r : s
    }
    let (values, vectors) = congruent(by: scale).eigen
    var diagonal = Matrix6()
    for axis in 0..<6 { diagonal[axis, axis] = max(values[axis], 1) }
    return diagonal.congruent(by: vectors.transposed).congruent(by: back)
  }
}
