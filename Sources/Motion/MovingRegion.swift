import CryoEM

/// A refined region of a complex: where it is in every particle, and what the images say of that.
public struct MovingRegion: Sendable {
  public var name: String
  /// About which it was refined, Å from the box centre.
  public var fulcrum: Vector3
  public var shape: RegionShape
  /// One for each particle; all regions have the same particles.
  public var poses: [Pose]
  public var evidence: [PoseEvidence]

  public init(
    name: String, fulcrum: Vector3, shape: RegionShape, poses: [Pose], evidence: [PoseEvidence]
  ) {
    precondition(poses.count == evidence.count, "there is evidence for every pose")
    (self.name, self.fulcrum, self.shape) = (name, fulcrum, shape)
    (self.poses, self.evidence) = (poses, evidence)
  }
}

/// The shape of a region as far as it tells how far a motion moves it.
public struct RegionShape: Sendable, Equatable {
  /// Å³.
  public var volume: Double
  /// The centre of mass, Å from the box centre.
  public var centre: Vector3
  /// The rows of the mean of (p − centre)(p − centre)ᵀ over its points, Å².
  public var scatter: [Vector3]

  public init(volume: Double, centre: Vector3, scatter: [Vector3]) {
    (self.volume, self.centre, self.scatter) = (volume, centre, scatter)
  }

  /// The shape of a mask; nil for an empty one.
  public init?(mask: Volume) {
    guard let centre = mask.centreOfMass else { return nil }
    var weight = 0.0
    var scatter = [Vector3](repeating: .zero, count: 3)
    mask.forEachVoxel { index, point in
      let value = Double(mask.voxels[index])
      guard value != 0 else { return }
      let away = point - centre
      weight += value
      for row in 0..<3 { scatter[row] += away * (value * away[row]) }
    }
    guard weight > 0 else { return nil }
    self.init(
      volume: weight * mask.pixelSize * mask.pixelSize * mask.pixelSize, centre: centre,
      scatter: scatter.map { $0 / weight })
  }

  /// How far a motion (rotation vector, radians, and translation at a fulcrum, Å) moves the region's
  /// points: the root of their mean square, Å.
  public func displacement(rotation: Vector3, translation: Vector3, fulcrum: Vector3) -> Double {
    let moved = translation + cross(rotation, centre - fulcrum)
    let squares = scatter[0].x + scatter[1].y + scatter[2].z
    let turned = (0..<3).reduce(0.0) { $0 + rotation[$1] * (scatter[$1] * rotation).sum() }
    return max(0, (moved * moved).sum() + (rotation * rotation).sum() * squares - turned)
      .squareRoot()
  }

  /// The same as a quadratic form of the six parameters.
  func metric(fulcrum: Vector3) -> Matrix {
    var form = Matrix(6, 6)
    var carried = Matrix(3, 6)
    carried.set(crossMatrix(fulcrum - centre), at: 0, 0)
    carried.set(.identity(3), at: 0, 3)
    form = carried.transposed * carried
    let squares = scatter[0].x + scatter[1].y + scatter[2].z
    for row in 0..<3 {
      form[row, row] += squares
      for column in 0..<3 { form[row, column] -= scatter[row][column] }
    }
    return form
  }
}

func cross(_ a: Vector3, _ b: Vector3) -> Vector3 {
  Vector3(a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x)
}

/// [v]×.
func crossMatrix(_ v: Vector3) -> Matrix {
  var matrix = Matrix(3, 3)
  (matrix[0, 1], matrix[0, 2], matrix[1, 2]) = (-v.z, v.y, -v.x)
  (matrix[1, 0], matrix[2, 0], matrix[2, 1]) = (v.z, -v.y, v.x)
  return matrix
}
