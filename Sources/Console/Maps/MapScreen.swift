import CryoEM
import Ground
import Surface
import Terminal

/// Maps to look at: a shaded surface that turns, and three linked slices.
struct MapScreen: CrossHairScreen {
  /// What the panes share.
  var view: MapView
  var surface = SurfacePane()
  var slices = SlicePanes()
  /// The pane that keys go to.
  var pane = Pane.surface
  var isZoomed = false

  enum Pane: Int, PaneName {
    case surface, first, second, third

    /// The plane of a slice; nil for the surface.
    var plane: Int? { self == .surface ? nil : rawValue - 1 }

    init(plane: Int) { self = Pane(rawValue: plane + 1) ?? .first }
  }

  init(shelf: MapShelf) { view = MapView(shelf) }

  var title: String { "Maps of \(view.shelf.title)" }

  var status: String {
    [view.steps.title, view.shown.map { "box \($0.map.volume.size)" }].compactMap { $0 }
      .joined(separator: ", ")
  }

  /// A surface that has turned is drawn finely a moment later.
  var showsTime: Bool { surface.turning.last != nil }

  // MARK: The cross-hair

  var hair: CrossHair {
    get { slices.hair }
    set { slices.hair = newValue }
  }
  var size: Int { view.size }
  var unread: String? { view.unread }

  // MARK: Moving

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back {
      guard isZoomed else { return [.pop] }
      isZoomed = false
    } else if let step = way.panes {
      pane = pane.moved(by: step)
      if let plane = pane.plane { slices.hair.focus = plane }
    } else if let unread {
      return [.say(unread)]
    } else if pane == .surface {
      return surface.navigate(way, view, surroundings)
    } else {
      slices.move(&view) { $0.navigate(way, size: $1) }
    }
    return []
  }

  /// The surface larger, or a slice deeper; with −1 smaller, or a slice back.
  mutating func approach(by step: Int, _ surroundings: Surroundings) {
    if pane == .surface {
      surface.zoom(by: step > 0 ? 1 / 1.2 : 1.2, view, surroundings)
    } else {
      slices.move(&view) { $0.moveThrough(by: step, size: $1) }
    }
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch target {
    case .row("plane", let plane):
      slices.move(&view) { $0.point(at: plane, in: rect, with: mouse, size: $1) }
      pane = Pane(plane: plane)
    case .row("surface", _):
      pane = .surface
      surface.point(in: rect, with: mouse, &view, surroundings)
      slices.follow(view)
    default: break
    }
    return []
  }

  // MARK: Reading

  func opening(_ surroundings: Surroundings) -> [Effect] { reading }

  func refresh(_ surroundings: Surroundings) -> [Effect] { reading }

  /// What is missing is asked for.
  var reading: [Effect] { view.missing.map { .read(.map($0)) } }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .map(let read):
      view.add(read)
      settle()
    case .mapProblem(let request, let problem) where view.isOurs(request):
      view.cache.add(problem, of: request)
      return [.complain(problem)]
    default: break
    }
    return []
  }

  /// To another map.
  mutating func go(_ change: (inout MapSteps) -> Void) -> [Effect] {
    view.go(change)
    settle()
    return reading
  }

  /// Puts camera and cross-hair where there is something to see, once there is.
  private mutating func settle() {
    surface.begin(view)
    slices.follow(view)
  }

  // MARK: Commands

  mutating func blink() -> [Effect] { go { $0.blink() } + [.say(view.steps.title ?? "")] }

  mutating func nextKind() -> [Effect] {
    var steps = view.steps
    guard steps.nextKind() else {
      return [.say("There is no other map of \(steps.title ?? "it")")]
    }
    return go { $0 = steps } + [.say(steps.kind.rawValue)]
  }

  mutating func nextColouring() -> [Effect] {
    let all = view.colourings
    guard all.count > 1 else {
      return [.say("Nothing is known to colour it by: no mask, half-maps or local resolution")]
    }
    let now = all.firstIndex(of: view.colouring) ?? 0
    view.colouring = all[(now + 1) % all.count]
    return reading + [.say("Coloured by \(view.colouring.rawValue)")]
  }

  mutating func stepRegion(by step: Int) {
    view.stepRegion(by: step)
    slices.follow(view)
    surface.changeMask(view)
  }

  mutating func goToMaskCentre() {
    guard let centre = view.mask?.map.extent(above: 0.5)?.centre else { return }
    view.cross = centre
    slices.follow(view)
  }

  // MARK: Prompts

  private static let levelHelp = Problem(
    "a level is needed", whatToDo: "Write a density (0.02), 3.5 sd, or 800 kDa.")

  var levelPrompt: Effect {
    .popUp(
      TextPrompt(
        .mapLevel, title: "Level of the surface", text: view.level?.text ?? "",
        hint: "A density (0.02), standard deviations (3.5 sd) or a mass (800 kDa)",
        objection: { MapLevel($0) == nil ? Self.levelHelp : nil }))
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .mapLevel:
      guard let level = MapLevel(text), view.shown != nil else {
        return [.complain(Self.levelHelp)]
      }
      view.set(level)
    case .coordinates:
      let effects = answerCoordinates(text)
      if effects.isEmpty { slices.mark(in: &view) }
      return effects
    default: break
    }
    return []
  }
}
