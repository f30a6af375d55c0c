import Fourier

/// A part of a cubic grid: which of its voxels are inside.
public struct Region: Sendable, Equatable {
  /// Voxels along each edge.
  public let size: Int
  /// Edge of a voxel, Å.
  public let pixelSize: Double
  /// Whether each voxel is inside, index (z · size + y) · size + x.
  public var inside: [Bool]

  public init(size: Int, pixelSize: Double, inside: [Bool]) {
    precondition(inside.count == size * size * size)
    (self.size, self.pixelSize, self.inside) = (size, pixelSize, inside)
  }

  /// A region with nothing inside.
  public init(size: Int, pixelSize: Double) {
    self.init(
      size: size, pixelSize: pixelSize,
      inside: [Bool](repeating: false, count: size * size * size))
  }

  /// Everything at or above a threshold.
  public init(of map: Volume, threshold: Float) {
    let inside = parallelArray(count: map.voxels.count) { range, inside in
      map.voxels.withUnsafeBufferPointer { voxels in
        for index in range { (inside + index).initialize(to: voxels[index] >= threshold) }
      }
    }
    self.init(size: map.size, pixelSize: map.pixelSize, inside: inside)
  }

  /// Number of voxels inside.
  public var count: Int { inside.reduce(0) { $0 + ($1 ? 1 : 0) } }
  /// Whether nothing is inside.
  public var isEmpty: Bool { !inside.contains(true) }
  /// Volume, Å³.
  public var volume: Double { Double(count) * pixelSize * pixelSize * pixelSize }

  /// What is in this region or in the other.
  public func union(_ other: Region) -> Region { combined(with: other) { $0 || $1 } }
  /// What is in both.
  public func intersection(_ other: Region) -> Region { combined(with: other) { $0 && $1 } }
  /// What is in this region and not in the other.
  public func subtracting(_ other: Region) -> Region { combined(with: other) { $0 && !$1 } }
  /// Everything else.
  public var inverted: Region {
    Region(size: size, pixelSize: pixelSize, inside: inside.map { !$0 })
  }

  private func combined(with other: Region, _ combine: (Bool, Bool) -> Bool) -> Region {
    precondition(other.size == size)
    var result = self
    for index in inside.indices {
      result.inside[index] = combine(inside[index], other.inside[index])
    }
    return result
  }

  /// Adds every voxel within a distance of a point.
  ///
  /// - Parameters:
  ///   - centre: Å from the box centre; it may be outside of the box.
  ///   - radius: Å.
  public mutating func addSphere(centre: Vector3, radius: Double) {
    let middle = centre / pixelSize + Vector3(repeating: Double(size / 2))
    let reach = radius / pixelSize
    let square = reach * reach
    let size = size
    inside.withUnsafeMutableBufferPointer { inside in
      for z in voxels(from: middle.z - reach, to: middle.z + reach, size: size) {
        let dz = Double(z) - middle.z
        for y in voxels(from: middle.y - reach, to: middle.y + reach, size: size) {
          let dy = Double(y) - middle.y
          let rest = square - dz * dz - dy * dy
          guard rest >= 0 else { continue }
          let half = rest.squareRoot()
          let row = (z * size + y) * size
          for x in voxels(from: middle.x - half, to: middle.x + half, size: size) {
            inside[row + x] = true
          }
        }
      }
    }
  }

  /// Adds every voxel in a box with edges along the axes.
  ///
  /// - Parameters:
  ///   - centre: Å from the box centre.
  ///   - extent: the lengths of its edges, Å.
  public mutating func addCuboid(centre: Vector3, extent: Vector3) {
    let middle = centre / pixelSize + Vector3(repeating: Double(size / 2))
    let half = extent / (2 * pixelSize)
    let size = size
    for z in voxels(from: middle.z - half.z, to: middle.z + half.z, size: size) {
      for y in voxels(from: middle.y - half.y, to: middle.y + half.y, size: size) {
        for x in voxels(from: middle.x - half.x, to: middle.x + half.x, size: size) {
          inside[(z * size + y) * size + x] = true
        }
      }
    }
  }

  /// The soft mask about this region: 1 up to the distance `near` from it, 0 from `far` on (Å), half
  /// a cosine between them, by exact Euclidean distances.
  public func softMask(near: Double, far: Double) -> Volume {
    MaskDistances(of: self).mask(near: near, far: far)
  }

  /// This region and everything up to a distance (Å) from it.
  public func grown(by distance: Double) -> Region {
    guard distance > 0 else { return self }
    let limit = Float(distance * distance / (pixelSize * pixelSize)) + 1e-4
    return Region(
      size: size, pixelSize: pixelSize,
      inside: squaredDistances(toInside: inside, size: size).map { $0 <= limit })
  }
}

extension Volume {
  /// This mask without what is in a region or nearer to it than `width` (Å): the edge between them is
  /// half a cosine.
  public func cleared(of region: Region, width: Double) -> Volume {
    combined(with: region.softMask(near: 0, far: width)) { min($0, 1 - $1) }
  }

  /// This mask without what is outside of the sphere in the box: an edge of `width` Å ends two voxels
  /// before the sphere.
  public func clearedOfBoxEdge(width: Double) -> Volume {
    let end = (Double(size / 2) - 2) * pixelSize
    let sphere = Volume.sphere(
      size: size, pixelSize: pixelSize, radius: max(0, end - width), outerRadius: end)
    return combined(with: sphere) { min($0, $1) }
  }
}

/// The whole numbers between two places that are indices of voxels.
private func voxels(
  from first: Double, to last: Double, size: Int
) -> Range<Int> {
  let low = min(max(first - 1e-9, 0).rounded(.up), Double(size))
  let high = min(max(last + 1e-9, -1).rounded(.down), Double(size - 1))
  return low > high ? 0..<0 : Int(low)..<(Int(high) + 1)
}
