import CryoEM
import Testing

@testable import Viewing

/// Rays against maps whose surfaces are formulas.
struct SurfaceHitsTests {
  static let pixelSize = 1.5

  /// A map of a formula of the place (Å from the box centre).
  static func map(size: Int = 48, _ formula: (Vector3) -> Double) -> ViewedMap {
    var volume = Volume(size: size, pixelSize: pixelSize)
    let empty = volume
    empty.forEachVoxel { index, place in volume.voxels[index] = Float(formula(place)) }
    return ViewedMap(volume)
  }

  static func length(_ v: Vector3) -> Double { (v * v).sum().squareRoot() }

  /// Density that falls linearly with the distance from a point: a ball at every level.
  static let ball = map { 30 - length($0 - Vector3(3, -2, 4)) }

  static let turned = ViewCamera(reach: 36).turned(about: 1, by: 40).turned(about: 0, by: -25)

  @Test(arguments: [ViewCamera(reach: 36), turned]) func aBallIsRound(camera: ViewCamera) {
    let (width, height, radius) = (60, 40, 14.0)
    let hits = Self.ball.hits(at: Float(30 - radius), from: camera, width: width, height: height)
    let centre = camera.rotation.applied(to: Vector3(3, -2, 4))
    let step = 2 * 36.0 / 40
    var met = 0
    for y in 0..<height {
      for x in 0..<width {
        let across = (Double(x) + 0.5 - 30) * step - centre.x
        let up = (20 - Double(y) - 0.5) * step - centre.y
        let square = radius * radius - across * across - up * up
        let depth = Double(hits.depths[y * width + x])
        if square < -6 { #expect(depth == -.infinity) }
        // Linear interpolation leaves a cusp at the centre out of account, but nothing of the surface.
        guard square > 12 else { continue }
        met += 1
        let toward = square.squareRoot()
        #expect(abs(depth - centre.z - toward) < 0.17, "at \(x), \(y)")
        let normal = SIMD3<Double>(hits.normals[y * width + x])
        let wanted = Vector3(across, up, toward) / radius
        #expect(Self.length(normal - wanted) < 0.04, "at \(x), \(y)")
      }
    }
    #expect(met > 100)
  }

  /// A ray meets an ellipsoid where a quadratic equation says.
  @Test func anEllipsoidIsMetWhereTheEquationSays() {
    let axes = Vector3(24, 15, 9)
    let map = Self.map { 1 - Self.length($0 / axes) }
    let camera = Self.turned
    let hits = map.hits(at: 0.02, from: camera, width: 50, height: 50)
    let back = camera.rotation.transposed
    var met = 0
    for y in 0..<50 {
      for x in 0..<50 {
        let eye =
          back.applied(
            to: Vector3((Double(x) - 24.5) * 1.44, (24.5 - Double(y)) * 1.44, 0)) / axes
        let way = camera.rotation.row2 / axes
        let (a, b, c) = ((way * way).sum(), (eye * way).sum(), (eye * eye).sum() - 0.98 * 0.98)
        let square = b * b - a * c
        // Where the ray does not graze it.
        guard square > 0.02 * a else { continue }
        met += 1
        let wanted = (-b + square.squareRoot()) / a
        #expect(abs(Double(hits.depths[y * 50 + x]) - wanted) < 0.35, "at \(x), \(y)")
      }
    }
    #expect(met > 100)
  }

  @Test func theClipPlaneCuts() {
    var camera = ViewCamera(reach: 36)
    camera.clip = 4 + 5
    let hits = Self.ball.hits(at: 16, from: camera, width: 72, height: 72)
    for y in 0..<72 {
      for x in 0..<72 {
        let (across, up) = (Double(x) - 35.5 - 3, 35.5 - Double(y) + 2)
        let square = 14 * 14 - across * across - up * up
        let depth = Double(hits.depths[y * 72 + x])
        #expect(depth <= 9.001)
        if square > 25 + 10 {
          #expect(hits.isCut[y * 72 + x] && abs(depth - 9) < 1e-4)
        } else if square < 25 - 10 {
          #expect(!hits.isCut[y * 72 + x])
        }
      }
    }
  }

  /// What is passed over is empty: the same as stepping through every voxel.
  @Test func bricksLoseNothing() {
    var state: UInt32 = 7
    var volume = Volume(size: 34, pixelSize: 1)
    for z in 0..<33 {
      for y in 0..<33 {
        for x in 0..<33 {
          state = state &* 1_664_525 &+ 1_013_904_223
          volume[x, y, z] = max(volume[x, y, z], Float(state >> 24) / 2000)
          // Here and there eight bright voxels.
          guard state >> 24 == 0 else { continue }
          for corner in 0..<8 { volume[x + corner & 1, y + corner >> 1 & 1, z + corner >> 2] = 1 }
        }
      }
    }
    let map = ViewedMap(volume)
    let camera = ViewCamera(reach: 17).turned(about: 0, by: 33).turned(about: 1, by: 61)
    let hits = map.hits(at: 0.5, from: camera, width: 40, height: 40)
    var (met, differing) = (0, 0)
    for y in 0..<40 {
      for x in 0..<40 {
        var first = -Double.infinity
        for step in 0..<2400 {
          let depth = 30 - Double(step) * 0.025
          let point = camera.point(
            x: Double(x) + 0.5, y: Double(y) + 0.5, depth: depth, width: 40, height: 40, aspect: 1)
          if (map.density(at: point) ?? 0) >= 0.5 {
            first = depth
            break
          }
        }
        let depth = Double(hits.depths[y * 40 + x])
        if first > -.infinity { met += 1 }
        // Steps of 0.8 voxels may pass over the tip of a voxel that the fine ones find.
        if abs(depth - first) > 0.06, depth != first { differing += 1 }
      }
    }
    #expect(met > 200)
    #expect(differing < met / 12, "\(differing) of \(met)")
  }

  @Test func bricksKnowTheirExtremes() {
    let (bricks, volume) = (Self.ball.bricks, Self.ball.volume)
    let edge = DensityBricks.edge
    #expect(bricks.count == 6)
    for z in 0..<6 {
      for y in 0..<6 {
        for x in 0..<6 {
          var (low, high) = (Float.infinity, -Float.infinity)
          for dz in 0...edge where z * edge + dz < 48 {
            for dy in 0...edge where y * edge + dy < 48 {
              for dx in 0...edge where x * edge + dx < 48 {
                let value = volume[x * edge + dx, y * edge + dy, z * edge + dz]
                (low, high) = (min(low, value), max(high, value))
              }
            }
          }
          #expect(bricks.largest[(z * 6 + y) * 6 + x] == high)
          #expect(bricks.smallest[(z * 6 + y) * 6 + x] == low)
        }
      }
    }
  }

  /// A map of another sampling, whose box centre lies elsewhere, is seen at the same place.
  @Test func mapsShareAFrame() {
    let centre = Vector3(6, 3, -9)
    var volume = Volume(size: 40, pixelSize: 1.2)
    let empty = volume
    empty.forEachVoxel { index, place in
      volume.voxels[index] = Float(30 - Self.length(place + centre - Vector3(3, -2, 4)))
    }
    let other = ViewedMap(volume, centre: centre)
    let one = Self.ball.hits(at: 20, from: Self.turned, width: 40, height: 40)
    let two = other.hits(at: 20, from: Self.turned, width: 40, height: 40)
    for (a, b) in zip(one.depths, two.depths) where a > -.infinity && b > -.infinity {
      #expect(abs(a - b) < 0.4)
    }
    let place = other.point(ofVoxel: other.voxel(of: Vector3(1, 2, 3)))
    #expect(Self.length(place - Vector3(1, 2, 3)) < 1e-9)
  }

  @Test func camerasTurnAndFindPointsAgain() {
    // A turn about the vertical moves what is in front to the right.
    let camera = ViewCamera(reach: 20).turned(about: 1, by: 30)
    let front = camera.place(of: Vector3(0, 0, 10), width: 100, height: 100, aspect: 1)
    #expect(abs(front.x - (50 + 10 * 0.5 * 2.5)) < 1e-9 && abs(front.y - 50) < 1e-9)
    let up = ViewCamera(reach: 20).turned(about: 0, by: 30)
      .place(of: Vector3(0, 0, 10), width: 100, height: 100, aspect: 1)
    // About the horizontal, by the right hand: what is in front goes down.
    #expect(abs(up.y - (50 + 10 * 0.5 * 2.5)) < 1e-9)
    let point = Vector3(3, -7, 2)
    let place = Self.turned.place(of: point, width: 80, height: 48, aspect: 0.5)
    let back = Self.turned.point(
      x: place.x, y: place.y, depth: place.depth, width: 80, height: 48, aspect: 0.5)
    #expect(Self.length(back - point) < 1e-9)
  }

  /// Coarser maps lie where the fine one lies, whether their boxes are even or odd, and hold as much.
  @Test(arguments: [64, 68, 72]) func coarserMapsStayInPlace(size: Int) {
    let place = Vector3(9, -12, 6)
    let map = Self.map(size: size) { 20 - Self.length($0 - place) }
    #expect(map.coarser.count == 2)
    for coarse in map.coarser {
      let level = coarse.levels.level(mass: map.levels.mass(above: 4))
      let extent = coarse.extent(above: level)
      let pixel = coarse.volume.pixelSize
      #expect(Self.length((extent?.centre ?? .zero) - place) < pixel)
      #expect(abs((extent?.radius ?? 0) - 16) < 1.5 * pixel)
      // Away from the tip the mean of a slope is the slope.
      let point = place + Vector3(11, 3, -5)
      #expect(abs(Double(coarse.density(at: point) ?? 0) - 20 + Self.length(point - place)) < 1.2)
    }
    let (suited, level) = map.suited(toPixel: 3, level: 4)
    #expect(suited.volume.size == size / 2 && abs(level - 4) < 0.5)
    #expect(map.suited(toPixel: 2, level: 4).map.volume.size == size)
  }
}
