import Glibc

/// A dense matrix of a few rows, by rows, of a size that the number of regions decides. Factors and eigenvectors are
/// those of symmetric ones.
///
/// Those of a pose are another type (Refinement/Search/SmallMatrix): of one size each, in place and plain data, for the
/// search and for checkpoints. Jacobi's rotations are applied in another order there, and end at another rest: one in
/// place of the other changes last digits.
struct Matrix: Sendable, Equatable {
  let rows: Int, columns: Int
  var elements: [Double]

  /// Zeros.
  init(_ rows: Int, _ columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    elements = [Double](repeating: 0, count: rows * columns)
  }

  static func identity(_ size: Int) -> Matrix {
    var matrix = Matrix(size, size)
    for index in 0..<size { matrix[index, index] = 1 }
    return matrix
  }

  subscript(row: Int, column: Int) -> Double {
    get { elements[row * columns + column] }
    set { elements[row * columns + column] = newValue }
  }

  static func + (left: Matrix, right: Matrix) -> Matrix {
    var sum = left
    for index in sum.elements.indices { sum.elements[index] += right.elements[index] }
    return sum
  }

  static func - (left: Matrix, right: Matrix) -> Matrix { left + right * -1 }

  static func * (left: Matrix, factor: Double) -> Matrix {
    var product = left
    for index in product.elements.indices { product.elements[index] *= factor }
    return product
  }

  static func * (left: Matrix, right: Matrix) -> Matrix {
    var product = Matrix(left.rows, right.columns)
    for row in 0..<left.rows {
      for k in 0..<left.columns {
        let factor = left[row, k]
        if factor == 0 { continue }
        for column in 0..<right.columns { product[row, column] += factor * right[k, column] }
      }
    }
    return product
  }

  static func * (left: Matrix, vector: [Double]) -> [Double] {
    (0..<left.rows).map { row in
      (0..<left.columns).reduce(0.0) { $0 + left[row, $1] * vector[$1] }
    }
  }

  var transposed: Matrix {
    var matrix = Matrix(columns, rows)
    for row in 0..<rows { for column in 0..<columns { matrix[column, row] = self[row, column] } }
    return matrix
  }

  var trace: Double { (0..<rows).reduce(0) { $0 + self[$1, $1] } }

  func block(_ row: Int, _ column: Int, rows: Int, columns: Int) -> Matrix {
    var block = Matrix(rows, columns)
    for i in 0..<rows { for j in 0..<columns { block[i, j] = self[row + i, column + j] } }
    return block
  }

  mutating func set(_ block: Matrix, at row: Int, _ column: Int) {
    for i in 0..<block.rows {
      for j in 0..<block.columns { self[row + i, column + j] = block[i, j] }
    }
  }

  /// Lower Cholesky factor; nil where the matrix is not positive definite.
  var cholesky: Matrix? {
    var factor = Matrix(rows, rows)
    for row in 0..<rows {
      for column in 0...row {
        var sum = self[row, column]
        for k in 0..<column { sum -= factor[row, k] * factor[column, k] }
        if row == column {
          guard sum > 0 else { return nil }
          factor[row, row] = sum.squareRoot()
        } else {
          factor[row, column] = sum / factor[column, column]
        }
      }
    }
    return factor
  }

  /// The solution of L Lᵀ x = b for this lower factor L.
  func solvingAsFactor(_ b: [Double]) -> [Double] {
    var x = b
    for row in 0..<rows {
      var sum = x[row]
      for k in 0..<row { sum -= self[row, k] * x[k] }
      x[row] = sum / self[row, row]
    }
    for row in (0..<rows).reversed() {
      var sum = x[row]
      for k in row + 1..<rows { sum -= self[k, row] * x[k] }
      x[row] = sum / self[row, row]
    }
    return x
  }

  /// The inverse of L Lᵀ for this lower factor L.
  var inverseAsFactor: Matrix {
    var inverse = Matrix(rows, rows)
    for column in 0..<rows {
      var unit = [Double](repeating: 0, count: rows)
      unit[column] = 1
      let solution = solvingAsFactor(unit)
      for row in 0..<rows { inverse[row, column] = solution[row] }
    }
    return inverse
  }

  /// L⁻¹ for this lower factor L.
  var invertedFactor: Matrix {
    var inverse = Matrix(rows, rows)
    for column in 0..<rows {
      for row in column..<rows {
        var sum = row == column ? 1.0 : 0.0
        for k in column..<row { sum -= self[row, k] * inverse[k, column] }
        inverse[row, column] = sum / self[row, row]
      }
    }
    return inverse
  }

  /// ln of the determinant of L Lᵀ for this lower factor L.
  var logDeterminantAsFactor: Double { (0..<rows).reduce(0) { $0 + 2 * log(self[$1, $1]) } }

  /// The eigenvalues, the largest first, and the orthogonal matrix whose columns are their vectors, by
  /// Jacobi's rotations.
  var eigen: (values: [Double], vectors: Matrix) {
    var matrix = self
    var vectors = Matrix.identity(rows)
    for _ in 0..<100 {
      var rest = 0.0
      for row in 0..<rows { for column in 0..<row { rest += abs(matrix[row, column]) } }
      guard rest > 1e-14 * abs(matrix.trace) else { break }
      for p in 0..<rows {
        for q in p + 1..<rows where matrix[p, q] != 0 {
          let theta = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          matrix.turnRows(p, q, c, t * c)
          matrix.turnColumns(p, q, c, t * c)
          vectors.turnColumns(p, q, c, t * c)
        }
      }
    }
    let order = (0..<rows).sorted { (matrix[$0, $0], $1) > (matrix[$1, $1], $0) }
    var sorted = Matrix(rows, rows)
    for (place, index) in order.enumerated() {
      for row in 0..<rows { sorted[row, place] = vectors[row, index] }
    }
    return (order.map { matrix[$0, $0] }, sorted)
  }

  private mutating func turnRows(_ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    for column in 0..<columns {
      let (a, b) = (self[p, column], self[q, column])
      self[p, column] = c * a - s * b
      self[q, column] = s * a + c * b
    }
  }

  private mutating func turnColumns(_ p: Int, _ q: Int, _ c: Double, _ s: Double) {
    for row in 0..<rows {
      let (a, b) = (self[row, p], self[row, q])
      self[row, p] = c * a - s * b
      self[row, q] = s * a + c * b
    }
  }
}
