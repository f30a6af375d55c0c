import CryoEM
import Ground
import Images
import Runs
import Surface
import Viewing

/// The learnt hinges and axes in the pictures of a map.
extension MapScreen {
  /// The hinges that are drawn, with the number of the region: the chosen one last, on top.
  var figures: [(index: Int, figure: HingeFigure)] {
    guard showsHinge else { return [] }
    let order = shelf.hinges.indices.filter { $0 != chosen } + [chosen]
    return order.compactMap { index in
      guard shelf.hinges.indices.contains(index), let hinge = shelf.hinges[index] else {
        return nil
      }
      return (index, HingeFigure(hinge: hinge, length: axisLength(index)))
    }
  }

  /// The hinge of the mask that is chosen.
  var hinge: LearntHinge? { shelf.hinges.indices.contains(chosen) ? shelf.hinges[chosen] : nil }

  /// As far as the region reaches, and as the box does where its mask is not known.
  private func axisLength(_ index: Int) -> Double {
    let mask = shelf.masks.indices.contains(index) ? maps[shelf.masks[index]] : nil
    let edge = shown?.map.halfEdge ?? 0
    return min(mask?.map.extent(above: 0.5)?.radius ?? 0.6 * edge, 0.9 * edge)
  }

  func hingeRole(_ index: Int) -> Role { index == chosen ? .accent : .series(index) }

  /// Over the surface in cells: solid where nothing lies before it.
  func drawHinges(
    _ shown: ReadMap, _ density: Float, _ camera: ViewCamera, in rect: Rect,
    of frame: inout Frame
  ) {
    for (index, figure) in figures {
      func put(_ part: HingeFigure.Part, _ point: Vector3) {
        let place = camera.place(of: point, width: rect.width, height: rect.height, aspect: 0.5)
        guard place.x >= 0, place.y >= 0 else { return }
        let cell = Point(x: rect.x + Int(place.x), y: rect.y + Int(place.y))
        guard rect.contains(cell) else { return }
        let sign = frame.sign(of: part, isHidden: isHidden(point, shown, density))
        frame.sign(sign, at: cell, hingeRole(index))
      }
      for (part, point) in figure.points(steps: max(rect.width, rect.height)) { put(part, point) }
      put(.hinge, figure.hinge.hinge)
    }
  }

  /// Over the surface in pixels: the axis as a line, broken where the surface lies before it.
  func drawHinges(
    _ shown: ReadMap, _ density: Float, _ camera: ViewCamera, on image: inout IndexedImage,
    _ look: Appearance
  ) {
    for (index, figure) in figures {
      let colour = look[hingeRole(index)].foreground.components ?? (255, 255, 0)
      let ink = IndexedImage.RGB(colour.red, colour.green, colour.blue)
      let dots = figure.points(steps: 2 * image.height).filter { $0.part != .end }
      image.drawDots(
        dots.enumerated().compactMap { step, dot in
          let isBroken = dot.part == .axis && step / 4 % 2 == 1
          guard !isBroken || !isHidden(dot.point, shown, density) else { return nil }
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
