import CryoEM
import Ground
import Surface

/// The axes about which the regions turn, on a sphere that is turned as the surface is: the number of the
/// mode where an axis comes out toward the eye, with a ring as wide as it is uncertain.
struct ModeAxesPane: ModesPane {
  static let title = "Axes of rotation"

  func draw(_ place: ModesPlace, of view: ModesView, into frame: inout Frame) {
    let rect = box(place, of: view, into: &frame)
    let rotation = view.complex.maps?.surface.camera?.rotation ?? .identity
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
    let lines = view.lines
    let order = lines.filter { $0.mode != view.mode } + lines.filter { $0.mode == view.mode }
    for line in order { draw(line, on: sphere, of: view, into: &frame) }
  }

  private func draw(
    _ line: ModesView.Line, on sphere: AxisSphere, of view: ModesView, into frame: inout Frame
  ) {
    guard line.part.axis.count == 3, line.part.rotation.value > 0 else { return }
    let axis = Vector3(line.part.axis[0], line.part.axis[1], line.part.axis[2])
    let isChosen = line.mode == view.mode
    let region = view.motion?.report?.regions.firstIndex(of: line.part.region) ?? 0
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
