import CryoEM
import Glibc
import Testing

@testable import Ground
@testable import Refinement

struct PosePosteriorTests {
  private let pose = randomAlignments(1, seed: 3)[0]

  /// A curvature that couples rotation and position: precisions of 1° and 1 Å or so.
  private func curvature() -> Matrix5 {
    var generator = SeededGenerator(seed: 61)
    let b = (0..<25).map { _ in generator.normal() }
    let scales = [60.0, 45, 80, 1.2, 0.8]
    var matrix = Matrix5()
    for row in 0..<5 {
      for column in 0..<5 {
        let product = (0..<5).reduce(0.0) { $0 + b[5 * row + $1] * b[5 * column + $1] }
        matrix[row, column] =
          scales[row] * scales[column] * (0.25 * product + (row == column ? 0.6 : 0))
      }
    }
    return matrix
  }

  private func prior(rotation: Double = 100, shift: Double = 1e4) -> PosePrior {
    PosePrior(
      centre: randomAlignments(1)[0], fulcrum: .zero,
      rotationExtent: rotation, shiftExtent: shift)
  }

  private func rotationVector(of sample: Alignment, about pose: Alignment) -> Vector5 {
    let turn = (pose.rotation.transposed * sample.rotation).rotationVector
    let shift = sample.position - pose.position
    var vector = Vector5()
    for axis in 0..<3 { vector[axis] = turn[axis] }
    (vector[3], vector[4]) = (shift.x, shift.y)
    return vector
  }

  @Test func covarianceIsTheInverseCurvature() throws {
    let posterior = PosePosterior(curvature: curvature(), at: pose, prior: prior(), narrow: 0)
    let expected = try #require(curvature().inverse)
    for row in 0..<5 {
      for column in 0..<5 {
        let size = (expected[row, row] * expected[column, column]).squareRoot()
        #expect(abs(posterior.covariance[row, column] - expected[row, column]) < 1e-3 * size)
      }
    }
    #expect(posterior.isSampled && posterior.effectiveSampleSize == 4)
  }

  /// The samples have the posterior's mean and covariance; what the positions lack of theirs is the
  /// damping's.
  @Test func samplesReproduceMeanAndCovariance() throws {
    let posterior = PosePosterior(curvature: curvature(), at: pose, prior: prior(), narrow: 0)
    let samples = try #require(PosteriorSamples(posterior, about: pose))
    var mean = Vector5()
    var covariance = Matrix5()
    for index in 0..<PosteriorSamples.count {
      let weight = Double(posterior.weights[index])
      let vector = rotationVector(of: samples.pose(index), about: pose)
      for row in 0..<5 {
        mean[row] += weight * vector[row]
        for column in 0..<5 { covariance[row, column] += weight * vector[row] * vector[column] }
      }
    }
    let rest = samples.shiftCovariance
    covariance[3, 3] += rest.x
    covariance[3, 4] += rest.y
    covariance[4, 3] += rest.y
    covariance[4, 4] += rest.z
    let expected = posterior.covariance
    for row in 0..<5 {
      #expect(abs(mean[row]) < 1e-6 * expected[row, row].squareRoot())
      for column in 0..<5 {
        let size = (expected[row, row] * expected[column, column]).squareRoot()
        #expect(abs(covariance[row, column] - expected[row, column]) < 1e-6 * size)
      }
    }
    #expect(rest.x > 0 && rest.z > 0 && rest.x * rest.z > rest.y * rest.y)
  }

  /// For an exact Gaussian the weights are equal; where the score is lower a sample weighs less.
  @Test func weightsFollowTheScores() throws {
    let matrix = curvature()
    func gaussian(_ sample: Alignment) -> Double {
      let vector = rotationVector(of: sample, about: pose)
      return 40 - 0.5 * vector.dot(matrix.times(vector))
    }
    var posterior = PosePosterior(curvature: matrix, at: pose, prior: prior(), narrow: 0)
    posterior.reweigh(about: pose, best: 40, score: gaussian)
    for index in 0..<PosteriorSamples.count { #expect(abs(posterior.weights[index] - 0.25) < 1e-3) }
    #expect(abs(posterior.effectiveSampleSize - 4) < 1e-2)
    // The posterior falls off more steeply towards one of them.
    let samples = try #require(PosteriorSamples(posterior, about: pose))
    let steep = samples.pose(2)
    posterior.reweigh(about: pose, best: 40) { sample in
      gaussian(sample) - (sample.rotation.angle(to: steep.rotation) < 1e-6 ? 2 : 0)
    }
    let total = (0..<PosteriorSamples.count).reduce(0.0) { $0 + Double(posterior.weights[$1]) }
    #expect(abs(total - 1) < 1e-6)
    #expect(abs(Double(posterior.weights[2] / posterior.weights[3]) - exp(-2)) < 1e-3)
    #expect(posterior.effectiveSampleSize < 3.7 && posterior.effectiveSampleSize > 2.5)
  }

  /// The displacement of a body's parts against finite differences of where six points appear whose second
  /// moments are those of an isotropic body.
  @Test func partsAppearAsFarApartAsPosesSay() {
    let posterior = PosePosterior(curvature: curvature(), at: pose, prior: prior(), narrow: 0)
    let gyration = 37.0
    let step = 1e-5
    func place(_ point: Vector3, _ parameter: Int, _ size: Double) -> Vector2 {
      var turn = Vector3.zero
      var position = pose.position
      if parameter < 3 { turn[parameter] = size } else { position[parameter - 3] += size }
      return (pose.rotation * Rotation(rotationVector: turn)).projected(point) + position
    }
    var expected = Vector3.zero
    for axis in 0..<3 {
      for sign in [-1.0, 1] {
        var point = Vector3.zero
        point[axis] = sign * gyration
        let moves = (0..<5).map {
          (place(point, $0, step) - place(point, $0, -step)) / (2 * step)
        }
        for (row, a) in moves.enumerated() {
          for (column, b) in moves.enumerated() {
            expected +=
              posterior.covariance[row, column] / 6 * Vector3(a.x * b.x, a.x * b.y, a.y * b.y)
          }
        }
      }
    }
    let found = posterior.displacement(gyration: gyration, at: pose)
    for index in 0..<3 { #expect(abs(found[index] - expected[index]) < 1e-4 * expected.x) }
  }

  /// Samples that are all impossible leave the best pose alone.
  @Test func impossibleSamplesAreDropped() {
    var posterior = PosePosterior(curvature: curvature(), at: pose, prior: prior(), narrow: 0)
    posterior.reweigh(about: randomAlignments(1)[0], best: 0) { _ in -1e6 }
    #expect(!posterior.isSampled && posterior.effectiveSampleSize == 1)
  }

  /// An image that says nothing has the width of its extents: Ω²/5 and T²/4 per axis.
  @Test func extentsBoundTheWidth() {
    let flat = PosePosterior(
      curvature: Matrix5(), at: pose, prior: prior(rotation: 0.2, shift: 6), narrow: 0)
    #expect(abs(flat.rotationDeviation - 0.2 / 5.0.squareRoot()) < 1e-12)
    #expect(abs(flat.shiftDeviation - 3) < 1e-12)
    let frozen = PosePosterior(
      curvature: curvature(), at: pose, prior: prior(rotation: 0, shift: 6), narrow: 0)
    #expect(frozen.rotationDeviation == 0 && !frozen.isSampled && frozen.shiftDeviation > 0)
    let narrow = PosePosterior(curvature: curvature(), at: pose, prior: prior(), narrow: 1)
    #expect(!narrow.isSampled && narrow.rotationDeviation > 0)
  }

  /// Without shifts the samples turn about the fulcrum, which stays in place.
  @Test func withoutShiftsTheFulcrumStays() throws {
    var prior = prior(shift: 0)
    prior.fulcrum = Vector3(14, -25, 9)
    let posterior = PosePosterior(curvature: curvature(), at: pose, prior: prior, narrow: 0)
    let samples = try #require(PosteriorSamples(posterior, about: pose))
    let held = pose.position + pose.rotation.projected(prior.fulcrum)
    for index in 0..<PosteriorSamples.count {
      let sample = samples.pose(index)
      let away = sample.position + sample.rotation.projected(prior.fulcrum) - held
      let turn = sample.rotation.angle(to: pose.rotation)
      // To first order in the turn.
      #expect((away * away).sum().squareRoot() < 30 * turn * turn)
      #expect(turn > 1e-3)
    }
    // The width is that of the fulcrum, not of the reference's origin, which swings about it.
    #expect(posterior.shiftDeviation(prior.shiftDerivatives(at: pose)) < 1e-6)
    #expect(posterior.shiftDeviation > 1e-2)
    prior.fulcrum = .zero
    let atOrigin = posterior.shiftDeviation(prior.shiftDerivatives(at: pose))
    #expect(abs(atOrigin - posterior.shiftDeviation) < 1e-12)
    #expect(samples.shiftCovariance.x < 1e-9 && samples.shiftCovariance.z < 1e-9)
  }
}
