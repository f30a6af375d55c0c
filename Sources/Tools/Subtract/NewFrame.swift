import CryoEM
import Fourier
import Ground

/// A smaller box about another centre, whole voxels away from the one of the old box: maps and images are
/// cut, never interpolated.
public struct NewFrame: Sendable, Equatable {
  /// Voxels along the old and the new box's edge.
  public let oldBox: Int, box: Int
  public let pixelSize: Double
  /// The new centre, voxels from the old one.
  public let voxel: SIMD3<Int>

  /// - Parameters:
  ///   - centre: Å from the old box's centre; the nearest voxel is taken.
  ///   - box: nil for the old one.
  /// - Throws: `Problem` for a box that is none, or a centre outside the old one.
  public init(oldBox: Int, pixelSize: Double, centre: Vector3, box: Int?) throws(Problem) {
    (self.oldBox, self.pixelSize, self.box) = (oldBox, pixelSize, box ?? oldBox)
    let place = (centre / pixelSize).rounded(.toNearestOrAwayFromZero)
    guard abs(place.x) < Double(oldBox / 2), abs(place.y) < Double(oldBox / 2),
      abs(place.z) < Double(oldBox / 2)
    else {
      throw Problem(
        "--center: \(Format.shortest(place.x)),\(Format.shortest(place.y)),"
          + "\(Format.shortest(place.z)) voxels from the centre is outside the box of \(oldBox)",
        whatToDo: "Give a place inside the box, in voxels from its corner.")
    }
    voxel = SIMD3(Int(place.x), Int(place.y), Int(place.z))
    guard self.box % 2 == 0, (16...oldBox).contains(self.box) else {
      throw Problem(
        "--box \(self.box): the images have \(oldBox) pixels",
        whatToDo: "Give an even box from 16 to \(oldBox).")
    }
  }

  /// The new centre, Å from the old one.
  public var centre: Vector3 {
    Vector3(Double(voxel.x), Double(voxel.y), Double(voxel.z)) * pixelSize
  }

  /// Whether nothing moves and nothing is cut.
  public var isTheOld: Bool { voxel == .zero && box == oldBox }

  /// A map in the new box; zero where the old one ends.
  public func cut(_ map: Volume) -> Volume {
    if isTheOld { return map }
    var part = Volume(size: box, pixelSize: map.pixelSize)
    let corner = voxel &+ (map.size / 2 - box / 2)
    let old = 0..<map.size
    for z in 0..<box where old ~= z + corner.z {
      for y in 0..<box where old ~= y + corner.y {
        for x in 0..<box where old ~= x + corner.x {
          part[x, y, z] = map[x + corner.x, y + corner.y, z + corner.z]
        }
      }
    }
    return part
  }

  /// An image in the new box about a pixel of the old one, counted from its centre.
  ///
  /// - Parameter rest: what lies beyond the old image's edge.
  public func cut(
    _ pixels: FFTBuffer<Float>, about centre: SIMD2<Int>, rest: Float
  ) -> [Float] {
    var part = [Float](repeating: rest, count: box * box)
    let corner = centre &+ (oldBox / 2 - box / 2)
    let old = 0..<oldBox
    for y in 0..<box where old ~= y + corner.y {
      for x in 0..<box where old ~= x + corner.x {
        part[y * box + x] = pixels[(y + corner.y) * oldBox + x + corner.x]
      }
    }
    return part
  }

  /// Where a particle's image is cut, and its pose in the new box.
  ///
  /// A reference point x' about the new centre f appears at Π(A·x') − o' in the new image, which is
  /// Π(A·(x' + f)) − o − c of the old one for a cut about its pixel c.
  ///
  /// - Parameter position: where the new centre appears in the old image, Å from its centre.
  public func moved(_ pose: Pose, position: Vector2) -> (pixel: SIMD2<Int>, pose: Pose) {
    if voxel == .zero { return (.zero, pose) }
    let place = (position / pixelSize).rounded(.toNearestOrAwayFromZero)
    // An origin far off is an image without pixels, however far it is.
    let limit = Double(4 * oldBox)
    let pixel = place.clamped(
      lowerBound: Vector2(repeating: -limit), upperBound: Vector2(repeating: limit))
    return (
      SIMD2(Int(pixel.x), Int(pixel.y)),
      Pose(rotation: pose.rotation, origin: pixel * pixelSize - position)
    )
  }
}
