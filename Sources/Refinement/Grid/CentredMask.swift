import CryoEM
import Fourier
import Ground

/// A mask about its own centre, on a cube with the edge of the geometry's period, with the rows of voxels
/// where it is not zero.
struct CentredMask: Sendable {
  let volume: Volume
  let rows: VoxelRows

  init(_ volume: Volume) {
    self.volume = volume
    rows = VoxelRows(of: volume.voxels, size: volume.size)
  }

  /// A mask in the images' box, on a cube of the period's voxels.
  init(_ mask: Volume, geometry: Geometry) {
    self.init(
      Volume(
        size: geometry.period, pixelSize: geometry.pixelSize,
        voxels: CentredMap(geometry: geometry).moved(mask: mask)))
  }

  /// The same on a cube of `size`³ voxels.
  func resampled(to size: Int) -> CentredMask {
    CentredMask(
      Volume(
        size: size, pixelSize: volume.edge / Double(size),
        voxels: CentredMap.interpolated(volume.voxels, from: volume.size, to: size)))
  }

  /// A density on the same cube within the mask: the voxels of the rows.
  func masked(_ density: [Float]) -> [Float] {
    var values = rows.values(of: density)
    let mask = rows.values(of: volume.voxels)
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(values.count, chunk: 1 << 16) { range in
        for index in range { values[index] *= mask[index] }
      }
    }
    return values
  }
}
