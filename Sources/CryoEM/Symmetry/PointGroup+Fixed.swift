import Glibc

extension PointGroup {
  /// What a point has in common with all its copies: the mean over the group, which the group leaves
  /// where it is. The point itself for C1, its foot on the axis for Cn, the origin for all others.
  public func fixedPart(of point: Vector3) -> Vector3 {
    let sum = operators.reduce(Vector3.zero) { $0 + $1.applied(to: point) }
    return sum / Double(order)
  }

  /// How far a map is from having the symmetry: the mean over the copies of the absolute difference,
  /// relative to the mean absolute value; 0 for a symmetric map.
  ///
  /// Copies are read with trilinear interpolation, at every voxel of a lattice that has at most about
  /// `samples` of them.
  public func asymmetry(of map: Volume, samples: Int = 30_000) -> Double {
    guard order > 1 else { return 0 }
    let step = max(1, map.size / max(8, Int(cbrt(Double(samples)))))
    let half = Double(map.size / 2)
    var (difference, total) = (0.0, 0.0)
    for z in stride(from: 1, to: map.size - 1, by: step) {
      for y in stride(from: 1, to: map.size - 1, by: step) {
        for x in stride(from: 1, to: map.size - 1, by: step) {
          let here = Double(map.voxels[(z * map.size + y) * map.size + x])
          let point = Vector3(Double(x) - half, Double(y) - half, Double(z) - half)
          for turn in operators.dropFirst() {
            let there = turn.applied(to: point) + Vector3(repeating: half)
            difference += abs(Double(map.linear(at: there)) - here)
            total += abs(here)
          }
        }
      }
    }
    return total > 0 ? difference / total : 0
  }
}
