import Fourier
import Ground

extension Volume {
  /// Where a voxel is, Å from the box centre.
  public func position(x: Int, y: Int, z: Int) -> Vector3 {
    let centre = Double(size / 2)
    return pixelSize * Vector3(Double(x) - centre, Double(y) - centre, Double(z) - centre)
  }

  /// The voxel index (from the corner, fractions allowed) of a point, Å from the box centre.
  public func index(of position: Vector3) -> Vector3 {
    position / pixelSize + Vector3(repeating: Double(size / 2))
  }

  /// The point (Å from the box centre) of a voxel index counted from the corner, as users give it.
  public func position(ofIndex index: Vector3) -> Vector3 {
    (index - Vector3(repeating: Double(size / 2))) * pixelSize
  }

  /// Calls `body` with each voxel's index and its position in Å from the box centre.
  @inlinable
  public func forEachVoxel(_ body: (Int, Vector3) -> Void) {
    let centre = Double(size / 2)
    var index = 0
    for z in 0..<size {
      for y in 0..<size {
        for x in 0..<size {
          body(
            index,
            pixelSize * Vector3(Double(x) - centre, Double(y) - centre, Double(z) - centre))
          index += 1
        }
      }
    }
  }

  /// A volume of the same sampling whose voxels are made from this one's, one after the other.
  public func map(_ transform: (Float) -> Float) -> Volume {
    Volume(size: size, pixelSize: pixelSize, voxels: voxels.map(transform))
  }

  /// The same by all free threads.
  public func mapInParallel(_ transform: @Sendable (Float) -> Float) -> Volume {
    let values = parallelArray(count: voxels.count) { range, result in
      voxels.withUnsafeBufferPointer { ours in
        for index in range { (result + index).initialize(to: transform(ours[index])) }
      }
    }
    return Volume(size: size, pixelSize: pixelSize, voxels: values)
  }

  /// A volume made voxel by voxel of this and another one of the same size.
  public func combined(
    with other: Volume, _ combine: @Sendable (Float, Float) -> Float
  ) -> Volume {
    precondition(other.size == size)
    let values = parallelArray(count: voxels.count) { range, result in
      voxels.withUnsafeBufferPointer { ours in
        other.voxels.withUnsafeBufferPointer { theirs in
          for index in range {
            (result + index).initialize(to: combine(ours[index], theirs[index]))
          }
        }
      }
    }
    return Volume(size: size, pixelSize: pixelSize, voxels: values)
  }

  public static func + (left: Volume, right: Volume) -> Volume { left.combined(with: right, +) }
  public static func - (left: Volume, right: Volume) -> Volume { left.combined(with: right, -) }
  /// The product voxel by voxel: a map times a mask.
  public static func * (left: Volume, right: Volume) -> Volume { left.combined(with: right, *) }
  public static func * (factor: Float, right: Volume) -> Volume {
    right.mapInParallel { factor * $0 }
  }

  /// The sum of all voxels.
  public var sum: Double { voxels.reduce(0) { $0 + Double($1) } }
  /// The mean of all voxels.
  public var mean: Double { sum / Double(voxels.count) }
  /// The largest voxel.
  public var maximum: Float { extremes { $0.max() }.max() ?? 0 }
  /// The smallest voxel.
  public var minimum: Float { extremes { $0.min() }.min() ?? 0 }

  /// What is asked of each of some parts of the voxels.
  private func extremes(_ extreme: @Sendable (ArraySlice<Float>) -> Float?) -> [Float] {
    inParts(voxels.count, chunk: 1 << 16) { extreme(voxels[$0]) }.compactMap { $0 }
  }

  /// The standard deviation of all voxels.
  public var standardDeviation: Double {
    let mean = mean
    let squares = voxels.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    return (squares / Double(voxels.count)).squareRoot()
  }

  /// The centre of mass of the positive density, Å from the box centre; nil where there is none.
  public var centreOfMass: Vector3? {
    var mass = 0.0
    var moment = Vector3.zero
    forEachVoxel { index, position in
      let density = Double(voxels[index])
      guard density > 0 else { return }
      mass += density
      moment += density * position
    }
    return mass > 0 ? moment / mass : nil
  }

  /// Pearson's correlation with another volume of the same size.
  public func correlation(with other: Volume) -> Double {
    precondition(other.size == size)
    let (meanA, meanB) = (mean, other.mean)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for index in voxels.indices {
      let a = Double(voxels[index]) - meanA
      let b = Double(other.voxels[index]) - meanB
      ab += a * b
      aa += a * a
      bb += b * b
    }
    return aa > 0 && bb > 0 ? ab / (aa * bb).squareRoot() : 0
  }
}
