import Fourier

/// How far each voxel is from a mask, from which masks of several widths are made.
struct MaskDistances: Sendable {
  private let size: Int, pixelSize: Double
  /// Squared distances, voxels.
  private let squares: [Float]

  /// The distances from everything at or above a threshold.
  init(of mask: Volume, threshold: Float = 0.5) {
    self.init(of: Region(of: mask, threshold: threshold))
  }

  /// The distances from a region.
  init(of region: Region) {
    (size, pixelSize) = (region.size, region.pixelSize)
    squares = squaredDistances(toInside: region.inside, size: region.size)
  }

  /// The soft mask that is 1 up to `near` and 0 from `far` on (Å).
  func mask(near: Double, far: Double) -> Volume {
    // Squared distances are whole numbers, so the edge comes from a table.
    let end = max(far, 0) / pixelSize
    let last = Int(min(end * end, Double(3 * size * size))) + 1
    let edge = (0...last).map { square -> Float in
      square == 0
        ? 1 : Float(raisedCosine(Double(square).squareRoot() * pixelSize, from: near, to: far))
    }
    let beyond = Float(last)
    let values = parallelArray(count: squares.count) { range, values in
      squares.withUnsafeBufferPointer { squares in
        edge.withUnsafeBufferPointer { edge in
          for index in range {
            (values + index).initialize(
              to: squares[index] < beyond ? edge[Int(squares[index])] : 0)
          }
        }
      }
    }
    return Volume(size: size, pixelSize: pixelSize, voxels: values)
  }
}
