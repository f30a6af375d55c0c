import Glibc

/// A Gaussian with the mean μ and a covariance L Lᵀ, ready to meet what images say: with x = μ + L u, u
/// is standard normal beforehand.
struct Whitened: Sendable {
  let mean: [Double]
  let factor: Matrix

  /// Where it meets the images, one after the other: the mean of u and its covariance by the last one.
  struct Meeting {
    private let size: Int
    private var half: [Double], root: [Double], about: [Double], right: [Double]
    private(set) var mean: [Double]
    private(set) var covariance: [Double]

    init(size: Int) {
      self.size = size
      (half, root, covariance) = (
        [Double](repeating: 0, count: size * size), [Double](repeating: 0, count: size * size),
        [Double](repeating: 0, count: size * size)
      )
      (about, right, mean) = (
        [Double](repeating: 0, count: size), [Double](repeating: 0, count: size),
        [Double](repeating: 0, count: size)
      )
    }

    /// The logarithm of the likelihood, but for a constant of the image; nil where the image's word is no
    /// maximum even with what is believed. Leaves the mean.
    mutating func evidence(_ said: MotionEvidence, _ motion: Whitened) -> Double? {
      prepare(said, motion)
      guard let logDeterminant = factorise() else { return nil }
      var evidence = -0.5 * logDeterminant
      for index in 0..<size {
        evidence +=
          motion.mean[index] * (said.vector[index] - 0.5 * about[index])
      }
      solve()
      for index in 0..<size { evidence += 0.5 * right[index] * mean[index] }
      return evidence
    }

    /// 1 + LᵀJL and Lᵀ(h − Jμ).
    private mutating func prepare(_ said: MotionEvidence, _ motion: Whitened) {
      let size = size
      for row in 0..<size {
        var sum = 0.0
        for k in 0..<size { sum += said.information.elements[row * size + k] * motion.mean[k] }
        about[row] = sum
        for column in 0..<size { half[row * size + column] = 0 }
        for k in 0..<size {
          let value = said.information.elements[row * size + k]
          if value == 0 { continue }
          for column in 0..<size {
            half[row * size + column] += value * motion.factor.elements[k * size + column]
          }
        }
      }
      for row in 0..<size {
        for column in 0...row { root[row * size + column] = row == column ? 1 : 0 }
        right[row] = 0
      }
      for k in 0..<size {
        let force = said.vector[k] - about[k]
        for row in 0..<size {
          let value = motion.factor.elements[k * size + row]
          if value == 0 { continue }
          right[row] += value * force
          for column in 0...row {
            root[row * size + column] += value * half[k * size + column]
          }
        }
      }
    }

    /// Cholesky's factor in place of the lower triangle; ln of the determinant.
    private mutating func factorise() -> Double? {
      let size = size
      var product = 0.0
      for row in 0..<size {
        for column in 0...row {
          var sum = root[row * size + column]
          for k in 0..<column { sum -= root[row * size + k] * root[column * size + k] }
          if row == column {
            guard sum > 0 else { return nil }
            product += log(sum)
            root[row * size + row] = sum.squareRoot()
          } else {
            root[row * size + column] = sum / root[column * size + column]
          }
        }
      }
      return product
    }

    private mutating func solve() {
      let size = size
      for row in 0..<size {
        var sum = right[row]
        for k in 0..<row { sum -= root[row * size + k] * mean[k] }
        mean[row] = sum / root[row * size + row]
      }
      for row in (0..<size).reversed() {
        var sum = mean[row]
        for k in row + 1..<size { sum -= root[k * size + row] * mean[k] }
        mean[row] = sum / root[row * size + row]
      }
    }

    /// Makes the covariance of the last meeting: (M Mᵀ)⁻¹ = M⁻ᵀ M⁻¹ of the factor M.
    mutating func spread() {
      let size = size
      // M⁻¹, a lower triangle.
      for column in 0..<size {
        for row in column..<size {
          var sum = row == column ? 1.0 : 0.0
          for k in column..<row { sum -= root[row * size + k] * half[k * size + column] }
          half[row * size + column] = sum / root[row * size + row]
        }
      }
      for row in 0..<size {
        for column in 0...row {
          var sum = 0.0
          for k in row..<size { sum += half[k * size + row] * half[k * size + column] }
          covariance[row * size + column] = sum
          covariance[column * size + row] = sum
        }
      }
    }
  }
}
