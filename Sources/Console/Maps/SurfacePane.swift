import CryoEM
import Surface
import Terminal
import Viewing

/// The shaded surface of a map: from where it is seen, and how it turns.
struct SurfacePane: Sendable {
  /// Nil until there is a map to look at.
  var camera: ViewCamera?
  private(set) var fit = Fit.surface
  private(set) var turning = SurfaceTurning()
  /// Where the mouse was last while it is held down.
  private var dragged: Point?

  /// What fills its picture.
  enum Fit: Sendable, Hashable { case surface, mask, box }

  func draw(
    _ view: MapView, in rect: Rect, isFocused: Bool, into frame: inout Frame,
    _ surroundings: Surroundings
  ) {
    guard let camera,
      let drawing = SurfaceDrawing(view, camera, turning.detail(surroundings))
    else { return }
    drawing.draw(in: rect, isFocused: isFocused, surroundings.pictures, into: &frame)
  }

  // MARK: Turning

  /// Looks at what is shown, once something is.
  mutating func begin(_ view: MapView) {
    guard camera == nil, let shown = view.shown else { return }
    camera = ViewCamera(reach: shown.map.halfEdge)
    fitCamera(view)
  }

  /// Keys that turn it, and move the cut through it.
  mutating func navigate(
    _ way: Navigation, _ view: MapView, _ surroundings: Surroundings
  ) -> [Effect] {
    switch way {
    case .left: turn(1, by: -10, surroundings)
    case .right: turn(1, by: 10, surroundings)
    case .up: turn(0, by: -10, surroundings)
    case .down: turn(0, by: 10, surroundings)
    case .first: turn(2, by: 10, surroundings)
    case .last: turn(2, by: -10, surroundings)
    case .pageUp, .pageDown:
      guard let clip = camera?.clip else {
        return [.say("x cuts the surface open; then PgUp and PgDn move the cut")]
      }
      let step = (view.shown?.map.halfEdge ?? 0) / 32
      camera?.clip = clip + (way == .pageUp ? step : -step)
      turning.note(surroundings)
    case .back, .nextPane, .previousPane: break
    }
    return []
  }

  private mutating func turn(_ axis: Int, by degrees: Double, _ surroundings: Surroundings) {
    camera = camera?.turned(about: axis, by: degrees)
    turning.note(surroundings)
  }

  mutating func zoom(by factor: Double, _ view: MapView, _ surroundings: Surroundings) {
    guard let reach = camera?.reach, let edge = view.shown?.map.halfEdge else { return }
    camera?.reach = min(max(0.02 * edge, reach * factor), 4 * edge)
    turning.note(surroundings)
  }

  /// From the front, above, and the right; then the first again.
  mutating func nextAxis() {
    let views: [Rotation] = [
      .identity,
      Rotation(rows: Vector3(1, 0, 0), Vector3(0, 0, 1), Vector3(0, -1, 0)),
      Rotation(rows: Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(1, 0, 0)),
    ]
    let now = views.firstIndex { $0 == camera?.rotation }
    camera?.rotation = views[now.map { ($0 + 1) % views.count } ?? 0]
  }

  /// Cuts it open at the cross-hair, or not any more.
  mutating func changeCut(_ view: MapView) -> [Effect] {
    guard let camera else { return [] }
    let depth = view.cross.map { camera.rotation.applied(to: $0 - camera.target).z } ?? 0
    self.camera?.clip = camera.clip == nil ? depth : nil
    return [
      .say(camera.clip == nil ? "Cut at the cross; PgUp, PgDn move it" : "Nothing is cut")
    ]
  }

  // MARK: Fitting

  mutating func changeFit(_ view: MapView) -> [Effect] {
    fit = fit == .surface && view.mask != nil ? .mask : fit == .box ? .surface : .box
    fitCamera(view)
    return [.say("The picture shows the \(fit == .box ? "whole box" : "\(fit)")")]
  }

  /// Shows another mask, where that is what fills the picture.
  mutating func changeMask(_ view: MapView) { if fit == .mask { fitCamera(view) } }

  /// Sets target and reach by what is to fill the picture.
  private mutating func fitCamera(_ view: MapView) {
    guard let shown = view.shown, let density = view.density else { return }
    let extent: (centre: Vector3, radius: Double)?
    switch fit {
    case .surface: extent = shown.map.extent(above: density)
    case .mask: extent = view.mask?.map.extent(above: 0.5)
    case .box: extent = (shown.map.centre, shown.map.halfEdge * 1.05)
    }
    camera?.target = extent?.centre ?? shown.map.centre
    camera?.reach = max(shown.map.volume.pixelSize, extent?.radius ?? shown.map.halfEdge)
  }

  // MARK: Mouse

  /// A drag turns, half a turn for the width of the picture; a click puts the cross-hair on the surface.
  mutating func point(
    in rect: Rect, with mouse: MouseEvent, _ view: inout MapView, _ surroundings: Surroundings
  ) {
    let place = Point(x: mouse.column, y: mouse.row)
    switch mouse.kind {
    case .wheelUp: zoom(by: 1 / 1.2, view, surroundings)
    case .wheelDown: zoom(by: 1.2, view, surroundings)
    case .press:
      dragged = place
      if let point = surfacePoint(at: place, in: rect, view) { view.cross = point }
    case .drag:
      guard let last = dragged else { return }
      let degrees = 180 / Double(max(1, rect.width))
      turn(1, by: Double(place.x - last.x) * degrees, surroundings)
      // A cell is twice as high as wide.
      turn(0, by: Double(place.y - last.y) * 2 * degrees, surroundings)
      dragged = place
    case .release: dragged = nil
    }
  }

  /// The point of the surface that is seen in the middle of a cell.
  private func surfacePoint(at place: Point, in rect: Rect, _ view: MapView) -> Vector3? {
    guard let shown = view.shown, let density = view.density, let camera else { return nil }
    let (x, y) = (Double(place.x - rect.x) + 0.5, Double(place.y - rect.y) + 0.5)
    var ray = camera
    ray.target = camera.point(
      x: x, y: y, depth: 0, width: rect.width, height: rect.height, aspect: 0.5)
    let hits = shown.map.hits(at: density, from: ray, width: 1, height: 1)
    let depth = Double(hits.depths[0])
    return depth.isFinite ? ray.target + ray.rotation.row2 * depth : nil
  }
}
