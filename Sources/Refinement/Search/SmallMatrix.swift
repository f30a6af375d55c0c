import CryoEM
import Glibc

/// A vector of a few numbers, in place.
struct SmallVector<let size: Int>: Sendable {
  private var elements = InlineArray<size, Double>(repeating: 0)

  init() {}

  subscript(index: Int) -> Double {
    get { elements[index] }
    set { elements[index] = newValue }
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for index in 0..<size { sum[index] += right[index] }
    return sum
  }

  static func - (left: Self, right: Self) -> Self {
    var difference = left
    for index in 0..<size { difference[index] -= right[index] }
    return difference
  }

  static func * (vector: Self, factor: Double) -> Self {
    var product = vector
    for index in 0..<size { product[index] *= factor }
    return product
  }

  func dot(_ other: Self) -> Double {
    var sum = 0.0
    for index in 0..<size { sum += elements[index] * other.elements[index] }
    return sum
  }
}

/// A vector of the five parameters of a pose: rotation vector (radians, in the body's frame), and a
/// position or a shift in the image (Å).
typealias Vector5 = SmallVector<5>

extension Vector5 {
  init(_ rotation: Vector3, _ shift: Vector2) {
    self.init()
    for axis in 0..<3 { self[axis] = rotation[axis] }
    for axis in 0..<2 { self[3 + axis] = shift[axis] }
  }

  var rotation: Vector3 { Vector3(self[0], self[1], self[2]) }
  var shift: Vector2 { Vector2(self[3], self[4]) }
}

extension SmallVector<3> {
  init(_ vector: Vector3) {
    self.init()
    for axis in 0..<3 { self[axis] = vector[axis] }
  }
}

extension Vector3 {
  init(_ vector: SmallVector<3>) { self.init(vector[0], vector[1], vector[2]) }
}

/// A square matrix of a few rows, stored whole and in place. Factors, inverses and eigenvectors are
/// those of symmetric ones.
struct SmallMatrix<let size: Int>: Sendable {
  private var rows = InlineArray<size, SmallVector<size>>(repeating: SmallVector())

  init() {}

  static var identity: Self {
    var matrix = Self()
    for index in 0..<size { matrix[index, index] = 1 }
    return matrix
  }

  subscript(row: Int, column: Int) -> Double {
    get { rows[row][column] }
    set { rows[row][column] = newValue }
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = left
    for row in 0..<size { sum.rows[row] = left.rows[row] + right.rows[row] }
    return sum
  }

  static func - (left: Self, right: Self) -> Self {
    var difference = left
    for row in 0..<size { difference.rows[row] = left.rows[row] - right.rows[row] }
    return difference
  }

  static func * (matrix: Self, factor: Double) -> Self {
    var product = matrix
    for row in 0..<size { product.rows[row] = matrix.rows[row] * factor }
    return product
  }

  /// v vᵀ.
  init(square v: SmallVector<size>) {
    for row in 0..<size { rows[row] = v * v[row] }
  }

  func times(_ other: Self) -> Self {
    var product = Self()
    for row in 0..<size {
      for k in 0..<size { product.rows[row] = product.rows[row] + other.rows[k] * self[row, k] }
    }
    return product
  }

  /// The product with a vector.
  func times(_ v: SmallVector<size>) -> SmallVector<size> {
    var product = SmallVector<size>()
    for row in 0..<size { product[row] = rows[row].dot(v) }
    return product
  }

  /// The product of the transpose with a vector.
  func transposedTimes(_ v: SmallVector<size>) -> SmallVector<size> {
    var product = SmallVector<size>()
    for row in 0..<size { product = product + rows[row] * v[row] }
    return product
  }

  var transposed: Self {
    var matrix = Self()
    for row in 0..<size { for column in 0..<size { matrix[row, column] = self[column, row] } }
    return matrix
  }

  /// Bᵀ A B.
  func congruent(by b: Self) -> Self {
    var product = Self()
    let half = times(b)
    for k in 0..<size {
      for row in 0..<size { product.rows[row] = product.rows[row] + half.rows[k] * b[k, row] }
    }
    return product
  }

  /// M A Mᵀ for a linear map M.
  func carried<let other: Int>(
    by map: (SmallVector<size>) -> SmallVector<other>
  ) -> SmallMatrix<other> {
    var half = InlineArray<size, SmallVector<other>>(repeating: SmallVector())
    for row in 0..<size { half[row] = map(rows[row]) }
    var result = SmallMatrix<other>()
    for column in 0..<other {
      var vector = SmallVector<size>()
      for row in 0..<size { vector[row] = half[row][column] }
      let image = map(vector)
      for row in 0..<other { result[row, column] = image[row] }
    }
    return result
  }

  var trace: Double { (0..<size).reduce(0) { $0 + self[$1, $1] } }

  /// Lower Cholesky factor; nil where the matrix is not positive definite.
  var cholesky: Self? {
    var factor = Self()
    for row in 0..<size {
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
  func solvingAsFactor(_ b: SmallVector<size>) -> SmallVector<size> {
    var x = b
    for row in 0..<size {
      var sum = x[row]
      for k in 0..<row { sum -= self[row, k] * x[k] }
      x[row] = sum / self[row, row]
    }
    for row in (0..<size).reversed() {
      var sum = x[row]
      for k in row + 1..<size { sum -= self[k, row] * x[k] }
      x[row] = sum / self[row, row]
    }
    return x
  }

  /// ln of the determinant of L Lᵀ for this lower factor L.
  var logDeterminantAsFactor: Double { (0..<size).reduce(0) { $0 + 2 * log(self[$1, $1]) } }

  /// The inverse of L Lᵀ for this lower factor L.
  var inverseAsFactor: Self {
    var inverse = Self()
    for column in 0..<size {
      var unit = SmallVector<size>()
      unit[column] = 1
      let solution = solvingAsFactor(unit)
      for row in 0..<size { inverse[row, column] = solution[row] }
    }
    return inverse
  }

  /// The inverse; nil where the matrix is not positive definite.
  var inverse: Self? { cholesky?.inverseAsFactor }

  /// The eigenvalues and the orthogonal matrix whose columns are their vectors, by Jacobi's rotations.
  var eigen: (values: SmallVector<size>, vectors: Self) {
    var matrix = self
    var vectors = Self.identity
    for _ in 0..<60 {
      var rest = 0.0
      for row in 0..<size { for column in 0..<row { rest += abs(matrix[row, column]) } }
      guard rest > 1e-15 * abs(matrix.trace) else { break }
      for p in 0..<size {
        for q in p + 1..<size where matrix[p, q] != 0 {
          let theta = (matrix[q, q] - matrix[p, p]) / (2 * matrix[p, q])
          let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
          let c = 1 / (t * t + 1).squareRoot()
          var turn = Self.identity
          (turn[p, p], turn[p, q], turn[q, p], turn[q, q]) = (c, t * c, -t * c, c)
          matrix = matrix.congruent(by: turn)
          for row in 0..<size {
            let (a, b) = (vectors[row, p], vectors[row, q])
            (vectors[row, p], vectors[row, q]) = (c * a - t * c * b, t * c * a + c * b)
          }
        }
      }
    }
    var values = SmallVector<size>()
    for index in 0..<size { values[index] = matrix[index, index] }
    return (values, vectors)
  }
}

/// A symmetric matrix of the five parameters of a pose.
typealias Matrix5 = SmallMatrix<5>
