import CryoEM
import Images
import Surface
import Viewing

/// What lies over the picture of a surface: fulcra, the cross-hair, and the hinges that were learnt.
extension SurfaceDrawing {
  struct Mark {
    var point: Vector3
    var role: Role
    var isHidden: Bool
  }

  /// The fulcra and the cross-hair.
  var marks: [Mark] {
    var marks: [Mark] = []
    for (index, place) in view.shelf.fulcra.enumerated() {
      guard let place else { continue }
      marks.append(
        Mark(
          point: place, role: index == view.chosen ? .changed : .series(index),
          isHidden: isHidden(place)))
    }
    if let cross = view.cross, !view.shelf.fulcra.contains(cross) {
      marks.append(Mark(point: cross, role: .crosshair, isHidden: isHidden(cross)))
    }
    return marks
  }

  /// Whether the surface lies between a point and the eye.
  private func isHidden(_ point: Vector3) -> Bool {
    var ray = camera
    let own = ray.rotation.applied(to: point - ray.target).z
    ray.target = point
    ray.clip = ray.clip.map { $0 - own }
    let depth = Double(shown.map.hits(at: density, from: ray, width: 1, height: 1).depths[0])
    // A point on the surface is not behind it.
    return depth > 1.5 * shown.map.volume.pixelSize
  }

  /// Signs over the picture: solid where they are seen, hollow behind the surface.
  func drawMarks(in rect: Rect, into frame: inout Frame) {
    for mark in marks {
      let place = camera.place(
        of: mark.point, width: rect.width, height: rect.height, aspect: 0.5)
      guard place.x >= 0, place.y >= 0 else { continue }
      let cell = Point(x: rect.x + Int(place.x), y: rect.y + Int(place.y))
      guard rect.contains(cell) else { continue }
      let symbol: Symbol = mark.isHidden ? .unmarked : .marked
      frame.sign(symbol.scalar(at: frame.look.glyphs), at: cell, mark.role)
    }
  }

  // MARK: Hinges

  /// Over the surface in cells: solid where nothing lies before it.
  func drawHinges(in rect: Rect, into frame: inout Frame) {
    for (index, figure) in view.figures {
      func put(_ part: HingeFigure.Part, _ point: Vector3) {
        let place = camera.place(of: point, width: rect.width, height: rect.height, aspect: 0.5)
        guard place.x >= 0, place.y >= 0 else { return }
        let cell = Point(x: rect.x + Int(place.x), y: rect.y + Int(place.y))
        guard rect.contains(cell) else { return }
        let sign = frame.sign(of: part, isHidden: isHidden(point))
        frame.sign(sign, at: cell, view.hingeRole(index))
      }
      for (part, point) in figure.points(steps: max(rect.width, rect.height)) { put(part, point) }
      put(.hinge, figure.hinge.hinge)
    }
  }

  /// Over the surface in pixels: the axis as a line, broken where the surface lies before it.
  func drawHinges(on image: inout IndexedImage, _ look: Appearance) {
    for (index, figure) in view.figures {
      let colour = look[view.hingeRole(index)].foreground.components ?? (255, 255, 0)
      let ink = IndexedImage.RGB(colour.red, colour.green, colour.blue)
      let dots = figure.points(steps: 2 * image.height).filter { $0.part != .end }
      image.drawDots(
        dots.enumerated().compactMap { step, dot in
          let isBroken = dot.part == .axis && step / 4 % 2 == 1
          guard !isBroken || !isHidden(dot.point) else { return nil }
          let place = camera.place(
            of: dot.point, width: image.width, height: image.height, aspect: 1)
          return (place.x, place.y)
        }, ink)
      let place = camera.place(
        of: figure.hinge.hinge, width: image.width, height: image.height, aspect: 1)
      image.drawRing(
        x: place.x, y: place.y, radius: Double(max(4, image.height / 50)), isFilled: false, ink)
    }
  }
}
