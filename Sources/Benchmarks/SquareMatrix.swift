/// A small square matrix of doubles, row by row.
struct SquareMatrix: Sendable {
  let size: Int
  var values: [Double]

  /// All zero.
  init(size: Int) {
    self.size = size
    values = [Double](repeating: 0, count: size * size)
  }

  subscript(row: Int, column: Int) -> Double {
    get { values[row * size + column] }
    set { values[row * size + column] = newValue }
  }

  static func / (matrix: SquareMatrix, divisor: Double) -> SquareMatrix {
    var result = matrix
    for index in result.values.indices { result.values[index] /= divisor }
    return result
  }

  /// The block on the diagonal that begins at a row.
  func block(_ first: Int, size count: Int) -> SquareMatrix {
    var result = SquareMatrix(size: count)
    for row in 0..<count {
      for column in 0..<count { result[row, column] = self[first + row, first + column] }
    }
    return result
  }

  /// The inverse of a positive definite matrix by Gauss–Jordan elimination.
  var inverse: SquareMatrix {
    var (left, right) = (self, SquareMatrix(size: size))
    for index in 0..<size { right[index, index] = 1 }
    for pivot in 0..<size {
      let factor = 1 / left[pivot, pivot]
      for column in 0..<size {
        left[pivot, column] *= factor
        right[pivot, column] *= factor
      }
      for row in 0..<size where row != pivot {
        let multiple = left[row, pivot]
        for column in 0..<size {
          left[row, column] -= multiple * left[pivot, column]
          right[row, column] -= multiple * right[pivot, column]
        }
      }
    }
    return right
  }

  /// The lower triangle L of a positive definite matrix L Lᵀ.
  var cholesky: SquareMatrix {
    var root = SquareMatrix(size: size)
    for row in 0..<size {
      for column in 0...row {
        let sum = (0..<column).reduce(self[row, column]) {
          $0 - root[row, $1] * root[column, $1]
        }
        root[row, column] =
          row == column ? max(0, sum).squareRoot() : sum / root[column, column]
      }
    }
    return root
  }
}
