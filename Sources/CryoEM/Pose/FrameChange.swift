import Glibc

/// A new frame of reference: the point y of the new frame is the point x of the old one with
/// y = Q·(x − c), both in Å from the centres of their boxes.
public struct FrameChange: Sendable, Hashable {
  /// Q.
  public var rotation: Rotation
  /// c: the point of the old frame that becomes the centre, Å.
  public var centre: Vector3

  public init(rotation: Rotation = .identity, centre: Vector3 = .zero) {
    (self.rotation, self.centre) = (rotation, centre)
  }

  /// The point of the old frame that is at a point of the new one.
  public func old(_ point: Vector3) -> Vector3 {
    rotation.transposed.applied(to: point) + centre
  }

  /// The point of the new frame that is at a point of the old one.
  public func new(_ point: Vector3) -> Vector3 { rotation.applied(to: point - centre) }

  /// The change back.
  public var inverse: FrameChange {
    FrameChange(rotation: rotation.transposed, centre: rotation.applied(to: -centre))
  }

  /// This change and then another one.
  public func followed(by next: FrameChange) -> FrameChange {
    FrameChange(rotation: next.rotation * rotation, centre: old(next.centre))
  }
}

extension Pose {
  /// The pose in a new frame at which everything appears where it did: A' = A·Qᵀ, o' = o − Π(A·c).
  public func moved(by change: FrameChange) -> Pose {
    Pose(
      rotation: (rotation * change.rotation.transposed).orthonormalised,
      origin: origin - rotation.projected(change.centre))
  }

  /// How much nearer to the detector or farther from it, along the beam, a point of the reference is
  /// than its centre, Å: the third component of A·p.
  public func height(of point: Vector3) -> Double { (rotation.row2 * point).sum() }
}
