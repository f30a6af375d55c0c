import CryoEM

/// What a particle's image says of the motions of all regions against the first: the logarithm of the
/// likelihood is vector·x − ½ xᵀ·information·x + constant.
///
/// x has six parameters for each region but the first: the rotation vector w of A = A₁·exp(w), and the
/// translation d of its fulcrum f, Å, both in the frame of the reference, so that a point p of the
/// region is at exp(w)(p − f) + f + d in the frame of the first region. An image shows d without what is
/// along the beam. Where the first region is in the image is not known either: it is integrated over,
/// with nothing believed of it beforehand.
struct MotionEvidence: Sendable {
  var information: Matrix
  var vector: [Double]

  /// Nil where an image says nothing, or what it says is no maximum.
  init?(_ regions: [MovingRegion], particle: Int) {
    guard let first = regions.first else { return nil }
    let size = 6 * (regions.count - 1)
    let held = first.poses[particle]
    var (own, slope) = Self.matrix(first.evidence[particle])
    information = Matrix(size, size)
    vector = [Double](repeating: 0, count: size)
    var couplings = Matrix(5, size)
    for (index, region) in regions.dropFirst().enumerated() {
      guard !region.evidence[particle].isNothing else { continue }
      let (said, force) = Self.matrix(region.evidence[particle])
      let view = RelativeView(of: region, against: held, first.fulcrum, particle: particle)
      let (t, u) = (view.byMotion, view.byFirst)
      // At x = 0 and the first region where it was found, by the quadratic form.
      let pull = zip(force, said * (t * view.found)).map { $0 + $1 }
      let (tSaid, uSaid) = (t.transposed * said, u.transposed * said)
      information.set(tSaid * t, at: 6 * index, 6 * index)
      let right = t.transposed * pull
      for row in 0..<6 { vector[6 * index + row] = right[row] }
      own = own + uSaid * u
      slope = zip(slope, u.transposed * pull).map { $0 + $1 }
      couplings.set(uSaid * t, at: 0, 6 * index)
    }
    guard let factor = own.cholesky else { return nil }
    let freed = couplings.transposed * factor.inverseAsFactor
    information = information - freed * couplings
    vector = zip(vector, freed * slope).map { $0 - $1 }
    guard vector.allSatisfy(\.isFinite), information.elements.allSatisfy(\.isFinite),
      information.trace > 0
    else { return nil }
  }

  private static func matrix(_ evidence: PoseEvidence) -> (Matrix, [Double]) {
    var matrix = Matrix(5, 5)
    for row in 0..<5 {
      for column in 0..<5 { matrix[row, column] = evidence.information(row, column) }
    }
    return (matrix, (0..<5).map { Double(evidence.slope[$0]) })
  }
}

/// How a region's pose in an image follows from its motion against the first region and from a change
/// of the first region's pose, to first order about the poses that were found.
struct RelativeView: Sendable {
  /// The motion that was found: w, and the d that has nothing along the beam.
  let found: [Double]
  /// Derivatives of the pose's five parameters (rows) by the motion's six, and by the five of the
  /// first region's pose.
  let byMotion: Matrix, byFirst: Matrix

  /// - Parameters:
  ///   - held: the first region's pose, `fulcrum` what it was refined about.
  init(of region: MovingRegion, against held: Pose, _ fulcrum: Vector3, particle: Int) {
    let pose = region.poses[particle]
    let change = held.rotation.transposed * pose.rotation
    let turn = change.rotationVector
    let shift = pose.position(of: region.fulcrum) - held.position(of: region.fulcrum)
    let moved = held.rotation.lifted(shift)
    found = [turn.x, turn.y, turn.z, moved.x, moved.y, moved.z]
    var byMotion = Matrix(5, 6)
    let jacobian = Rotation.rightJacobian(at: turn)
    var byFirst = Matrix(5, 5)
    let back = [change.transposed.row0, change.transposed.row1, change.transposed.row2]
    for row in 0..<3 {
      for column in 0..<3 {
        byMotion[row, column] = jacobian[row][column]
        byFirst[row, column] = back[row][column]
      }
    }
    // The point turns with the first region about that region's fulcrum: c × arm = −[arm]× c.
    let arm = region.fulcrum + moved - fulcrum
    for (row, axis) in [held.rotation.row0, held.rotation.row1].enumerated() {
      let lever = cross(arm, axis)
      for column in 0..<3 {
        byMotion[3 + row, 3 + column] = axis[column]
        byFirst[3 + row, column] = lever[column]
      }
      byFirst[3 + row, 3 + row] = 1
    }
    (self.byMotion, self.byFirst) = (byMotion, byFirst)
  }
}
