/// A complex number in single precision: x the real, y the imaginary part; FFTW's layout.
public typealias ComplexFloat = SIMD2<Float>

extension SIMD2 where Scalar == Float {
  /// The complex conjugate.
  @inlinable public var conjugated: ComplexFloat { ComplexFloat(x, -y) }
  /// The squared modulus.
  @inlinable public var squaredModulus: Float { x * x + y * y }
  /// The complex product.
  @inlinable public func times(_ other: ComplexFloat) -> ComplexFloat {
    ComplexFloat(x * other.x - y * other.y, x * other.y + y * other.x)
  }
  /// The unit number of the given angle, radians.
  @inlinable public static func unit(angle: Double) -> ComplexFloat {
    let (s, c) = sineAndCosine(angle)
    return ComplexFloat(Float(c), Float(s))
  }
}
