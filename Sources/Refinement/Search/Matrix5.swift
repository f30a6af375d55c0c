/// A vector of the five parameters of a pose: rotation vector (radians, in the body's frame) and the
/// position of the reference's origin in the image (Å).
struct Vector5: Sendable {
  var elements: InlineArray<5, Double>

  init() { elements = InlineArray(repeating: 0) }

  subscript(index: Int) -> Double {
    get { elements[index] }
    set { elements[index] = newValue }
  }

  func dot(_ other: Vector5) -> Double {
    var sum = 0.0
    for index in 0..<5 { sum += elements[index] * other.elements[index] }
    return sum
  }
}

/// A symmetric 5×5 matrix, stored whole.
struct Matrix5: Sendable {
  var elements: InlineArray<25, Double>

  init() { elements = InlineArray(repeating: 0) }

  subscript(row: Int, column: Int) -> Double {
    get { elements[5 * row + column] }
    set { elements[5 * row + column] = newValue }
  }

  /// The product with a vector.
  func times(_ v: Vector5) -> Vector5 {
    var product = Vector5()
    for row in 0..<5 {
      var sum = 0.0
      for column in 0..<5 { sum += self[row, column] * v[column] }
      product[row] = sum
    }
    return product
  }

  /// Lower Cholesky factor; nil where the matrix is not positive definite.
  var cholesky: Matrix5? {
    var factor = Matrix5()
    for row in 0..<5 {
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
  func solvingAsFactor(_ b: Vector5) -> Vector5 {
    var x = b
    for row in 0..<5 {
      var sum = x[row]
      for k in 0..<row { sum -= self[row, k] * x[k] }
      x[row] = sum / self[row, row]
    }
    for row in (0..<5).reversed() {
      var sum = x[row]
      for k in row + 1..<5 { sum -= self[k, row] * x[k] }
      x[row] = sum / self[row, row]
    }
    return x
  }

  /// The inverse; nil where the matrix is not positive definite.
  var inverse: Matrix5? {
    guard let factor = cholesky else { return nil }
    var inverse = Matrix5()
    for column in 0..<5 {
      var unit = Vector5()
      unit[column] = 1
      let solution = factor.solvingAsFactor(unit)
      for row in 0..<5 { inverse[row, column] = solution[row] }
    }
    return inverse
  }
}
