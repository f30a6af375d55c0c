import Glibc

// Quaternions (x, y, z, w) as the well-conditioned way between a matrix, its axis and its angle.

extension Rotation {
  /// The rotation of a unit quaternion (x, y, z, w).
  init(quaternion q: SIMD4<Double>) {
    let (x, y, z, w) = (q.x, q.y, q.z, q.w)
    self.init(
      rows: Vector3(1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)),
      Vector3(2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)),
      Vector3(2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)))
  }

  /// The unit quaternion (x, y, z, w) with w ≥ 0.
  ///
  /// Divides by the largest of the four components (Shepperd, 1978), so nothing is lost near the
  /// identity nor near half a turn.
  var quaternion: SIMD4<Double> {
    let (xx, yy, zz) = (row0.x, row1.y, row2.z)
    let squares = SIMD4(1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz, 1 + xx + yy + zz)
    let (a, b, c) = (row2.y - row1.z, row0.z - row2.x, row1.x - row0.y)
    let (d, e, f) = (row0.y + row1.x, row0.z + row2.x, row1.z + row2.y)
    var q: SIMD4<Double>
    if squares.w >= squares.max() {
      q = SIMD4(a, b, c, squares.w)
    } else if squares.x >= squares.max() {
      q = SIMD4(squares.x, d, e, a)
    } else if squares.y >= squares.max() {
      q = SIMD4(d, squares.y, f, b)
    } else {
      q = SIMD4(e, f, squares.z, c)
    }
    q /= (q * q).sum().squareRoot()
    return q.w < 0 ? -q : q
  }

  /// The rotation nearest to a 3×3 matrix given by its rows: the proper rotation R that minimises
  /// the sum of squares of R − M, as the singular value decomposition gives it (with determinant
  /// +1 whatever the matrix's sign).
  ///
  /// The maximum of tr(Rᵀ M) over quaternions is the dominant eigenvector of a symmetric 4×4 matrix
  /// (Horn, 1987), which has no special cases.
  public init(nearestTo row0: Vector3, _ row1: Vector3, _ row2: Vector3) {
    let (xx, xy, xz) = (row0.x, row0.y, row0.z)
    let (yx, yy, yz) = (row1.x, row1.y, row1.z)
    let (zx, zy, zz) = (row2.x, row2.y, row2.z)
    let matrix = [
      SIMD4(xx - yy - zz, xy + yx, xz + zx, zy - yz),
      SIMD4(xy + yx, yy - xx - zz, yz + zy, xz - zx),
      SIMD4(xz + zx, yz + zy, zz - xx - yy, yx - xy),
      SIMD4(zy - yz, xz - zx, yx - xy, xx + yy + zz),
    ]
    self.init(quaternion: Self.dominantEigenvector(of: matrix))
  }

  /// The same rotation with the rounding errors of long products removed.
  public var orthonormalised: Rotation { Rotation(nearestTo: row0, row1, row2) }

  /// The unit eigenvector of the largest eigenvalue of a symmetric 4×4 matrix (cyclic Jacobi).
  private static func dominantEigenvector(of symmetric: [SIMD4<Double>]) -> SIMD4<Double> {
    var matrix = symmetric
    var vectors: [SIMD4<Double>] = [
      SIMD4(1, 0, 0, 0), SIMD4(0, 1, 0, 0), SIMD4(0, 0, 1, 0), SIMD4(0, 0, 0, 1),
    ]
    for _ in 0..<24 {
      var offDiagonal = 0.0
      for p in 0..<3 {
        for q in (p + 1)..<4 {
          offDiagonal += matrix[p][q] * matrix[p][q]
          annihilate(p, q, in: &matrix, vectors: &vectors)
        }
      }
      if offDiagonal < 1e-300 { break }
    }
    let best = (0..<4).max { matrix[$0][$0] < matrix[$1][$1] } ?? 3
    let vector = vectors[best]
    return vector / (vector * vector).sum().squareRoot()
  }

  /// One Jacobi rotation that makes element (p, q) zero; `vectors` are kept as rows.
  private static func annihilate(
    _ p: Int, _ q: Int, in matrix: inout [SIMD4<Double>], vectors: inout [SIMD4<Double>]
  ) {
    guard matrix[p][q] != 0 else { return }
    let theta = (matrix[q][q] - matrix[p][p]) / (2 * matrix[p][q])
    let tangent = (theta >= 0 ? 1.0 : -1.0) / (abs(theta) + (theta * theta + 1).squareRoot())
    let cosine = 1 / (tangent * tangent + 1).squareRoot()
    let sine = tangent * cosine
    let (rowP, rowQ) = (matrix[p], matrix[q])
    matrix[p] = cosine * rowP - sine * rowQ
    matrix[q] = sine * rowP + cosine * rowQ
    for k in 0..<4 {
      let (a, b) = (matrix[k][p], matrix[k][q])
      matrix[k][p] = cosine * a - sine * b
      matrix[k][q] = sine * a + cosine * b
    }
    let (a, b) = (vectors[p], vectors[q])
    vectors[p] = cosine * a - sine * b
    vectors[q] = sine * a + cosine * b
  }
}
