import CryoEM
import Ground
import Testing

@testable import Refinement

struct PosePriorTests {
  private func prior(
    rotation: Double = radians(5), shift: Double = 3, extents: (Double, Double) = (1, 20)
  ) -> PosePrior {
    PosePrior(
      centre: randomAlignments(1, seed: 5)[0], fulcrum: Vector3(22, -31, 14),
      gaussian: PoseGaussian(
        rotationPrecision: 1 / (rotation * rotation), shiftPrecision: 1 / (shift * shift)),
      rotationExtent: extents.0, shiftExtent: extents.1)
  }

  private func pose(_ prior: PosePrior, turn: Vector3, shift: Vector2) -> Alignment {
    let rotation = prior.centre.rotation * Rotation(rotationVector: turn)
    let held = prior.centre.position + prior.centre.rotation.projected(prior.fulcrum)
    return Alignment(
      rotation: rotation, position: held + shift - rotation.projected(prior.fulcrum))
  }

  /// −|log dR|²/2σ_r² − |dt|²/2σ_t², with dt the motion of the projected fulcrum.
  @Test func valueIsTheFormula() {
    let prior = prior()
    let turn = Vector3(0.05, -0.08, 0.03)
    let pose = pose(prior, turn: turn, shift: Vector2(1.5, -2))
    let expected =
      -0.5 * (turn * turn).sum() / (radians(5) * radians(5)) - 0.5 * (1.5 * 1.5 + 4) / 9
    #expect(abs(prior.logDensity(of: pose) - expected) < 1e-10)
    let (rotation, shift) = prior.change(of: pose)
    #expect((rotation - turn).max() < 1e-12 && (shift - Vector2(1.5, -2)).max() < 1e-10)
    #expect(prior.logDensity(of: prior.centre) == 0)
  }

  /// A Gaussian with couplings and a mean, and outliers.
  private func coupled(outliers: Double) -> PoseGaussian {
    var generator = SeededGenerator(seed: 19)
    var precision = Matrix5()
    for _ in 0..<7 {
      var v = Vector5()
      for i in 0..<5 { v[i] = generator.normal() * (i < 3 ? 15 : 0.3) }
      precision = precision + Matrix5(square: v)
    }
    return PoseGaussian(
      mean: Vector5(Vector3(0.02, 0, -0.03), Vector2(0.5, 1)), precision: precision,
      outliers: outliers)
  }

  /// The slope of a prior with couplings, and about another pose than the extents are, against finite
  /// differences.
  @Test(arguments: [0, 0.1]) func coupledSlopesAreThoseOfTheValue(outliers: Double) {
    var prior = prior()
    prior.gaussian = coupled(outliers: outliers)
    prior.start = pose(prior, turn: Vector3(0.1, 0.2, -0.1), shift: Vector2(-1, 1))
    let pose = pose(prior, turn: Vector3(0.3, -0.2, 0.25), shift: Vector2(2, -3))
    var evaluation = PoseEvaluation()
    prior.add(
      at: pose, value: &evaluation.value, gradient: &evaluation.gradient,
      curvature: &evaluation.curvature)
    #expect(abs(evaluation.value - prior.logDensity(of: pose)) < 1e-12)
    for row in 0..<5 {
      let h = row < 3 ? 1e-5 : 1e-3
      func value(_ step: Double) -> Double {
        var delta = Vector5()
        delta[row] = step
        return prior.logDensity(of: Polish.moved(pose, by: delta))
      }
      let slope = (value(h) - value(-h)) / (2 * h)
      #expect(abs(slope - evaluation.gradient[row]) < 1e-5 * abs(slope) + 1e-6, "parameter \(row)")
    }
    // Outliers are pulled less than others.
    let density = coupled(outliers: 0.1).density(of: prior.changeFromStart(of: pose))
    #expect(density.weight < 0.1 && density.weight >= 1 / 16.0)
  }

  /// A log likelihood that is quadratic in the change is known from its slopes by the parameters.
  @Test func likelihoodIsThatOfTheChange() {
    var prior = prior()
    prior.gaussian = coupled(outliers: 0)
    // The Gaussian itself as a likelihood: J its precision, h = J · mean.
    let pose = pose(prior, turn: Vector3(0.3, -0.2, 0.25), shift: Vector2(2, -3))
    var evaluation = PoseEvaluation()
    prior.add(
      at: pose, value: &evaluation.value, gradient: &evaluation.gradient,
      curvature: &evaluation.curvature)
    let found = prior.likelihood(
      at: pose, gradient: evaluation.gradient, curvature: evaluation.curvature)
    let gaussian = coupled(outliers: 0)
    let expected = gaussian.precision.times(gaussian.mean)
    for row in 0..<5 {
      let size = gaussian.precision[row, row].squareRoot()
      #expect(abs(found.vector[row] - expected[row]) < 1e-4 * size, "\(row)")
      for column in 0..<5 {
        let both = size * gaussian.precision[column, column].squareRoot()
        #expect(
          abs(found.information[row, column] - gaussian.precision[row, column]) < 1e-5 * both)
      }
    }
    // And its width by the parameters at the pose.
    if let width = gaussian.precision.inverse, let local = evaluation.curvature.inverse {
      let moved = prior.covariance(ofChange: width, at: pose)
      for row in 0..<5 {
        #expect(abs(moved[row, row] - local[row, row]) < 1e-9 * local[row, row])
      }
    }
  }

  /// Against finite differences, with a fulcrum far from the origin.
  @Test func derivativesAreThoseOfTheValue() {
    let prior = prior()
    let pose = pose(prior, turn: Vector3(0.05, -0.08, 0.03), shift: Vector2(1.5, -2))
    func value(_ steps: [(Int, Double)]) -> Double {
      var delta = Vector5()
      for (index, step) in steps { delta[index] += step }
      return prior.logDensity(of: Polish.moved(pose, by: delta))
    }
    var evaluation = PoseEvaluation()
    prior.add(
      at: pose, value: &evaluation.value, gradient: &evaluation.gradient,
      curvature: &evaluation.curvature)
    #expect(abs(evaluation.value - prior.logDensity(of: pose)) < 1e-12)
    let steps = [1e-4, 1e-4, 1e-4, 1e-2, 1e-2]
    for row in 0..<5 {
      let h = steps[row]
      let slope = (value([(row, h)]) - value([(row, -h)])) / (2 * h)
      #expect(abs(slope - evaluation.gradient[row]) < 1e-4 * abs(slope) + 1e-6, "parameter \(row)")
    }
    // Gauss and Newton's curvature is exact at the centre.
    var centre = PoseEvaluation()
    prior.add(
      at: prior.centre, value: &centre.value, gradient: &centre.gradient,
      curvature: &centre.curvature)
    for row in 0..<5 {
      #expect(abs(centre.gradient[row]) < 1e-9)
      for column in 0..<5 {
        let (h, k) = (steps[row], steps[column])
        func at(_ a: Double, _ b: Double) -> Double {
          var delta = Vector5()
          delta[row] += a
          delta[column] += b
          return prior.logDensity(of: Polish.moved(prior.centre, by: delta))
        }
        let second = (at(h, k) - at(h, -k) - at(-h, k) + at(-h, -k)) / (4 * h * k)
        let size = (centre.curvature[row, row] * centre.curvature[column, column]).squareRoot()
        #expect(abs(-second - centre.curvature[row, column]) < 1e-3 * size)
      }
    }
  }

  @Test func clampsRotationAboutTheFulcrum() {
    let prior = prior(extents: (0.1, 2))
    let turn = Vector3(0.3, -0.1, 0.2)
    let wild = pose(prior, turn: turn, shift: Vector2(0.4, 0.3))
    let held = prior.clamped(wild)
    let (rotation, shift) = prior.change(of: held)
    #expect(abs((rotation * rotation).sum().squareRoot() - 0.1) < 1e-9)
    // Along the same axis, and the fulcrum's shift untouched.
    let length = (turn * turn).sum().squareRoot()
    for axis in 0..<3 { #expect(abs(rotation[axis] - 0.1 * turn[axis] / length) < 1e-9) }
    #expect(abs(shift.x - 0.4) < 1e-9 && abs(shift.y - 0.3) < 1e-9)
    #expect(prior.isAtLimit(held) && !prior.isAtLimit(prior.centre))
  }

  @Test func clampsTheShiftOfTheFulcrum() {
    let prior = prior(extents: (0.5, 2))
    let wild = pose(prior, turn: Vector3(0.1, 0, 0), shift: Vector2(3, -4))
    let held = prior.clamped(wild)
    let (rotation, shift) = prior.change(of: held)
    #expect(abs(rotation.x - 0.1) < 1e-9)
    #expect(abs(shift.x - 1.2) < 1e-9 && abs(shift.y + 1.6) < 1e-9)
    #expect(prior.isAtLimit(held))
    let tame = pose(prior, turn: Vector3(0.1, 0, 0), shift: Vector2(1, 0))
    #expect(prior.clamped(tame) == tame && !prior.isAtLimit(tame))
  }

  /// Extents of zero leave nothing to move, and are no limit to be at.
  @Test func zeroExtentsHoldThePose() {
    let prior = prior(extents: (0, 0))
    let held = prior.clamped(pose(prior, turn: Vector3(0.3, 0, 0.1), shift: Vector2(3, 1)))
    #expect(held.rotation.angle(to: prior.centre.rotation) < 1e-7)
    let away = held.position - prior.centre.position
    #expect((away * away).sum() < 1e-16)
    #expect(!prior.isAtLimit(held))
  }
}
