import CryoEM
import Glibc
import Images

/// All that a picture of a surface is made of.
public struct SurfaceScene: Sendable {
  public var map: ViewedMap
  public var level: Float
  public var camera: ViewCamera
  public var colours: SurfaceColours
  /// A mask whose 0.5 level lies over the surface as a veil.
  public var veil: ViewedMap?

  public init(
    map: ViewedMap, level: Float, camera: ViewCamera, colours: SurfaceColours = .plain,
    veil: ViewedMap? = nil
  ) {
    (self.map, self.level, self.camera) = (map, level, camera)
    (self.colours, self.veil) = (colours, veil)
  }

  /// The picture. A map that is finer than the pixels is averaged first, at a level of the same mass.
  ///
  /// - Parameters:
  ///   - aspect: width of a pixel for a height of 1.
  ///   - block: pixels along an edge of squares that share one ray.
  ///   - smoothing: pixels along an edge of what the map is averaged over.
  public func picture(
    width: Int, height: Int, aspect: Double = 1, block: Int = 1, smoothing: Double = 1,
    ink: SurfaceInk
  ) -> IndexedImage {
    let pixel = camera.pixel(width: width, height: height, aspect: aspect)
    let (map, level) = map.suited(
      toPixel: smoothing * min(pixel.across, pixel.down), level: level)
    let hits = map.hits(
      at: level, from: camera, width: width, height: height, aspect: aspect, block: block)
    let mask = veil?.hits(
      at: 0.5, from: camera, width: width, height: height, aspect: aspect, block: block)
    let shading = Shading(hits)
    var indices = [UInt8](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        let index = y * width + x
        let depth = hits.depths[index]
        // A veil hides nothing: it is seen where it is in front.
        let isVeiled = mask.map { $0.depths[index] > depth } ?? false
        guard depth > -.infinity else {
          indices[index] = isVeiled ? 2 : 0
          continue
        }
        if hits.isCut[index] {
          indices[index] = isVeiled ? 3 : 1
          continue
        }
        let lightness = shading.lightness(x, y, aspect: aspect, camera: camera)
        let shade = Int((lightness * Double(ink.shades - 1)).rounded())
        let hue = colours.hue(
          at: { [camera] in
            camera.point(
              x: Double(x) + 0.5, y: Double(y) + 0.5, depth: Double(depth), width: width,
              height: height, aspect: aspect)
          }, count: ink.hues.count)
        indices[index] = ink.index(hue: hue, shade: shade, isVeiled: isVeiled)
      }
    }
    return IndexedImage(
      width: width, height: height, indices: indices, palette: ink.palette, outside: 0)
  }
}

/// How light each place of a picture is.
struct Shading {
  let hits: SurfaceHits
  /// The nearest and the farthest place, Å toward the eye.
  private let near: Float, far: Float

  init(_ hits: SurfaceHits) {
    self.hits = hits
    var (near, far) = (-Float.infinity, Float.infinity)
    for depth in hits.depths where depth > -.infinity {
      near = max(near, depth)
      far = min(far, depth)
    }
    (self.near, self.far) = (near, far)
  }

  /// Where the light comes from: over the left shoulder. Right, up, toward the eye.
  static let light = SIMD3<Double>(-0.36, 0.48, 0.8)

  /// Lambert's cosine to a light, with a part that comes from the eye so that nothing is quite dark, less
  /// with distance (by a third from the nearest to the farthest place) and where a nearer part of the
  /// surface stands close beside; 0…1.
  func lightness(_ x: Int, _ y: Int, aspect: Double, camera: ViewCamera) -> Double {
    let index = y * hits.width + x
    let normal = SIMD3<Double>(hits.normals[index])
    let diffuse = Self.diffuse(normal)
    let range = Double(near - far)
    let distance = range > 0 ? Double(near - hits.depths[index]) / range : 0
    return min(1, diffuse * (1 - distance / 3) * (1 - occlusion(x, y, aspect, camera)))
  }

  static func diffuse(_ normal: SIMD3<Double>) -> Double {
    0.7 * max(0, (normal * light).sum()) + 0.3 * max(0, normal.z)
  }

  /// The share of light that parts of the surface beside keep off, 0…0.5: those that are nearer to the
  /// eye by more than they are beside.
  func occlusion(_ x: Int, _ y: Int, _ aspect: Double, _ camera: ViewCamera) -> Double {
    let depth = hits.depths[y * hits.width + x]
    let pixel = camera.pixel(width: hits.width, height: hits.height, aspect: aspect)
    var (sum, count) = (0.0, 0.0)
    for (dx, dy) in [(-2, 0), (2, 0), (0, -2), (0, 2), (-1, -1), (1, -1), (-1, 1), (1, 1)] {
      let (column, row) = (x + dx, y + dy)
      guard column >= 0, row >= 0, column < hits.width, row < hits.height else { continue }
      let other = hits.depths[row * hits.width + column]
      count += 1
      guard other > -.infinity else { continue }
      let beside = hypot(Double(dx) * pixel.across, Double(dy) * pixel.down)
      let rise = Double(other - depth) / max(beside, 1e-9)
      sum += min(1, max(0, rise - 1) / 4)
    }
    return count > 0 ? 0.5 * sum / count : 0
  }
}
