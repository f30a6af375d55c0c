import CryoEM

/// What the rays of a picture meet: for each pixel how far it is, and how the surface lies there.
public struct SurfaceHits: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// Toward the eye from the camera's target, Å, row by row from the top; −∞ where nothing is met.
  public var depths: [Float]
  /// Outward unit normals in the picture's frame: right, up, toward the eye.
  public var normals: [SIMD3<Float>]
  /// Where the clip plane cuts through what is inside.
  public var isCut: [Bool]

  init(width: Int, height: Int) {
    (self.width, self.height) = (width, height)
    depths = Array(repeating: -.infinity, count: width * height)
    normals = Array(repeating: SIMD3(0, 0, 1), count: width * height)
    isCut = Array(repeating: false, count: width * height)
  }
}

extension ViewedMap {
  /// Casts a ray for each pixel of a picture to the surface at a level.
  ///
  /// The density between voxels is trilinear; the surface is where it first reaches the level from
  /// below, in steps of at most 0.8 voxels, found within a brick by bisection of the step and then the
  /// secant. Bricks whose largest density stays below the level are passed over whole.
  ///
  /// - Parameters:
  ///   - width: pixels across.
  ///   - height: pixels down.
  ///   - aspect: width of a pixel for a height of 1.
  ///   - block: pixels along an edge of squares that share one ray, for quick drafts.
  public func hits(
    at level: Float, from camera: ViewCamera, width: Int, height: Int, aspect: Double = 1,
    block: Int = 1
  ) -> SurfaceHits {
    var hits = SurfaceHits(width: width, height: height)
    guard volume.size >= 2, width > 0, height > 0, level.isFinite else { return hits }
    let caster = RayCaster(self, level: level, camera: camera)
    let block = max(1, block)
    DensitySampler.reading(volume) { sampler in
      bricks.largest.withUnsafeBufferPointer { largest in
        for top in stride(from: 0, to: height, by: block) {
          for left in stride(from: 0, to: width, by: block) {
            let (x, y) = (Double(left) + 0.5 * Double(block), Double(top) + 0.5 * Double(block))
            let eye = camera.point(
              x: x, y: y, depth: 0, width: width, height: height, aspect: aspect)
            guard let hit = caster.hit(from: SIMD3<Float>(voxel(of: eye)), sampler, largest) else {
              continue
            }
            for row in top..<min(top + block, height) {
              for column in left..<min(left + block, width) {
                let index = row * width + column
                hits.depths[index] = hit.depth
                hits.normals[index] = hit.normal
                hits.isCut[index] = hit.isCut
              }
            }
          }
        }
      }
    }
    return hits
  }
}

/// Follows rays through the bricks of a map.
private struct RayCaster {
  struct Hit {
    var depth: Float
    var normal: SIMD3<Float>
    var isCut: Bool
  }

  let level: Float
  let size: Int
  let bricks: Int
  /// Away from the eye, in the map's frame: the way of a ray, one voxel long.
  let way: SIMD3<Float>
  let right: SIMD3<Float>, up: SIMD3<Float>
  let pixelSize: Float
  /// Voxels along the way at which the clip plane lies, from depth 0.
  let start: Float

  init(_ map: ViewedMap, level: Float, camera: ViewCamera) {
    self.level = level
    size = map.volume.size
    bricks = map.bricks.count
    pixelSize = Float(map.volume.pixelSize)
    way = -SIMD3<Float>(camera.rotation.row2)
    right = SIMD3<Float>(camera.rotation.row0)
    up = SIMD3<Float>(camera.rotation.row1)
    start = camera.clip.map { -Float($0) / Float(map.volume.pixelSize) } ?? -.infinity
  }

  /// - Parameter eye: where the ray is at depth 0, voxels from the corner.
  func hit(
    from eye: SIMD3<Float>, _ sampler: DensitySampler, _ largest: UnsafeBufferPointer<Float>
  ) -> Hit? {
    // The part of the ray inside the box, 0 to size − 1.
    var (near, far) = (-Float.infinity, Float.infinity)
    let last = Float(size - 1)
    for axis in 0..<3 {
      if abs(way[axis]) < 1e-6 {
        if eye[axis] < 0 || eye[axis] > last { return nil }
        continue
      }
      let (a, b) = (-eye[axis] / way[axis], (last - eye[axis]) / way[axis])
      near = max(near, min(a, b))
      far = min(far, max(a, b))
    }
    let isClipped = start > near
    near = max(near, start)
    guard near < far else { return nil }
    if isClipped, sampler.density(at: eye + near * way) >= level {
      return Hit(depth: -near * pixelSize, normal: SIMD3(0, 0, 1), isCut: true)
    }
    return march(from: eye, near: near, far: far, sampler, largest)
  }

  /// From brick to brick (Amanatides and Woo 1987), with samples in those that reach the level.
  private func march(
    from eye: SIMD3<Float>, near: Float, far: Float, _ sampler: DensitySampler,
    _ largest: UnsafeBufferPointer<Float>
  ) -> Hit? {
    let edge = Float(DensityBricks.edge)
    let place = eye + near * way
    var brick = SIMD3<Int>()
    var next = SIMD3<Float>(repeating: .infinity)
    var step = SIMD3<Float>(repeating: .infinity)
    var turn = SIMD3<Int>()
    for axis in 0..<3 {
      brick[axis] = min(max(0, Int(place[axis] / edge)), bricks - 1)
      guard abs(way[axis]) >= 1e-6 else { continue }
      turn[axis] = way[axis] > 0 ? 1 : -1
      step[axis] = edge / abs(way[axis])
      let border = Float(brick[axis] + (way[axis] > 0 ? 1 : 0)) * edge
      next[axis] = (border - eye[axis]) / way[axis]
    }
    var begin = near
    // Whether the surface was passed to the inside without being met, as where the box begins in it.
    var wasInside = sampler.density(at: place) >= level
    if wasInside, largest[(brick.z * bricks + brick.y) * bricks + brick.x] >= level {
      return Hit(depth: -near * pixelSize, normal: normal(at: place, sampler), isCut: false)
    }
    while begin < far {
      let axis = next.x < next.y ? (next.x < next.z ? 0 : 2) : (next.y < next.z ? 1 : 2)
      let end = min(far, max(begin, next[axis]))
      if largest[(brick.z * bricks + brick.y) * bricks + brick.x] >= level {
        let count = max(1, ((end - begin) / 0.8).rounded(.up))
        let stride = (end - begin) / count
        var (before, time) = (sampler.density(at: eye + begin * way), begin)
        for _ in 0..<Int(count) {
          let now = time + stride
          let density = sampler.density(at: eye + now * way)
          if density >= level, !wasInside {
            let met = crossing(from: eye, time, before, now, density, sampler)
            return Hit(
              depth: -met * pixelSize, normal: normal(at: eye + met * way, sampler), isCut: false)
          }
          wasInside = density >= level
          (before, time) = (density, now)
        }
      } else {
        wasInside = false
      }
      begin = end
      next[axis] += step[axis]
      brick[axis] += turn[axis]
      if turn[axis] == 0 || brick[axis] < 0 || brick[axis] >= bricks { return nil }
    }
    return nil
  }

  /// Where the density is the level between two places on a ray, of which the second is above it.
  private func crossing(
    from eye: SIMD3<Float>, _ low: Float, _ lowDensity: Float, _ high: Float,
    _ highDensity: Float, _ sampler: DensitySampler
  ) -> Float {
    var (low, high) = (low, high)
    var (below, above) = (lowDensity - level, highDensity - level)
    for _ in 0..<2 {
      let middle = 0.5 * (low + high)
      let density = sampler.density(at: eye + middle * way) - level
      if density >= 0 {
        (high, above) = (middle, density)
      } else {
        (low, below) = (middle, density)
      }
    }
    return above > below ? low - below * (high - low) / (above - below) : high
  }

  private func normal(at place: SIMD3<Float>, _ sampler: DensitySampler) -> SIMD3<Float> {
    let gradient = sampler.gradient(at: place)
    let length = (gradient * gradient).sum().squareRoot()
    guard length > 1e-20 else { return SIMD3(0, 0, 1) }
    let outward = -gradient / length
    return SIMD3((outward * right).sum(), (outward * up).sum(), -(outward * way).sum())
  }
}
