/// A change of pose about a fulcrum: a turn in the reference frame, and a shift of the projected
/// fulcrum.
public struct LocalMotion: Sendable, Hashable {
  /// dR of A' = A · dR.
  public var rotation: Rotation
  /// dt of o' = o + Π(A' − A)·f + dt, Å: what the origin changes by beyond what keeps the projected
  /// fulcrum in place. The fulcrum itself moves by −dt in the image.
  public var shift: Vector2

  public init(rotation: Rotation, shift: Vector2 = .zero) {
    self.rotation = rotation
    self.shift = shift
  }

  /// The angle of the turn, radians: the "change in rotation" of a report.
  public var angle: Double { rotation.angle }
  /// The length of the shift at the fulcrum, Å: the "change in shift" of a report.
  public var distance: Double { (shift * shift).sum().squareRoot() }
}

extension Pose {
  /// This pose after a local motion about a fulcrum (Å from the box centre, reference frame).
  ///
  /// With no shift the projected fulcrum stays where it is.
  public func moved(by motion: LocalMotion, about fulcrum: Vector3) -> Pose {
    let turned = rotation * motion.rotation
    let carried = turned.projected(fulcrum) - rotation.projected(fulcrum)
    return Pose(rotation: turned, origin: origin + carried + motion.shift)
  }

  /// The same, from the turn and the shift (Å).
  public func moved(
    rotation: Rotation, shift: Vector2 = .zero, about fulcrum: Vector3
  ) -> Pose {
    moved(by: LocalMotion(rotation: rotation, shift: shift), about: fulcrum)
  }

  /// The local motion about a fulcrum that leads from this pose to another: the inverse of `moved`.
  public func motion(to other: Pose, about fulcrum: Vector3) -> LocalMotion {
    LocalMotion(
      rotation: rotation.transposed * other.rotation,
      shift: position(of: fulcrum) - other.position(of: fulcrum))
  }
}
