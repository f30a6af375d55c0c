import CryoEM
import EMFiles
import TestSupport

extension TemporaryFolder {
  /// Writes a map and returns its path.
  func write(_ map: Volume, _ name: String, origin: SIMD3<Float> = .zero) throws -> String {
    try MRCVolume.write(
      map.voxels, size: SIMD3(repeating: map.size), voxelSize: map.pixelSize, origin: origin,
      to: self(name))
    return self(name)
  }
}
