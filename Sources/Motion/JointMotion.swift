import CryoEM
import Glibc

/// How regions move against the first of them: a Gaussian over the six parameters of each (see
/// `MotionEvidence`), with a share of particles that do not follow it.
struct JointMotion: Sendable {
  var mean: [Double]
  var covariance: Matrix
  /// Share of outliers, which are `widening` times as far off and alike in all directions.
  var outliers = 0.02
  static let widening = 4.0
  static let mostOutliers = 0.05

  init(mean: [Double], covariance: Matrix) { (self.mean, self.covariance) = (mean, covariance) }

  var size: Int { mean.count }

  /// A first guess: as wide as what was found, alike in all directions.
  init(found: [[Double]], size: Int) {
    mean = [Double](repeating: 0, count: size)
    var squares = Matrix(size, size)
    for motion in found { for row in 0..<size { squares[row, row] += motion[row] * motion[row] } }
    covariance = Self.alike(squares * (1 / Double(max(found.count, 1))))
    for row in 0..<size {
      // A degree and an Å, where nothing moves at all.
      covariance[row, row] += row % 6 < 3 ? radians(1) * radians(1) : 1
    }
  }

  /// The same mean squares without couplings and preferred axes.
  static func alike(_ covariance: Matrix) -> Matrix {
    var result = Matrix(covariance.rows, covariance.rows)
    for first in stride(from: 0, to: covariance.rows, by: 3) {
      let mean = (first..<first + 3).reduce(0.0) { $0 + covariance[$1, $1] } / 3
      for axis in first..<first + 3 { result[axis, axis] = mean }
    }
    return result
  }

  /// A factor L of L Lᵀ = covariance; what has no width is given very little.
  var factor: Matrix {
    var held = covariance
    for row in 0..<size { held[row, row] += row % 6 < 3 ? 1e-12 : 1e-8 }
    return held.cholesky ?? .identity(size)
  }

  /// A factor of the outliers' covariance.
  var outlierFactor: Matrix {
    var factor = Matrix(size, size)
    let alike = Self.alike(covariance)
    for row in 0..<size {
      let least = row % 6 < 3 ? radians(1) : 0.5
      factor[row, row] = Self.widening * max(alike[row, row].squareRoot(), least)
    }
    return factor
  }

  /// The mean and the factor as numbers without limits, lengths in units of their own: what can be
  /// extrapolated.
  func coordinates(units: [Double]) -> [Double] {
    let factor = factor
    var values = zip(mean, units).map { $0 / $1 }
    for row in 0..<size {
      for column in 0..<row { values.append(factor[row, column] / units[row]) }
      values.append(log(factor[row, row]))
    }
    return values
  }

  /// The same motion with other coordinates.
  func with(coordinates: [Double], units: [Double]) -> JointMotion {
    var motion = self
    var factor = Matrix(size, size)
    var next = size
    for row in 0..<size {
      motion.mean[row] = coordinates[row] * units[row]
      for column in 0..<row {
        factor[row, column] = coordinates[next] * units[row]
        next += 1
      }
      factor[row, row] = exp(coordinates[next])
      next += 1
    }
    motion.covariance = factor * factor.transposed
    return motion
  }

  var deviations: [Double] {
    (0..<size).map { max(covariance[$0, $0], 1e-12).squareRoot() }
  }
}
