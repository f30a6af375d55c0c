import CryoEM
import Ground

/// A sphere that encloses a mask.
public struct BoundingSphere: Sendable, Equatable {
  /// Centre, Å from the box centre.
  public var centre: Vector3
  /// Radius, Å.
  public var radius: Double

  /// A small sphere around all voxels of `mask` above `threshold`.
  ///
  /// Bădoiu and Clarkson's iteration: step towards the farthest point by a shrinking fraction; 200
  /// steps come within about 1% of the smallest sphere. The sphere of an empty mask has radius 0.
  ///
  /// - Parameter symmetry: the sphere encloses all copies of the mask. Its centre is then a point that
  ///   the group leaves where it is: from there a copy of a voxel is as far as the voxel.
  public init(of mask: Volume, above threshold: Float = 0.01, symmetry: PointGroup = .c1) {
    let points = Self.boundary(of: mask, above: threshold)
    guard let first = points.first else {
      centre = .zero
      radius = 0
      return
    }
    var centre = symmetry.fixedPart(of: first)
    for step in 1...200 {
      let farthest = Self.farthest(from: centre, in: points).point
      centre += (symmetry.fixedPart(of: farthest) - centre) / Double(step + 1)
    }
    self.centre = centre
    radius = Self.farthest(from: centre, in: points).distance
  }

  private static func farthest(
    from centre: Vector3, in points: [Vector3]
  ) -> (point: Vector3, distance: Double) {
    var best = (point: centre, square: 0.0)
    for point in points {
      let d = point - centre
      let square = (d * d).sum()
      if square > best.square { best = (point, square) }
    }
    return (best.point, best.square.squareRoot())
  }

  /// The first and last voxel of each row above the threshold: enough for any enclosing sphere.
  private static func boundary(of mask: Volume, above threshold: Float) -> [Vector3] {
    let n = mask.size
    let half = Double(n / 2)
    return inParts(n, chunk: 4) { planes in
      var points: [Vector3] = []
      for z in planes {
        for y in 0..<n {
          let row = (z * n + y) * n
          let inside = (0..<n).lazy.filter { mask.voxels[row + $0] > threshold }
          guard let low = inside.first, let high = inside.last else { continue }
          for x in low == high ? [low] : [low, high] {
            points.append(
              (Vector3(Double(x), Double(y), Double(z)) - Vector3(repeating: half))
                * mask.pixelSize)
          }
        }
      }
      return points
    }.flatMap { $0 }
  }
}
