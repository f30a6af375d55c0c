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

extension ModesScreen {
  /// The axes about which the regions turn, on a sphere that is turned as the surface is: the number of the
  /// mode where an axis comes out toward the eye, with a ring as wide as it is uncertain.
  func drawAxes(in rect: Rect, of frame: inout Frame) {
    let rotation = maps?.camera?.rotation ?? .identity
    let sphere = AxisSphere(rotation: rotation, rect: rect)
    let dot = String(frame.look.glyph("·", "."))
    let toEye = rotation.transposed.applied(to: Vector3(0, 0, 1))
    for direction in AxisSphere.cone(toEye, .pi / 2, count: 96) {
      if let place = sphere.cell(of: direction) {
        frame.write(dot, x: place.cell.x, y: place.cell.y, .dim)
      }
    }
    for (name, axis) in [
      ("x", Vector3(1, 0, 0)), ("y", Vector3(0, 1, 0)), ("z", Vector3(0, 0, 1)),
    ] {
      guard let place = sphere.cell(of: axis), place.isSeen else { continue }
      frame.write(name, x: place.cell.x, y: place.cell.y, .dim)
    }
    // The mode that is looked at last, on top.
    let order = lines.filter { $0.mode != mode } + lines.filter { $0.mode == mode }
    for line in order { draw(line, on: sphere, of: &frame) }
  }

  private func draw(_ line: Line, on sphere: AxisSphere, of frame: inout Frame) {
    guard line.part.axis.count == 3, line.part.rotation.value > 0 else { return }
    let axis = Vector3(line.part.axis[0], line.part.axis[1], line.part.axis[2])
    let isChosen = line.mode == mode
    let region = motion?.report?.regions.firstIndex(of: line.part.region) ?? 0
    let role: Role = isChosen ? .series(region) : .dim
    if isChosen, line.part.axisError > 1, line.part.axisError < 90 {
      let ring = String(frame.look.glyph("∘", "o"))
      for direction in AxisSphere.cone(axis, radians(line.part.axisError), count: 32) {
        guard let place = sphere.cell(of: direction), place.isSeen else { continue }
        frame.write(ring, x: place.cell.x, y: place.cell.y, role)
      }
    }
    for (end, sign) in [(-axis, ""), (axis, "+")] {
      guard let place = sphere.cell(of: end), place.isSeen else { continue }
      frame.write("\(line.mode + 1)\(sign)", x: place.cell.x, y: place.cell.y, role)
    }
  }
}
