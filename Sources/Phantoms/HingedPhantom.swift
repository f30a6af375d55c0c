import CryoEM
import Glibc
import Ground

/// A test object of two or three bodies: a large one, and small ones hinged to it.
///
/// Each body is a crooked chain of Gaussians folded into an ellipsoid, so that it has structure at
/// all resolutions down to the blobs' width, and no symmetry.
public struct HingedPhantom: Sendable {
  /// The body that stays.
  public let large: Phantom
  /// Those that move, each about its hinge: at least one.
  public let arms: [Arm]

  /// A body that moves.
  public struct Arm: Sendable {
    public let body: Phantom
    /// Where it meets the large body, Å from the box centre.
    public let hinge: Vector3
  }

  /// The first of the bodies that move, and its hinge.
  public var small: Phantom { arms[0].body }
  public var hinge: Vector3 { arms[0].hinge }

  /// The bodies in a box.
  ///
  /// - Parameters:
  ///   - extent: edge of the box, Å; the object fills about 0.7 of it.
  ///   - blobWidth: standard deviation of the blobs, Å; structure ends at about four times that.
  ///   - isThreefold: whether a second small body hangs at the large one's side.
  ///   - distance: of the first small body from the box centre, Å; a body that is farther out than usual is as
  ///     large as the box allows. 0 for the usual one, a fifth of the box's edge.
  ///   - seed: of the chains.
  public init(
    extent: Double, blobWidth: Double, isThreefold: Bool = false, distance: Double = 0,
    seed: UInt64 = 1
  ) {
    let largeShape = Ellipsoid(
      centre: Vector3(-0.02, 0.01, -0.10) * extent, radii: Vector3(0.24, 0.21, 0.19) * extent)
    var smallShape = Ellipsoid(
      centre: Vector3(0.03, -0.01, 0.205) * extent, radii: Vector3(0.13, 0.11, 0.115) * extent)
    var hinge = Vector3(0.01, 0, 0.09) * extent
    if distance > 0 {
      let usual = (smallShape.centre * smallShape.centre).sum().squareRoot()
      let room = 0.45 * extent - distance
      smallShape.centre *= distance / usual
      smallShape.radii *= min(1, max(0.1, room / (0.13 * extent)))
      hinge = smallShape.centre * max(0.4, 1 - 1.2 * smallShape.radii.z / distance)
    }
    var generator = SeededGenerator(seed: seed, stream: 1)
    large = Self.chain(in: largeShape, blobs: 320, blobWidth, using: &generator)
    var arms = [
      Arm(
        body: Self.chain(in: smallShape, blobs: 90, blobWidth, using: &generator), hinge: hinge)
    ]
    if isThreefold {
      let sideShape = Ellipsoid(
        centre: Vector3(0.30, 0.02, -0.07) * extent, radii: Vector3(0.10, 0.13, 0.125) * extent)
      arms.append(
        Arm(
          body: Self.chain(in: sideShape, blobs: 90, blobWidth, using: &generator),
          hinge: Vector3(0.21, 0.015, -0.08) * extent))
    }
    self.arms = arms
  }

  /// The object at rest.
  public var whole: Phantom { arms.reduce(large) { $0 + $1.body } }

  private struct Ellipsoid {
    var centre: Vector3
    var radii: Vector3

    func contains(_ point: Vector3) -> Bool {
      let scaled = (point - centre) / radii
      return (scaled * scaled).sum() <= 1
    }

    func randomPoint(using generator: inout SeededGenerator) -> Vector3 {
      while true {
        let cube = Vector3(
          generator.uniform(-1, 1), generator.uniform(-1, 1), generator.uniform(-1, 1))
        if (cube * cube).sum() <= 1 { return centre + radii * cube }
      }
    }
  }

  /// A chain that fills its shape evenly and keeps clear of itself.
  private static func chain(
    in shape: Ellipsoid, blobs count: Int, _ blobWidth: Double,
    using generator: inout SeededGenerator
  ) -> Phantom {
    let volume = 4 / 3 * Double.pi * shape.radii.x * shape.radii.y * shape.radii.z
    let step = 0.8 * cbrt(volume / Double(count))
    var blobs: [GaussianBlob] = []
    var point = shape.centre
    var heading = generator.normalVector3()
    while blobs.count < count {
      let width = blobWidth * (blobs.count.isMultiple(of: 3) ? 1.35 : 1)
      blobs.append(
        GaussianBlob(position: point, width: width, weight: generator.uniform(0.5, 1.5) * 1000))
      (point, heading) = nextPoint(
        after: point, heading, step, in: shape, avoiding: blobs, using: &generator)
    }
    return Phantom(blobs: blobs)
  }

  /// The next link: a step with some memory of its direction where there is room, else a jump.
  private static func nextPoint(
    after point: Vector3, _ heading: Vector3, _ step: Double, in shape: Ellipsoid,
    avoiding blobs: [GaussianBlob], using generator: inout SeededGenerator
  ) -> (Vector3, Vector3) {
    func isFree(_ candidate: Vector3, clearance: Double) -> Bool {
      shape.contains(candidate)
        && blobs.allSatisfy { blob in
          let offset = blob.position - candidate
          return (offset * offset).sum() >= clearance * clearance
        }
    }
    for attempt in 0..<60 {
      var direction = generator.normalVector3() + (attempt < 20 ? 1.2 : 0) * heading
      direction /= (direction * direction).sum().squareRoot()
      let candidate = point + step * direction
      if isFree(candidate, clearance: 0.95 * step) { return (candidate, direction) }
    }
    var clearance = 0.95 * step
    while true {
      let candidate = shape.randomPoint(using: &generator)
      if isFree(candidate, clearance: clearance) { return (candidate, generator.normalVector3()) }
      clearance *= 0.995
    }
  }
}
