/// Where a particle is: its orientation and the translation that centres it.
///
/// A reference point x (Å from the box centre) appears in the image at Π(A·x) − origin, with Π the
/// first two components; the sign is that of RELION's rlnOriginX/YAngst.
public struct Pose: Sendable, Hashable {
  /// Reference to image.
  public var rotation: Rotation
  /// The translation to add to the image to centre the particle, Å.
  public var origin: Vector2

  public init(rotation: Rotation, origin: Vector2) {
    self.rotation = rotation
    self.origin = origin
  }

  /// Where the reference point (Å from the box centre) appears in the image, Å from its centre.
  public func position(of point: Vector3) -> Vector2 { rotation.projected(point) - origin }

  /// The pose with this rotation at which `point` appears at `position` (both Å from the centre).
  public init(rotation: Rotation, placing point: Vector3, at position: Vector2) {
    self.rotation = rotation
    self.origin = rotation.projected(point) - position
  }
}
