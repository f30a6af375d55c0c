import CryoEM
import Runs
import Surface
import Viewing

/// A learnt hinge as points to be drawn: itself, its errors, the axis, and how well that is known.
struct HingeFigure: Sendable {
  /// What a point of it is.
  enum Part: Sendable, Hashable { case hinge, error, axis, cone, end }

  let hinge: LearntHinge
  /// Å from the hinge to either end of the axis.
  let length: Double

  /// Everything but the hinge itself, which lies on top.
  ///
  /// - Parameter steps: points along the axis.
  func points(steps: Int) -> [(part: Part, point: Vector3)] {
    var all: [(part: Part, point: Vector3)] = []
    if hinge.hasAxis {
      let ends = [-1.0, 1]
      if hinge.axisError > 1 {
        let angle = hinge.axisError * .pi / 180
        for end in ends {
          all += AxisSphere.cone(hinge.axis * end, angle, count: 24).map {
            (.cone, hinge.hinge + $0 * length)
          }
        }
      }
      for step in 0...max(2, steps) {
        let share = 2 * Double(step) / Double(max(2, steps)) - 1
        all.append((.axis, hinge.hinge + hinge.axis * (share * length)))
      }
      all.append((.end, hinge.hinge + hinge.axis * length))
    }
    for axis in 0..<3 {
      var arm = Vector3.zero
      arm[axis] = hinge.error[axis]
      all += [(.error, hinge.hinge + arm), (.error, hinge.hinge - arm)]
    }
    return all
  }
}

extension Frame {
  /// Writes a sign over a picture, whose ground stays below it.
  mutating func sign(_ sign: Unicode.Scalar, at cell: Point, _ role: Role) {
    let under = grid[cell.x, cell.y].style.background
    let style = look[role]
    grid.put(
      sign, x: cell.x, y: cell.y, style: under == .terminal ? style : style.with(background: under))
  }

  /// The sign of a part of a hinge: solid where it is seen, hollow where something lies before it.
  func sign(of part: HingeFigure.Part, isHidden: Bool) -> Unicode.Scalar {
    switch part {
    case .hinge: isHidden ? look.glyph("◇", "*") : look.glyph("◆", "#")
    case .axis: isHidden ? look.glyph("·", ".") : look.glyph("•", "o")
    case .error, .cone: look.glyph("∘", ".")
    case .end: "+"
    }
  }
}

extension SliceView {
  /// Draws a hinge over a plane: solid where it is on this slice.
  ///
  /// - Parameter voxel: where a point (Å) is in voxels.
  func draw(
    _ figure: HingeFigure, _ role: Role, on plane: Int, _ image: ImageSlice, in rect: Rect,
    voxel: (Vector3) -> Vector3, of frame: inout Frame
  ) {
    guard frame.pictureCell == nil else { return }
    let axes = CrossHair.axes(of: plane)
    func put(_ part: HingeFigure.Part, _ point: Vector3) {
      let place = voxel(point)
      guard (0..<3).allSatisfy({ place[$0] > -0.5 && place[$0] < Double(size) - 0.5 }) else {
        return
      }
      let nearest = CrossHair.nearest(place, size: size)
      let pixel = Point(x: nearest[axes.across], y: size - 1 - nearest[axes.up])
      guard let cell = image.cell(of: pixel, in: rect, frame.look) else { return }
      let isOff = abs(place[axes.through] - Double(hair.voxel[axes.through])) > 1.5
      frame.sign(frame.sign(of: part, isHidden: isOff), at: cell, role)
    }
    for (part, point) in figure.points(steps: 2 * max(rect.width, rect.height)) {
      put(part, point)
    }
    put(.hinge, figure.hinge.hinge)
  }
}
