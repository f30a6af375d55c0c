import CryoEM
import Glibc
import Ground

/// A map of independent normal numbers.
public func noiseMap(size: Int, pixelSize: Double = 1, seed: UInt64) -> Volume {
  var generator = SeededGenerator(seed: seed)
  return Volume(size: size, pixelSize: pixelSize).map { _ in Float(generator.normal()) }
}

/// A Gaussian of height 1 about a point (Å), evaluated voxel by voxel.
public func gaussianMap(
  size: Int, pixelSize: Double, centre: Vector3 = .zero, width: Double
) -> Volume {
  var map = Volume(size: size, pixelSize: pixelSize)
  let empty = map
  empty.forEachVoxel { index, position in
    let d = position - centre
    map.voxels[index] = Float(exp(-(d * d).sum() / (2 * width * width)))
  }
  return map
}

/// The largest difference between voxels.
public func largestDifference(_ a: Volume, _ b: Volume) -> Float {
  zip(a.voxels, b.voxels).reduce(0) { max($0, abs($1.0 - $1.1)) }
}
