import CryoEM
import Ground
import Surface
import Terminal
import Viewing

extension MapScreen {
  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back {
      guard isZoomed else { return [.pop] }
      isZoomed = false
    } else if let step = way.panes {
      pane = Pane(rawValue: (pane.rawValue + step + 4) % 4) ?? .surface
      if pane != .surface { hair.focus = pane.rawValue - 1 }
    } else if let unread {
      return [.say(unread)]
    } else if pane == .surface {
      return turnSurface(way, surroundings)
    } else {
      hair.navigate(way, size: size)
      placeCross()
    }
    return []
  }

  /// Keys that turn the surface, and move the cut through it.
  mutating func turnSurface(_ way: Navigation, _ surroundings: Surroundings) -> [Effect] {
    switch way {
    case .left: turn(1, by: -10, surroundings)
    case .right: turn(1, by: 10, surroundings)
    case .up: turn(0, by: -10, surroundings)
    case .down: turn(0, by: 10, surroundings)
    case .first: turn(2, by: 10, surroundings)
    case .last: turn(2, by: -10, surroundings)
    case .pageUp, .pageDown:
      guard let camera, let clip = camera.clip else {
        return [.say("x cuts the surface open; then PgUp and PgDn move the cut")]
      }
      let step = (shown?.map.halfEdge ?? 0) / 32
      self.camera?.clip = clip + (way == .pageUp ? step : -step)
      noteTurn(surroundings)
    case .back, .nextPane, .previousPane: break
    }
    return []
  }

  /// The surface larger, or a slice deeper; with −1 smaller, or a slice back.
  mutating func approach(by step: Int, _ surroundings: Surroundings) {
    if pane == .surface {
      zoom(by: step > 0 ? 1 / 1.2 : 1.2, surroundings)
    } else {
      hair.moveThrough(by: step, size: size)
      placeCross()
    }
  }

  mutating func changeFit() -> [Effect] {
    fit = fit == .surface && mask != nil ? .mask : fit == .box ? .surface : .box
    fitCamera()
    return [.say("The picture shows the \(fit == .box ? "whole box" : "\(fit)")")]
  }

  mutating func changeCut() -> [Effect] {
    let depth = camera?.clip == nil ? cross.map { crossDepth($0) } ?? 0 : nil
    camera?.clip = depth
    return [.say(camera?.clip == nil ? "Nothing is cut" : "Cut at the cross; PgUp, PgDn move it")]
  }

  mutating func blink() -> [Effect] {
    (step, other) = (other, step)
    return changeStep(to: step) + [.say(stepTitle ?? "")]
  }

  mutating func turn(_ axis: Int, by degrees: Double, _ surroundings: Surroundings) {
    camera = camera?.turned(about: axis, by: degrees)
    noteTurn(surroundings)
  }

  mutating func zoom(by factor: Double, _ surroundings: Surroundings) {
    guard let camera, let shown else { return }
    let edge = shown.map.halfEdge
    self.camera?.reach = min(max(0.02 * edge, camera.reach * factor), 4 * edge)
    noteTurn(surroundings)
  }

  /// How far toward the eye a point is from the camera's target, Å.
  private func crossDepth(_ point: Vector3) -> Double {
    guard let camera else { return 0 }
    return camera.rotation.applied(to: point - camera.target).z
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

  /// Sets target and reach by what is to fill the picture.
  mutating func fitCamera() {
    guard let shown, let density else { return }
    let extent: (centre: Vector3, radius: Double)?
    switch fit {
    case .surface: extent = shown.map.extent(above: density)
    case .mask: extent = mask?.map.extent(above: 0.5)
    case .box: extent = (shown.map.centre, shown.map.halfEdge * 1.05)
    }
    camera?.target = extent?.centre ?? shown.map.centre
    camera?.reach = max(shown.map.volume.pixelSize, extent?.radius ?? shown.map.halfEdge)
  }

  mutating func nextKind() -> [Effect] {
    guard shelf.steps.indices.contains(step) else { return [] }
    let all = MapKind.shown.filter { shelf.steps[step].maps[$0] != nil }
    let now = wanted.flatMap { all.firstIndex(of: $0.kind) } ?? 0
    guard all.count > 1 else { return [.say("There is no other map of \(stepTitle ?? "it")")] }
    kind = all[(now + 1) % all.count]
    return changeStep(to: step) + [.say(kind.rawValue)]
  }

  mutating func nextColouring() -> [Effect] {
    let all = colourings
    guard all.count > 1 else {
      return [.say("Nothing is known to colour it by: no mask, half-maps or local resolution")]
    }
    let now = all.firstIndex(of: colouring) ?? 0
    colouring = all[(now + 1) % all.count]
    return refreshed + [.say("Coloured by \(colouring.rawValue)")]
  }

  mutating func stepLevel(_ steps: Int) {
    guard let shown, let level else { return }
    levels[shown.request.kind] = level.stepped(steps, in: shown.map.levels)
  }

  /// To another mask, its fulcrum under the cross-hair.
  mutating func stepRegion(by step: Int) {
    let count = shelf.masks.count
    chosen = (chosen + step + count) % max(1, count)
    showsMask = true
    if let fulcrum {
      cross = fulcrum
      placeHair()
    }
    if fit == .mask { fitCamera() }
  }

  mutating func goToMaskCentre() {
    guard let mask, let centre = mask.map.extent(above: 0.5)?.centre else { return }
    cross = centre
    placeHair()
  }

  // MARK: Prompts

  private static let levelHelp = Problem(
    "a level is needed", whatToDo: "Write a density (0.02), 3.5 sd, or 800 kDa.")

  var levelPrompt: Effect {
    .popUp(
      TextPrompt(
        .mapLevel, title: "Level of the surface", text: level?.text ?? "",
        hint: "A density (0.02), standard deviations (3.5 sd) or a mass (800 kDa)",
        objection: { MapLevel($0) == nil ? Self.levelHelp : nil }))
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .mapLevel:
      guard let level = MapLevel(text), let shown else { return [.complain(Self.levelHelp)] }
      levels[shown.request.kind] = level
    case .coordinates:
      let effects = answerCoordinates(text)
      if effects.isEmpty { placeCross() }
      return effects
    default: break
    }
    return []
  }

  // MARK: Mouse

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch target {
    case .row("plane", let plane):
      hair.point(at: plane, in: rect, with: mouse, size: shown?.map.volume.size ?? 0)
      pane = Pane(rawValue: plane + 1) ?? .first
      placeCross()
    case .row("surface", _):
      pane = .surface
      pointAtSurface(in: rect, with: mouse, surroundings)
    default: break
    }
    return []
  }

  /// A drag turns, half a turn for the width of the picture; a click puts the cross-hair on the surface.
  private mutating func pointAtSurface(
    in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) {
    let place = Point(x: mouse.column, y: mouse.row)
    switch mouse.kind {
    case .wheelUp: zoom(by: 1 / 1.2, surroundings)
    case .wheelDown: zoom(by: 1.2, surroundings)
    case .press:
      dragged = place
      if let point = surfacePoint(at: place, in: rect) {
        cross = point
        placeHair()
      }
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
  func surfacePoint(at place: Point, in rect: Rect) -> Vector3? {
    guard let shown, let density, let camera else { return nil }
    let (x, y) = (Double(place.x - rect.x) + 0.5, Double(place.y - rect.y) + 0.5)
    var ray = camera
    ray.target = camera.point(
      x: x, y: y, depth: 0, width: rect.width, height: rect.height, aspect: 0.5)
    let hits = shown.map.hits(at: density, from: ray, width: 1, height: 1)
    let depth = Double(hits.depths[0])
    return depth.isFinite ? ray.target + ray.rotation.row2 * depth : nil
  }
}
