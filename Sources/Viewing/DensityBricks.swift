import CryoEM

/// The largest and the smallest density in bricks of a map, by which rays pass over empty ones.
///
/// A brick holds `edge`³ cells between voxels, so neighbours share a layer of voxels and what is
/// interpolated anywhere in a brick lies in its range.
public struct DensityBricks: Sendable {
  /// Cells along an edge of a brick.
  public static let edge = 8
  /// Bricks along each axis.
  public let count: Int
  /// Index (z · count + y) · count + x.
  public let largest: [Float], smallest: [Float]

  public init(_ volume: Volume) {
    let (size, edge) = (volume.size, Self.edge)
    let count = max(1, (size - 1 + edge - 1) / edge)
    // Along x first, then y, then z: each voxel is looked at once.
    func reduced(_ start: Float, _ choose: (Float, Float) -> Float) -> [Float] {
      var rows = [Float](repeating: start, count: count * size * size)
      volume.voxels.withUnsafeBufferPointer { voxels in
        for row in 0..<size * size {
          for brick in 0..<count {
            var value = start
            let first = brick * edge
            for x in first...min(first + edge, size - 1) {
              value = choose(value, voxels[row * size + x])
            }
            rows[row * count + brick] = value
          }
        }
      }
      var planes = [Float](repeating: start, count: count * count * size)
      for z in 0..<size {
        for brick in 0..<count {
          for y in brick * edge...min((brick + 1) * edge, size - 1) {
            for x in 0..<count {
              let place = (z * count + brick) * count + x
              planes[place] = choose(planes[place], rows[(z * size + y) * count + x])
            }
          }
        }
      }
      var bricks = [Float](repeating: start, count: count * count * count)
      for brick in 0..<count {
        for z in brick * edge...min((brick + 1) * edge, size - 1) {
          for place in 0..<count * count {
            let index = brick * count * count + place
            bricks[index] = choose(bricks[index], planes[z * count * count + place])
          }
        }
      }
      return bricks
    }
    self.count = count
    largest = reduced(-.infinity) { $0 > $1 ? $0 : $1 }
    smallest = reduced(.infinity) { $0 < $1 ? $0 : $1 }
  }
}
