import CryoEM
import Glibc

/// From where a surface is seen: along a direction, without perspective.
///
/// The rows of the rotation are the directions of the picture in the map's frame: to the right, up, and
/// toward the eye.
public struct ViewCamera: Sendable, Hashable {
  public var rotation: Rotation
  /// The point in the middle of the picture, Å in the shared frame.
  public var target: Vector3
  /// Half of the shorter edge of the picture, Å.
  public var reach: Double
  /// What is nearer to the eye than this (Å from the target, toward the eye) is cut away; nil cuts
  /// nothing.
  public var clip: Double?

  public init(
    rotation: Rotation = .identity, target: Vector3 = .zero, reach: Double, clip: Double? = nil
  ) {
    (self.rotation, self.target, self.reach, self.clip) = (rotation, target, reach, clip)
  }

  /// The same turned about an axis of the picture (0 to the right, 1 up, 2 toward the eye): what is seen
  /// turns by the angle in degrees.
  public func turned(about axis: Int, by degrees: Double) -> ViewCamera {
    let (c, s) = (cos(degrees * .pi / 180), sin(degrees * .pi / 180))
    let turn =
      switch axis {
      case 0: Rotation(rows: Vector3(1, 0, 0), Vector3(0, c, -s), Vector3(0, s, c))
      case 1: Rotation(rows: Vector3(c, 0, s), Vector3(0, 1, 0), Vector3(-s, 0, c))
      default: Rotation(rows: Vector3(c, -s, 0), Vector3(s, c, 0), Vector3(0, 0, 1))
      }
    var camera = self
    camera.rotation = (turn * rotation).orthonormalised
    return camera
  }

  /// Å of a pixel of a picture of so many pixels, of which each is `aspect` times as wide as high:
  /// across and down.
  func pixel(width: Int, height: Int, aspect: Double) -> (across: Double, down: Double) {
    let shorter = min(Double(width) * aspect, Double(height))
    let down = 2 * reach / max(1, shorter)
    return (down * aspect, down)
  }

  /// Where a point (Å in the shared frame) is in a picture, in pixels from its upper left corner, and
  /// how far toward the eye it is from the target, Å.
  public func place(
    of point: Vector3, width: Int, height: Int, aspect: Double
  ) -> (x: Double, y: Double, depth: Double) {
    let pixel = pixel(width: width, height: height, aspect: aspect)
    let seen = rotation.applied(to: point - target)
    return (
      0.5 * Double(width) + seen.x / pixel.across, 0.5 * Double(height) - seen.y / pixel.down,
      seen.z
    )
  }

  /// The point that is seen at a place of a picture at a depth: the inverse of `place`.
  public func point(
    x: Double, y: Double, depth: Double, width: Int, height: Int, aspect: Double
  ) -> Vector3 {
    let pixel = pixel(width: width, height: height, aspect: aspect)
    let seen = Vector3(
      (x - 0.5 * Double(width)) * pixel.across, (0.5 * Double(height) - y) * pixel.down, depth)
    return rotation.transposed.applied(to: seen) + target
  }
}
