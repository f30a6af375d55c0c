/// A polynomial Σ c_ij · xⁱ · yʲ of small degree on the plane of spatial frequencies.
///
/// Every phase of the contrast transfer function is one: defocus and astigmatism of degree 2, the
/// spherical aberration of degree 4, Zernike terms of their own degree, and a linear distortion of
/// the plane leaves them polynomials. A row of pixels is then a polynomial of x alone.
struct PlanePolynomial: Sendable, Equatable {
  /// Largest power of x and of y.
  let degree: Int
  /// Coefficient of xⁱyʲ at i · (degree + 1) + j.
  private(set) var coefficients: [Double]

  /// The zero polynomial with room for powers up to `degree`.
  init(degree: Int) {
    self.degree = degree
    self.coefficients = [Double](repeating: 0, count: (degree + 1) * (degree + 1))
  }

  /// A constant.
  init(constant: Double) {
    self.init(degree: 0)
    coefficients[0] = constant
  }

  /// a·x + b·y.
  init(linear a: Double, _ b: Double) {
    self.init(degree: 1)
    self[1, 0] = a
    self[0, 1] = b
  }

  /// The coefficient of xⁱyʲ.
  subscript(i: Int, j: Int) -> Double {
    get { i <= degree && j <= degree ? coefficients[i * (degree + 1) + j] : 0 }
    set { coefficients[i * (degree + 1) + j] = newValue }
  }

  static func + (left: Self, right: Self) -> Self {
    var sum = PlanePolynomial(degree: max(left.degree, right.degree))
    for i in 0...sum.degree {
      for j in 0...sum.degree { sum[i, j] = left[i, j] + right[i, j] }
    }
    return sum
  }

  static func * (factor: Double, right: Self) -> Self {
    var product = right
    for index in product.coefficients.indices { product.coefficients[index] *= factor }
    return product
  }

  static func * (left: Self, right: Self) -> Self {
    var product = PlanePolynomial(degree: left.degree + right.degree)
    for i in 0...left.degree {
      for j in 0...left.degree where left[i, j] != 0 {
        for k in 0...right.degree {
          for l in 0...right.degree where right[k, l] != 0 {
            product[i + k, j + l] += left[i, j] * right[k, l]
          }
        }
      }
    }
    return product
  }

  /// This polynomial raised to a power.
  func power(_ exponent: Int) -> Self {
    var result = PlanePolynomial(constant: 1)
    for _ in 0..<exponent { result = result * self }
    return result
  }

  /// p(x', y') with x' and y' polynomials of x and y.
  func substituting(x: Self, y: Self) -> Self {
    var result = PlanePolynomial(degree: 0)
    for i in 0...degree {
      for j in 0...degree where self[i, j] != 0 {
        result = result + self[i, j] * (x.power(i) * y.power(j))
      }
    }
    return result
  }

  /// The value at a point.
  func value(at point: Vector2) -> Double {
    row(at: point.y).reversed().reduce(0) { $0 * point.x + $1 }
  }

  /// The coefficients of 1, x, x², … on the line of this y.
  func row(at y: Double) -> [Double] {
    (0...degree).map { i in
      (0...degree).reversed().reduce(0) { $0 * y + self[i, $1] }
    }
  }
}
