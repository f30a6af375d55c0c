import CryoEM
import Glibc

/// Errors of poses in units of their Cramér–Rao bounds.
struct BoundStatistics {
  /// Root mean squares about and along an axis, of the errors within six deviations and of the bound:
  /// degrees and Å.
  private let rotation: (error: Double, bound: Double), shift: (error: Double, bound: Double)
  /// Median of |error|/bound over 0.6745, which is 1 for a Gaussian at the bound.
  private let robustRotation: Double, robustShift: Double
  /// √(median eᵀ F e / 4.3515): χ² of five degrees of freedom.
  private let whitened: Double
  private let outliers: Int

  /// - Parameters:
  ///   - errors: rotation vector (radians) and shift (Å) of each particle.
  ///   - information: the Fisher matrix of each.
  init(errors: [[Double]], information: [SquareMatrix]) {
    var chi: [Double] = []
    var ratios: (rotation: [Double], shift: [Double]) = ([], [])
    var squares = (0.0, 0.0, 0.0, 0.0)
    var kept = 0.0
    for (error, fisher) in zip(errors, information) {
      var sum = 0.0
      for index in 0..<25 {
        sum += error[index / 5] * fisher.values[index] * error[index % 5]
      }
      chi.append(sum)
      let inverse = fisher.inverse
      let units = (0..<5).map { abs(error[$0]) / inverse[$0, $0].squareRoot() }
      ratios.rotation += units[..<3]
      ratios.shift += units[3...]
      guard units.allSatisfy({ $0 < 6 }) else { continue }
      kept += 1
      for axis in 0..<5 {
        let (e, b) = (error[axis] * error[axis], inverse[axis, axis])
        if axis < 3 {
          squares.0 += e / 3
          squares.1 += b / 3
        } else {
          squares.2 += e / 2
          squares.3 += b / 2
        }
      }
    }
    rotation = (
      degrees((squares.0 / kept).squareRoot()), degrees((squares.1 / kept).squareRoot())
    )
    shift = ((squares.2 / kept).squareRoot(), (squares.3 / kept).squareRoot())
    robustRotation = Self.median(ratios.rotation) / 0.67449
    robustShift = Self.median(ratios.shift) / 0.67449
    whitened = (Self.median(chi) / 4.35146).squareRoot()
    outliers = errors.count - Int(kept)
  }

  /// Standard deviations about and along an axis of a Fisher matrix: radians and Å.
  static func deviations(_ information: SquareMatrix) -> (rotation: Double, shift: Double) {
    let inverse = information.inverse
    return (
      ((inverse[0, 0] + inverse[1, 1] + inverse[2, 2]) / 3).squareRoot(),
      ((inverse[3, 3] + inverse[4, 4]) / 2).squareRoot()
    )
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : sorted[sorted.count / 2]
  }

  func json(
    level: Double, noise: Double, signalToNoise: Double,
    predicted: (rotation: Double, shift: Double)
  ) -> String {
    func four(_ value: Double) -> Double { (value * 10000).rounded() / 10000 }
    return "{\"level_degrees\": \(level), \"signal_to_noise\": \(four(signalToNoise)), "
      + "\"rotation_error\": \(four(rotation.error)), \"rotation_bound\": "
      + "\(four(rotation.bound)), \"shift_error\": \(four(shift.error)), \"shift_bound\": "
      + "\(four(shift.bound)), \"rotation_ratio\": \(four(rotation.error / rotation.bound)), "
      + "\"shift_ratio\": \(four(shift.error / shift.bound)), \"robust_rotation_ratio\": "
      + "\(four(robustRotation)), \"robust_shift_ratio\": \(four(robustShift)), "
      + "\"whitened_ratio\": \(four(whitened)), \"outliers\": \(outliers), "
      + "\"median_posterior_rotation\": \(four(predicted.rotation)), "
      + "\"median_posterior_shift\": \(four(predicted.shift))}"
  }
}
