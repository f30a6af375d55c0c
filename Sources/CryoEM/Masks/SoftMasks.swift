import Glibc
import Ground

extension Volume {
  /// A soft mask about everything at or above a threshold: 1 up to the distance `near` from it, 0
  /// from `far` on (Å), half a cosine between them, by exact Euclidean distances.
  public func softMask(threshold: Float, near: Double, far: Double) -> Volume {
    MaskDistances(of: self, threshold: threshold).mask(near: near, far: far)
  }

  /// This mask grown about its 0.5 level: 1 up to `near`, 0 from `far` on (Å).
  public func dilated(near: Double, far: Double) -> Volume {
    softMask(threshold: 0.5, near: near, far: far)
  }

  /// The loose mask of an FSC: the mask dilated to 25 Å, zero at 40 Å.
  public var looseMask: Volume { dilated(near: 25, far: 40) }

  /// A soft sphere: 1 up to `radius` from a point, 0 from `outerRadius` on (all Å).
  public static func sphere(
    size: Int, pixelSize: Double, radius: Double, outerRadius: Double, centre: Vector3 = .zero
  ) -> Volume {
    var mask = Volume(size: size, pixelSize: pixelSize)
    // Squares of the coordinates' distances from the centre; the same for all three axes but its.
    let squares = (0..<3).map { axis in
      (0..<size).map { index -> Double in
        let offset = pixelSize * Double(index - size / 2) - centre[axis]
        return offset * offset
      }
    }
    let (inner, outer) = (radius * radius, outerRadius * outerRadius)
    mask.voxels.withUnsafeMutableBufferPointer { voxels in
      nonisolated(unsafe) let voxels = voxels
      inParallel(size, chunk: 4) { planes in
        for z in planes {
          for y in 0..<size {
            let row = squares[1][y] + squares[2][z]
            if row >= outer { continue }
            for x in 0..<size {
              let square = squares[0][x] + row
              if square >= outer { continue }
              voxels[(z * size + y) * size + x] =
                square <= inner
                ? 1 : Float(raisedCosine(square.squareRoot(), from: radius, to: outerRadius))
            }
          }
        }
      }
    }
    return mask
  }

  /// The mask that is made from a map itself: the map low-passed to `resolution` (Å) and cut at a
  /// fraction of its maximum inside `region`, dilated to `near` and zero at `far` (Å), and nowhere
  /// above `region`. Nil where no density is above zero.
  ///
  /// - Parameter absolute: whether strong negative density counts as well.
  public func dynamicMask(
    inside region: Volume, threshold: Double, resolution: Double, near: Double, far: Double,
    absolute: Bool = false
  ) -> Volume? {
    var smooth = lowPassed(to: resolution) * region
    if absolute { smooth = smooth.map { abs($0) } }
    let maximum = smooth.maximum
    guard maximum > 0 else { return nil }
    return smooth.softMask(threshold: Float(threshold) * maximum, near: near, far: far)
      .combined(with: region) { min($0, $1) }
  }
}
