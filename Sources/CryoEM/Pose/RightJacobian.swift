import Glibc

extension Rotation {
  /// The right Jacobian of the exponential map at v, or its inverse: exp(v + J⁻¹w) = exp(v)·exp(w) to
  /// first order.
  ///
  /// J = 1 − (1 − cos a)/a² [v]× + (a − sin a)/a³ [v]×² and
  /// J⁻¹ = 1 + ½ [v]× + (1/a² − (1 + cos a)/(2a sin a)) [v]×², a = |v| (Chirikjian, Stochastic Models,
  /// Information Theory, and Lie Groups, volume 2). Returns its rows.
  public static func rightJacobian(at v: Vector3, inverse: Bool = false) -> [Vector3] {
    let square = (v * v).sum()
    let angle = square.squareRoot()
    let (first, second): (Double, Double)
    if inverse {
      first = 0.5
      second =
        angle < 1e-3
        ? 1.0 / 12 : 1 / square - (1 + cos(angle)) / (2 * angle * max(sin(angle), 1e-9))
    } else {
      first = angle < 1e-3 ? -0.5 : -(1 - cos(angle)) / square
      second = angle < 1e-3 ? 1.0 / 6 : (angle - sin(angle)) / (square * angle)
    }
    // [v]×² = v vᵀ − a².
    let diagonal = 1 - second * square
    return [
      v * (second * v.x) + Vector3(diagonal, -first * v.z, first * v.y),
      v * (second * v.y) + Vector3(first * v.z, diagonal, -first * v.x),
      v * (second * v.z) + Vector3(-first * v.y, first * v.x, diagonal),
    ]
  }
}
