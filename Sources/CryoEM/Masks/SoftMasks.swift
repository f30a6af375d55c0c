import Glibc

extension Volume {
  /// A soft mask about everything at or above a threshold: 1 up to the distance `near` from it, 0
  /// from `far` on (Å), half a cosine between them, by exact Euclidean distances.
  public func softMask(threshold: Float, near: Double, far: Double) -> Volume {
    Self.softMask(
      inside: voxels.map { $0 >= threshold }, size: size, pixelSize: pixelSize, near: near,
      far: far)
  }

  /// This mask grown about its 0.5 level: 1 up to `near`, 0 from `far` on (Å).
  public func dilated(near: Double, far: Double) -> Volume {
    softMask(threshold: 0.5, near: near, far: far)
  }

  /// The loose mask of an FSC: the mask dilated to 25 Å, zero at 40 Å.
  public var looseMask: Volume { dilated(near: 25, far: 40) }
  /// The tight mask of an FSC: the mask dilated to 6 Å, zero at 12 Å.
  public var tightMask: Volume { dilated(near: 6, far: 12) }

  /// A soft mask about the voxels that are inside.
  static func softMask(
    inside: [Bool], size: Int, pixelSize: Double, near: Double, far: Double
  ) -> Volume {
    softMask(
      squaredDistances: squaredDistances(toInside: inside, size: size), size: size,
      pixelSize: pixelSize, near: near, far: far)
  }

  /// A soft mask about the voxels whose squared distance (in voxels) is zero.
  static func softMask(
    squaredDistances squares: [Float], size: Int, pixelSize: Double, near: Double, far: Double
  ) -> Volume {
    let nearSquare = Float(near * near / (pixelSize * pixelSize))
    let farSquare = Float(far * far / (pixelSize * pixelSize))
    let voxels = squares.map { square -> Float in
      if square == 0 || square <= nearSquare { return 1 }
      if square >= farSquare { return 0 }
      return Float(raisedCosine(Double(square).squareRoot() * pixelSize, from: near, to: far))
    }
    return Volume(size: size, pixelSize: pixelSize, voxels: voxels)
  }

  /// A soft sphere: 1 up to `radius` from a point, 0 from `outerRadius` on (all Å).
  public static func sphere(
    size: Int, pixelSize: Double, radius: Double, outerRadius: Double, centre: Vector3 = .zero
  ) -> Volume {
    var mask = Volume(size: size, pixelSize: pixelSize)
    let empty = mask
    empty.forEachVoxel { index, position in
      let offset = position - centre
      let square = (offset * offset).sum()
      if square >= outerRadius * outerRadius { return }
      mask.voxels[index] =
        square <= radius * radius
        ? 1 : Float(raisedCosine(square.squareRoot(), from: radius, to: outerRadius))
    }
    return mask
  }

  /// The mask that is made from a map itself: the map low-passed to `resolution` (Å) and cut at a
  /// fraction of its maximum inside `region`, dilated to `near` and zero at `far` (Å).
  ///
  /// - Parameters:
  ///   - absolute: whether strong negative density counts as well.
  public func dynamicMask(
    inside region: Volume, threshold: Double, resolution: Double, near: Double, far: Double,
    absolute: Bool = false
  ) -> Volume {
    var smooth = lowPassed(to: resolution) * region
    if absolute { smooth = smooth.map { abs($0) } }
    return smooth.softMask(threshold: Float(threshold) * smooth.maximum, near: near, far: far)
  }
}
