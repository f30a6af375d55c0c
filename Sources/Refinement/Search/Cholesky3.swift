import CryoEM

/// The lower Cholesky factor of the rotation block of a covariance.
struct Cholesky3 {
  private let columns: (Vector3, Vector3, Vector3)

  init?(_ m: Matrix5) {
    let a = m[0, 0]
    guard a > 0 else { return nil }
    let l00 = a.squareRoot()
    let l10 = m[1, 0] / l00
    let l20 = m[2, 0] / l00
    let b = m[1, 1] - l10 * l10
    guard b > 0 else { return nil }
    let l11 = b.squareRoot()
    let l21 = (m[2, 1] - l20 * l10) / l11
    let c = m[2, 2] - l20 * l20 - l21 * l21
    guard c > 0 else { return nil }
    columns = (Vector3(l00, l10, l20), Vector3(0, l11, l21), Vector3(0, 0, c.squareRoot()))
  }

  /// A column of the factor.
  func column(_ index: Int) -> Vector3 {
    index == 0 ? columns.0 : index == 1 ? columns.1 : columns.2
  }

  /// The solution of L Lᵀ x = b.
  func solve(_ b: Vector3) -> Vector3 {
    let y0 = b.x / columns.0.x
    let y1 = (b.y - columns.0.y * y0) / columns.1.y
    let y2 = (b.z - columns.0.z * y0 - columns.1.z * y1) / columns.2.z
    let x2 = y2 / columns.2.z
    let x1 = (y1 - columns.1.z * x2) / columns.1.y
    let x0 = (y0 - columns.0.y * x1 - columns.0.z * x2) / columns.0.x
    return Vector3(x0, x1, x2)
  }
}
