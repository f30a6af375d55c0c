import Fourier
import Ground

/// Which filter of a bank each voxel of a mask takes.
///
/// Places between two filters blend them linearly. Both half-maps, and all that is made of them, get
/// the same cut-offs.
struct LocalCutOffs: Sendable {
  let bank: FilterBank
  /// The voxels.
  let rows: VoxelRows
  /// Each voxel's place in the bank, 0 … bank.count − 1, in the order of the rows.
  let positions: [Float]
  /// The filters that some voxel of the mask takes a share of, and their factors by squared distance
  /// from the origin of the spectrum.
  let filters: [(index: Int, gains: [Float])]

  /// - Parameters:
  ///   - positions: of the voxels; where the mask is zero they do not count.
  ///   - radius: of the spectra that will be filtered.
  init(bank: FilterBank, rows: VoxelRows, positions: [Float], mask: [Float], radius: Int) {
    self.bank = bank
    self.rows = rows
    self.positions = positions
    var isUsed = [Bool](repeating: false, count: bank.count + 1)
    for (position, weight) in zip(positions, mask) where weight > 0 {
      let below = Int(position)
      isUsed[below] = true
      if position > Float(below) { isUsed[below + 1] = true }
    }
    filters = (0..<bank.count).filter { isUsed[$0] }.map { index in
      (index, RadialGains.table(to: radius) { bank.gain(of: index, shell: $0) })
    }
  }

  /// The voxels of a spectrum, each filtered by its own cut-off, into the workspace's real buffer; what
  /// `RowTransform` makes of the spectrum, without any factor.
  ///
  /// - Parameters:
  ///   - radius: beyond which the spectrum is zero.
  ///   - filtered: room for the voxels.
  func apply(
    to workspace: CubeTransform.Workspace, of cube: CubeTransform, radius: Int,
    _ filtered: FFTBuffer<Float>
  ) {
    let values = workspace.real.pointer
    values.update(repeating: 0, count: rows.count)
    for (index, gains) in filters {
      cube.transform.inverse(
        workspace.spectrum, radius: radius, gains: gains, workspace.scratch,
        into: filtered.pointer)
      inParallel(positions.count, chunk: 1 << 14) { range in
        let values = workspace.real.pointer
        positions.withUnsafeBufferPointer { positions in
          for voxel in range {
            // What a voxel takes of a filter falls linearly with the distance of their places.
            let share = max(0, 1 - abs(positions[voxel] - Float(index)))
            values[voxel] += share * filtered.pointer[voxel]
          }
        }
      }
    }
  }
}
