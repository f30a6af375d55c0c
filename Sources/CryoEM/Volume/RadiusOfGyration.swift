/// Rms distance of the positive density inside a mask from a point, Å; nil without density.
public func radiusOfGyration(of map: Volume, within mask: Volume, about centre: Vector3) -> Double?
{
  var (sum, weight) = (0.0, 0.0)
  map.forEachVoxel { index, position in
    let density = Double(max(map.voxels[index] * mask.voxels[index], 0))
    let d = position - centre
    sum += density * (d * d).sum()
    weight += density
  }
  return weight > 0 && sum > 0 ? (sum / weight).squareRoot() : nil
}
