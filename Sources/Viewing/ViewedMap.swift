import CryoEM

/// A map made ready to be looked at: what its levels mean, and where there is something to see.
public struct ViewedMap: Sendable {
  public let volume: Volume
  /// Where its box centre lies in the frame that all maps of a view share, Å.
  public let centre: Vector3
  public let bricks: DensityBricks
  public let levels: LevelTable
  /// The same in voxels of twice, four times … the edge, for pictures of few pixels.
  let coarser: [ViewedMap]

  public init(_ volume: Volume, centre: Vector3 = .zero) {
    self.init(volume, centre: centre, coarsens: true)
  }

  private init(_ volume: Volume, centre: Vector3, coarsens: Bool) {
    self.volume = volume
    self.centre = centre
    bricks = DensityBricks(volume)
    levels = LevelTable(volume)
    var coarser: [ViewedMap] = []
    var last = (volume: volume, centre: centre)
    while coarsens, last.volume.size >= 32 {
      let halved = last.volume.halved
      // The mean of the voxels 2i and 2i + 1 lies between them; that of i = size/2 is the new centre.
      let shift = Double(2 * (halved.size / 2) - last.volume.size / 2) + 0.5
      let centre = last.centre + Vector3(repeating: shift * last.volume.pixelSize)
      last = (halved, centre)
      coarser.append(ViewedMap(last.volume, centre: centre, coarsens: false))
    }
    self.coarser = coarser
  }

  /// The map in voxels as fine as pixels of an edge (Å) show, and the level above which it has as much
  /// mass as above another one.
  func suited(toPixel edge: Double, level: Float) -> (map: ViewedMap, level: Float) {
    guard let map = coarser.last(where: { $0.volume.pixelSize <= 1.1 * edge }) else {
      return (self, level)
    }
    return (map, map.levels.level(mass: levels.mass(above: level)))
  }

  /// Half the edge of the box, Å.
  public var halfEdge: Double { 0.5 * volume.edge }

  /// A point of the shared frame (Å) in voxels from the corner.
  public func voxel(of point: Vector3) -> Vector3 {
    (point - centre) / volume.pixelSize + Double(volume.size / 2)
  }

  /// The point of the shared frame (Å) of a place in voxels from the corner.
  public func point(ofVoxel voxel: Vector3) -> Vector3 {
    (voxel - Double(volume.size / 2)) * volume.pixelSize + centre
  }

  /// The density at a point of the shared frame, between voxels by linear interpolation; nil outside.
  public func density(at point: Vector3) -> Float? {
    let place = SIMD3<Float>(voxel(of: point))
    let last = Float(volume.size - 1)
    guard place.min() >= 0, place.max() <= last else { return nil }
    return DensitySampler.reading(volume) { $0.density(at: place) }
  }
}

extension ViewedMap {
  /// The sphere around the middle of everything at or above a level, to its farthest voxel; nil for
  /// nothing.
  public func extent(above level: Float) -> (centre: Vector3, radius: Double)? {
    var (low, high) = (SIMD3(repeating: Int.max), SIMD3(repeating: Int.min))
    forEachVoxel(above: level) { place in
      for axis in 0..<3 {
        low[axis] = min(low[axis], place[axis])
        high[axis] = max(high[axis], place[axis])
      }
    }
    guard low.x <= high.x else { return nil }
    let centre = 0.5 * SIMD3<Double>(low &+ high)
    var farthest = 0.0
    forEachVoxel(above: level) { place in
      let offset = SIMD3<Double>(place) - centre
      farthest = max(farthest, (offset * offset).sum())
    }
    return (point(ofVoxel: centre), (farthest.squareRoot() + 1) * volume.pixelSize)
  }

  private func forEachVoxel(above level: Float, _ body: (SIMD3<Int>) -> Void) {
    let (count, edge, size) = (bricks.count, DensityBricks.edge, volume.size)
    for index in bricks.largest.indices where bricks.largest[index] >= level {
      let brick = edge &* SIMD3(index % count, index / count % count, index / (count * count))
      for z in brick.z..<min(brick.z + edge + 1, size) {
        for y in brick.y..<min(brick.y + edge + 1, size) {
          for x in brick.x..<min(brick.x + edge + 1, size)
          where volume.voxels[(z * size + y) * size + x] >= level {
            body(SIMD3(x, y, z))
          }
        }
      }
    }
  }
}

extension Volume {
  /// The means of two voxels along each axis; the last one of an odd number is left out.
  var halved: Volume {
    let half = size / 2
    var result = Volume(size: half, pixelSize: 2 * pixelSize)
    voxels.withUnsafeBufferPointer { voxels in
      for z in 0..<half {
        for y in 0..<half {
          for x in 0..<half {
            var sum: Float = 0
            for corner in 0..<4 {
              let row = ((2 * z + corner >> 1) * size + 2 * y + corner & 1) * size + 2 * x
              sum += voxels[row] + voxels[row + 1]
            }
            result.voxels[(z * half + y) * half + x] = sum / 8
          }
        }
      }
    }
    return result
  }
}
