import CryoEM
import Glibc
import Ground
import Testing

@testable import Refinement

/// Learning a motion from simulated likelihoods of known noise.
struct MotionLearningTests {
  /// A body that turns by 5° about one axis and 0.6° about the others, 40 Å from its hinge, which moves
  /// by 1 Å.
  private struct Hinge {
    let axis = Vector3(0.3, 0.9, 0.3) / 0.99.squareRoot()
    let arm = Vector3(-30, 10, 24)
    var large = radians(5)
    var small = radians(0.6)
    var shift = 1.0

    func motion(_ generator: inout SeededGenerator) -> Vector6 {
      func normals() -> Vector3 {
        Vector3(generator.normal(), generator.normal(), generator.normal())
      }
      let turn = normals() * small + axis * (large * generator.normal())
      // What turns about a point at −arm from the fulcrum moves the fulcrum by ω × arm.
      let d = normals() * shift + MotionLearningTests.cross(turn, arm)
      var x = Vector6()
      for i in 0..<3 { (x[i], x[3 + i]) = (turn[i], d[i]) }
      return x
    }
  }

  fileprivate static func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
    Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
  }

  /// Likelihoods of particles in random views: 2° about the axes in the image and 1.2° about the
  /// viewing direction, 1.5 Å along either axis of the image.
  private func observations(
    _ count: Int, noise: Double = 1, seed: UInt64 = 11,
    motion: (inout SeededGenerator) -> Vector6
  ) -> (likelihoods: [PoseLikelihood], views: [MotionView], truth: [Vector6]) {
    var generator = SeededGenerator(seed: seed)
    let starts = randomAlignments(count, seed: seed)
    var found: (likelihoods: [PoseLikelihood], views: [MotionView], truth: [Vector6]) = ([], [], [])
    for start in starts {
      let view = MotionView(start: start.rotation)
      let x = motion(&generator)
      var precision = Matrix5()
      let direction = start.rotation.row2
      let (wide, narrow) = (radians(2) * noise, radians(1.2) * noise)
      for i in 0..<3 {
        for j in 0..<3 {
          precision[i, j] =
            (i == j ? 1 / (wide * wide) : 0)
            + direction[i] * direction[j] * (1 / (narrow * narrow) - 1 / (wide * wide))
        }
      }
      for i in 3..<5 { precision[i, i] = 1 / (2.25 * noise * noise) }
      var white = Vector5()
      for i in 0..<5 { white[i] = generator.normal() }
      // (L Lᵀ)⁻¹ L of white noise has the covariance (L Lᵀ)⁻¹.
      let factor = precision.cholesky ?? precision
      let mode = view.seen(x) + factor.solvingAsFactor(factor.times(white))
      found.likelihoods.append(
        PoseLikelihood(information: precision, vector: precision.times(mode)))
      found.views.append(view)
      found.truth.append(x)
    }
    return found
  }

  private func learned(
    _ found: (likelihoods: [PoseLikelihood], views: [MotionView], truth: [Vector6]),
    rotation: Double = radians(10), shift: Double = 6
  ) -> MotionModel {
    MotionLearning(found.likelihoods, views: found.views, threads: 2)
      .learned(from: MotionModel(rotation: rotation, shift: shift))
  }

  /// Rotation axis, its share, and the hinge come out within their errors, from a narrow and from a wide
  /// start.
  @Test(arguments: [(5.0, 3.0), (20, 12)])
  func findsTheHinge(rotation: Double, shift: Double) throws {
    let hinge = Hinge()
    let found = observations(1500) { hinge.motion(&$0) }
    let model = learned(found, rotation: radians(rotation), shift: shift)
    let fulcrum = Vector3(40, 20, -10)
    let motion = try #require(
      BodyMotion([model], fulcrum: fulcrum, box: 64, pixelSize: 4))
    let axis = Vector3(
      motion.rotations[0].direction[0], motion.rotations[0].direction[1],
      motion.rotations[0].direction[2])
    let angle = degrees(acos(min(1, abs((axis * hinge.axis).sum()))))
    #expect(angle < 3 && angle < 4 * motion.axisError, "\(angle), \(motion)")
    #expect(abs(motion.rotations[0].deviation.value - 5) < 0.35, "\(motion)")
    #expect(motion.rotations[2].deviation.value < 1.3 && motion.share.value > 0.88, "\(motion)")
    let point = fulcrum - hinge.arm
    for i in 0..<3 {
      let away = abs(motion.hinge[i].value - point[i])
      #expect(away < 4 * motion.hinge[i].error && away < 20, "\(motion.hinge), \(point)")
      #expect(
        abs(motion.hingeVoxel[i].value - 32 - motion.hinge[i].value / 4) < 1e-9)
    }
    // Across the axis the hinge is known well.
    let away = Vector3(
      motion.hinge[0].value - point[0], motion.hinge[1].value - point[1],
      motion.hinge[2].value - point[2])
    let across = away - hinge.axis * (away * hinge.axis).sum()
    #expect((across * across).sum().squareRoot() < 3, "\(across)")
    #expect(motion.outliers < 0.02)
    #expect(motion.summary.contains("turns by"))
  }

  /// Images that tell next to nothing leave the motion as it was believed to be, and nothing is said of it.
  @Test func imagesThatTellNothingWidenNoMotion() {
    let found = observations(300, noise: 3e4) { _ in Vector6() }
    let model = learned(found, rotation: radians(5), shift: 3)
    let (turn, shift) = (degrees(model.rotationDeviation), model.shiftDeviation)
    #expect(abs(turn - 5) < 0.05 && abs(shift - 3) < 0.03, "\(turn)° \(shift) Å")
    let isUnknown = BodyMotion([model], fulcrum: .zero, box: 64, pixelSize: 4) == nil
    #expect(isUnknown)
  }

  /// The posterior means are nearer to the truth than those of the best prior without axes, and as near
  /// as the posteriors promise: mean χ² per parameter of 1.
  @Test func posteriorsAreNarrowerAndTrue() throws {
    let hinge = Hinge()
    let found = observations(1500) { hinge.motion(&$0) }
    let model = learned(found)
    func errors(_ model: MotionModel) throws -> (rotation: Double, square: Double) {
      var (rotation, square) = (0.0, 0.0)
      for index in found.truth.indices {
        let estimate = try #require(
          MotionLearning.estimate(
            found.likelihoods[index], view: found.views[index], model: model))
        let away = estimate.mean - found.truth[index]
        rotation += (0..<3).reduce(0) { $0 + away[$1] * away[$1] }
        square += away.dot(try #require(estimate.covariance.inverse).times(away)) / 6
      }
      let count = Double(found.truth.count)
      return ((rotation / count).squareRoot(), square / count)
    }
    let learnt = try errors(model)
    var fixed = MotionModel(
      rotation: radians(5 / 3.0.squareRoot()), shift: (40 * radians(5) + 1) / 3.0.squareRoot())
    fixed.outliers = 0
    let isotropic = try errors(fixed)
    #expect(learnt.rotation < 0.8 * isotropic.rotation, "\(learnt), \(isotropic)")
    #expect(abs(learnt.square - 1) < 0.15, "\(learnt)")
  }

  /// At the end no direction improves the likelihood of what was seen: against the marginal likelihood
  /// itself, N(m; Hμ, HΣHᵀ + J⁻¹) for every particle.
  @Test func endsAtTheMaximumOfTheLikelihood() throws {
    let hinge = Hinge(small: radians(2))
    let found = observations(3000) { hinge.motion(&$0) }
    var model = learned(found)
    model.outliers = 0
    func likelihood(_ model: MotionModel) throws -> Double {
      var sum = 0.0
      for (likelihood, view) in zip(found.likelihoods, found.views) {
        let noise = try #require(likelihood.information.inverse)
        let away = noise.times(likelihood.vector) - view.seen(model.mean)
        let factor = try #require((view.seen(model.covariance) + noise).cholesky)
        sum -= 0.5 * (away.dot(factor.solvingAsFactor(away)) + factor.logDeterminantAsFactor)
      }
      return sum
    }
    let best = try likelihood(model)
    for axis in 0..<6 {
      for factor in [0.9, 1.1] {
        var other = model
        for column in 0..<6 {
          other.covariance[axis, column] *= factor
          other.covariance[column, axis] *= factor
        }
        #expect(try likelihood(other) < best, "axis \(axis)")
      }
      for sign in [-1.0, 1] {
        var other = model
        other.mean[axis] += sign * 0.2 * model.covariance[axis, axis].squareRoot()
        #expect(try likelihood(other) < best, "mean \(axis)")
      }
    }
  }

  /// A body that does not move is held: the deviations end far under the posteriors' widths, however
  /// wide they began.
  @Test func holdsABodyThatDoesNotMove() {
    let found = observations(1500, noise: 1.5) { _ in Vector6() }
    let model = learned(found, rotation: radians(20), shift: 10)
    #expect(degrees(model.rotationDeviation) < 0.9, "\(degrees(model.rotationDeviation))")
    #expect(model.shiftDeviation < 0.8, "\(model.shiftDeviation)")
    // Nor is it held harder than so many particles can tell.
    #expect(degrees(model.rotationDeviation) > 0.2 && model.shiftDeviation > 0.1)
  }

  /// The same sums in the same order whatever the number of threads.
  @Test func threadsLearnAlike() {
    let hinge = Hinge()
    let found = observations(700) { hinge.motion(&$0) }
    let models = [1, 2, 5].map { threads in
      MotionLearning(found.likelihoods, views: found.views, threads: threads)
        .learned(from: MotionModel(rotation: 0.1, shift: 4))
    }
    for model in models.dropFirst() {
      for row in 0..<6 {
        #expect(model.mean[row] == models[0].mean[row])
        for column in 0..<6 {
          #expect(model.covariance[row, column] == models[0].covariance[row, column])
        }
      }
    }
  }
}
