import Glibc

extension Rotation {
  /// The rotation by |v| radians about v: the matrix exp([v]×), so that a small change of
  /// orientation w is dR = Rotation(rotationVector: w). cryoSPARC's pose is the vector of Aᵀ.
  public init(rotationVector v: Vector3) {
    let angle = (v * v).sum().squareRoot()
    // sin(x/2)/x, by its series where the quotient is 0/0.
    let ratio = angle < 1e-8 ? 0.5 - angle * angle / 48 : sin(angle / 2) / angle
    self.init(quaternion: SIMD4(v * ratio, cos(angle / 2)))
  }

  /// The vector v with exp([v]×) equal to this matrix and |v| ≤ π radians.
  public var rotationVector: Vector3 {
    let q = quaternion
    let imaginary = Vector3(q.x, q.y, q.z)
    let length = (imaginary * imaginary).sum().squareRoot()
    if length < 1e-12 { return 2 * imaginary }
    return imaginary * (2 * atan2(length, q.w) / length)
  }

  /// The angle of this rotation, radians, 0…π.
  public var angle: Double {
    let v = rotationVector
    return (v * v).sum().squareRoot()
  }

  /// The angle between two orientations, radians, 0…π.
  public func angle(to other: Rotation) -> Double { (transposed * other).angle }

  /// Rotations that cover the ball of angles up to `extent`, `spacing` apart (radians), the identity
  /// first and the others by growing angle.
  ///
  /// Rotation vectors on a body-centred cubic lattice, the lattice that covers a ball with the
  /// fewest points; `spacing` is the distance between nearest neighbours. Near the identity the
  /// spacing is that of the vectors; at an angle α, directions about the axis are closer by
  /// sin(α/2)/(α/2), so the grid is never coarser than asked.
  public static func ball(extent: Double, spacing: Double) -> [Rotation] {
    guard spacing > 0, extent >= spacing else { return [.identity] }
    let half = spacing / 3.0.squareRoot()
    let steps = Int(extent / half)
    var vectors: [Vector3] = []
    for z in -steps...steps {
      for y in -steps...steps where (y - z).isMultiple(of: 2) {
        for x in -steps...steps where (x - z).isMultiple(of: 2) {
          let vector = half * Vector3(Double(x), Double(y), Double(z))
          if (vector * vector).sum() <= extent * extent * (1 + 1e-12) { vectors.append(vector) }
        }
      }
    }
    vectors.sort { ($0 * $0).sum() < ($1 * $1).sum() }
    return vectors.map { Rotation(rotationVector: $0) }
  }
}
