import CryoEM
import EMFiles
import Ground

extension Volume {
  /// Writes the map as a 32-bit MRC file; `root` as `FilePlace` has it.
  public func write(
    to path: String, within root: String? = nil, origin: Vector3 = .zero
  ) throws(Problem) {
    try MRCVolume.write(
      voxels, size: SIMD3(size, size, size), voxelSize: pixelSize, origin: SIMD3<Float>(origin),
      to: path, within: root)
  }
}
