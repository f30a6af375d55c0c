import CryoEM
import Ground
import Surface

/// A sphere as it is seen from a side, with directions on it.
struct AxisSphere {
  /// From the frame of the maps to that of the eye: right, up, toward it.
  let rotation: Rotation
  let rect: Rect

  /// Columns of a unit, half as many rows.
  private var radius: Double {
    min(Double(rect.width - 2) / 2, Double(rect.height) - 1)
  }

  /// The cell of a direction, and whether it is on the side that is seen; nil where there is no room.
  func cell(of direction: Vector3) -> (cell: Point, isSeen: Bool)? {
    guard radius >= 2 else { return nil }
    let place = rotation.applied(to: direction)
    let cell = Point(
      x: rect.x + Int((Double(rect.width) / 2 + place.x * radius).rounded(.down)),
      y: rect.y + Int((Double(rect.height) / 2 - place.y * radius / 2).rounded(.down)))
    return rect.contains(cell) ? (cell, place.z >= 0) : nil
  }

  /// Directions around another at an angle, radians.
  static func cone(_ axis: Vector3, _ angle: Double, count: Int) -> [Vector3] {
    let other = abs(axis.z) < 0.9 ? Vector3(0, 0, 1) : Vector3(1, 0, 0)
    let across = other - axis * (other * axis).sum()
    let length = (across * across).sum().squareRoot()
    guard length > 0 else { return [] }
    let first = Rotation(rotationVector: across * (angle / length)).applied(to: axis)
    return (0..<count).map { index in
      let turn = 2 * Double.pi * Double(index) / Double(count)
      return Rotation(rotationVector: axis * turn).applied(to: first)
    }
  }
}
