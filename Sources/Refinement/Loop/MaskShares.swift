import CryoEM
import Fourier
import Ground

/// Which body the density at a point counts for when one of them is looked at.
///
/// The body that is looked at has all that its mask m holds; of what is left, 1 − m, the others have
/// their masks' shares, and the rest of the particle has what remains. The shares are one together.
struct MaskShares: Sendable {
  /// The masks of all bodies, without what in them does not move with the body, in one box.
  let masks: [Volume]

  /// What a body's masked density is multiplied by where another is looked at.
  ///
  /// - Parameters:
  ///   - looking: the body that is looked at.
  ///   - rows: voxels of a cube about the body's centre.
  ///   - geometry: of the body.
  /// - Returns: a factor for each voxel; nil where all of them are one.
  func factors(
    seenBy looking: Int, at rows: VoxelRows, of geometry: Geometry
  ) -> [Float]? {
    let spacing = Double(geometry.period) * geometry.pixelSize / Double(rows.size)
    let factors = largeArray(count: rows.count) { (values: UnsafeMutablePointer<Float>) in
      nonisolated(unsafe) let values = values
      inParallel(rows.rows.count, chunk: 64) { range in
        for row in rows.rows[range] {
          for (index, x) in row.x.enumerated() {
            let voxel = Vector3(Double(x), Double(row.y), Double(row.z))
            let point = geometry.centre + spacing * (voxel - Double(rows.size / 2))
            values[row.first + index] = factor(seenBy: looking, at: point)
          }
        }
      }
    }
    return factors.contains { $0 != 1 } ? factors : nil
  }

  private func factor(seenBy looking: Int, at point: Vector3) -> Float {
    let inside = masks[looking].interpolated(at: point)
    let others = masks.indices.reduce(Float(0)) {
      $1 == looking ? $0 : $0 + masks[$1].interpolated(at: point)
    }
    return (1 - min(1, inside)) / max(1, others)
  }

  /// The density that no body has, where one of them is looked at: a factor for each voxel of the box.
  func rest(seenBy looking: Int) -> Volume {
    var others = Volume(size: masks[looking].size, pixelSize: masks[looking].pixelSize)
    for body in masks.indices where body != looking {
      others = others.combined(with: masks[body], +)
    }
    return masks[looking].combined(with: others) { (1 - min(1, $0)) * (1 - min(1, $1)) }
  }
}

extension Volume {
  /// The value at a point, Å from the box centre, between the eight voxels around it; zero outside.
  func interpolated(at point: Vector3) -> Float {
    let index = point / pixelSize + Double(size / 2)
    let floor = index.rounded(.down)
    let (x, y, z) = (Int(floor.x), Int(floor.y), Int(floor.z))
    guard 0..<(size - 1) ~= x, 0..<(size - 1) ~= y, 0..<(size - 1) ~= z else { return 0 }
    let part = SIMD3<Float>(index - floor)
    func along(_ y: Int, _ z: Int) -> Float {
      let first = (z * size + y) * size + x
      return voxels[first] + part.x * (voxels[first + 1] - voxels[first])
    }
    let (near, far) = (
      along(y, z) + part.y * (along(y + 1, z) - along(y, z)),
      along(y, z + 1) + part.y * (along(y + 1, z + 1) - along(y, z + 1))
    )
    return near + part.z * (far - near)
  }
}
