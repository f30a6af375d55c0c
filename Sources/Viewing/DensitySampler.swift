import CryoEM

/// Densities between the voxels of a map, for inner loops.
struct DensitySampler {
  private let voxels: UnsafeBufferPointer<Float>
  private let size: Int
  /// The largest coordinate of the first voxel of a cell.
  private let last: Float

  static func reading<Result>(
    _ volume: Volume, _ body: (DensitySampler) throws -> Result
  ) rethrows -> Result {
    try volume.voxels.withUnsafeBufferPointer { voxels in
      try body(
        DensitySampler(voxels: voxels, size: volume.size, last: Float(max(0, volume.size - 2))))
    }
  }

  private init(voxels: UnsafeBufferPointer<Float>, size: Int, last: Float) {
    (self.voxels, self.size, self.last) = (voxels, size, last)
  }

  /// The density at a place (voxels from the corner) by trilinear interpolation; beyond the box that of
  /// its edge. A box has two voxels along an edge at least.
  @inline(__always)
  func density(at place: SIMD3<Float>) -> Float {
    let inside = place.clamped(
      lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: last + 1))
    let corner = inside.rounded(.down).clamped(
      lowerBound: SIMD3(repeating: 0), upperBound: SIMD3(repeating: last))
    let part = inside - corner
    let index = (Int(corner.z) * size + Int(corner.y)) * size + Int(corner.x)
    let plane = size * size
    // Along z and y four neighbours at once: x, x + 1 in two rows.
    let low = SIMD4(
      voxels[index], voxels[index + 1], voxels[index + size], voxels[index + size + 1])
    let high = SIMD4(
      voxels[index + plane], voxels[index + plane + 1], voxels[index + plane + size],
      voxels[index + plane + size + 1])
    let square = low + part.z * (high - low)
    let line = square.lowHalf + part.y * (square.highHalf - square.lowHalf)
    return line.x + part.x * (line.y - line.x)
  }

  /// The gradient of the density by central differences over a voxel, per voxel.
  func gradient(at place: SIMD3<Float>) -> SIMD3<Float> {
    var gradient = SIMD3<Float>()
    for axis in 0..<3 {
      var step = SIMD3<Float>()
      step[axis] = 1
      gradient[axis] = 0.5 * (density(at: place + step) - density(at: place - step))
    }
    return gradient
  }
}
