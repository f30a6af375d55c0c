import CryoEM
import Fourier
import Synchronization

/// The mask of the refinement on cubes of different sizes. Those of the two sizes that were asked for
/// last are kept: an iteration measures on one cube and makes its references on another.
final class CubeMasks: Sendable {
  /// The mask on one cube.
  struct Masks: Sendable {
    let mask: Volume
    /// Where it is not zero.
    let rows: VoxelRows
    /// The masks of its FSC curves; nil until they are asked for.
    fileprivate(set) var fsc: FSCMasks?
  }

  /// The mask on a cube of the period's voxels.
  private let fine: CentredMask
  /// The grown mask of the loose curve; nil until it is asked for. Its edge is wide: it is made on half
  /// as many voxels an axis.
  private let loose = Mutex<Volume?>(nil)
  /// By size, the last one asked for at the end.
  private let made = Mutex<[(size: Int, masks: Masks)]>([])

  init(fine: CentredMask) { self.fine = fine }

  /// Whether the masks of the curves have been made at all.
  var hasCurves: Bool { loose.withLock { $0 != nil } }

  /// Whether those on a cube of this size have been made.
  func hasCurves(size: Int) -> Bool {
    made.withLock { $0.contains { $0.size == size && $0.masks.fsc != nil } }
  }

  /// The mask on a cube of `size`³ voxels with an edge of the geometry's period.
  func mask(size: Int) -> Masks {
    made.withLock { made in
      if let index = made.firstIndex(where: { $0.size == size }) {
        let known = made.remove(at: index)
        made.append(known)
        return known.masks
      }
      let centred = fine.resampled(to: size)
      let masks = Masks(mask: centred.volume, rows: centred.rows)
      made = Array(made.suffix(1)) + [(size, masks)]
      return masks
    }
  }

  /// Frees the masks of all cubes: they are made again when they are asked for.
  func forget() { made.withLock { $0 = [] } }

  /// The masks of the curves on such a cube.
  func curves(size: Int) -> FSCMasks {
    let known = mask(size: size)
    if let curves = known.fsc { return curves }
    let grown = loose.withLock { loose in
      if let loose { return loose }
      let coarse = goodTransformSize(atLeast: fine.volume.size / 2)
      let made = fine.resampled(to: coarse).volume.looseMask
      loose = made
      return made
    }
    let curves = FSCMasks(
      size: size, pixelSize: known.mask.pixelSize,
      loose: Volume(
        size: size, pixelSize: known.mask.pixelSize,
        voxels: CentredMap.interpolated(grown.voxels, from: grown.size, to: size)),
      tight: known.mask)
    made.withLock { made in
      if let index = made.firstIndex(where: { $0.size == size }) {
        made[index].masks.fsc = curves
      }
    }
    return curves
  }
}
