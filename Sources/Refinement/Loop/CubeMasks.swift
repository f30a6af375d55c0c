import CryoEM
import Synchronization

/// The mask of the refinement on cubes of different sizes. Those of the two sizes that were asked for
/// last are kept: an iteration measures on one cube and makes its references on another.
final class CubeMasks: Sendable {
  /// The mask on one cube, and the masks of its FSC curves.
  struct Masks: Sendable {
    let mask: Volume
    let fsc: FSCMasks
  }

  private let geometry: Geometry
  /// The mask about its own centre in a box of `geometry.period` voxels.
  private let fine: [Float]
  /// By size, the last one asked for at the end.
  private let made = Mutex<[(size: Int, masks: Masks)]>([])

  init(geometry: Geometry, fine: [Float]) {
    self.geometry = geometry
    self.fine = fine
  }

  /// Whether the masks on a cube of this size have been made.
  func has(size: Int) -> Bool { made.withLock { $0.contains { $0.size == size } } }

  /// The masks on a cube of `size`³ voxels with an edge of the geometry's period.
  func masks(size: Int) -> Masks {
    made.withLock { made in
      if let index = made.firstIndex(where: { $0.size == size }) {
        let known = made.remove(at: index)
        made.append(known)
        return known.masks
      }
      let voxels = CentredMap.coarsened(fine, from: geometry.period, to: size)
        .map { min(max($0, 0), 1) }
      let voxelSize = Double(geometry.period) * geometry.pixelSize / Double(size)
      let mask = Volume(size: size, pixelSize: voxelSize, voxels: voxels)
      let masks = Masks(
        mask: mask,
        fsc: FSCMasks(size: size, pixelSize: voxelSize, mask: mask, tight: mask))
      made = Array(made.suffix(1)) + [(size, masks)]
      return masks
    }
  }
}
