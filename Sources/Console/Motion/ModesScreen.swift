import Ground
import Motion
import Surface
import Terminal

/// How the regions of a run move against the first: the principal modes, how the particles lie along one,
/// the complex as it moves, and the axes about which the regions turn.
struct ModesScreen: ZoomingScreen {
  /// What the panes share.
  var view: ModesView
  var panes = ModesPanes()
  var focus = ModesPanes.Name.modes
  var isZoomed = false

  init(folder: String) { view = ModesView(folder: folder) }

  var title: String { "Motion of \(view.name)" }

  var status: String {
    guard let motion = view.motion else { return "" }
    return motion.problem == nil ? Format.counted(motion.modes.count, "mode") : "no motion"
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.read(.motion(folder: view.folder)), .read(.run(folder: view.folder))]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] { view.complex.maps?.reading ?? [] }

  var showsTime: Bool { view.complex.maps?.showsTime == true }
  var isMoving: Bool { view.complex.isPlaying }

  // MARK: Moving

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back { return goBack() }
    if let step = way.panes {
      focus = focus.moved(by: step)
      return []
    }
    if let noMode = view.noMode { return [.say(noMode)] }
    if let effects = aMode({ $0.panes[$0.focus].navigate(way, &$0.view) }) { return effects }
    return turn(way, &surroundings)
  }

  /// What may go to another mode, in which nothing is chosen yet.
  private mutating func aMode<Result>(_ change: (inout ModesScreen) -> Result) -> Result {
    let before = view.mode
    defer { if view.mode != before { panes.histogram = ModeHistogramPane() } }
    return change(&self)
  }

  private mutating func turn(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if let noMaps = view.noMaps { return [.say(noMaps)] }
    return view.complex.turn(way, &surroundings)
  }

  mutating func exaggerate() -> [Effect] {
    view.complex.exaggerate()
    return view.show(mode: view.mode) + [
      .say("To \(Format.short(view.complex.reach)) standard deviations either way")
    ]
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if panes.histogram.isDragged, mouse.kind != .press {
      return panes.histogram.point(
        at: target, in: rect, with: mouse, &view, &surroundings)
    }
    guard let pane = ModesPanes.Name(target) else { return [] }
    focus = pane
    return aMode {
      $0.panes[pane].point(at: target, in: rect, with: mouse, &$0.view, &surroundings)
    }
  }

  // MARK: News and answers

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .motion(let found) where found.folder == view.folder:
      view.motion = found
      return aMode { $0.view.show(mode: $0.view.mode) }
        + (found.problem.map { [.complain($0)] } ?? [])
    case .run(let snapshot) where snapshot.folder == view.folder: view.job = snapshot.job
    case .map, .mapProblem: return view.complex.receive(news, &surroundings)
    case .counted(let sentence, let path, let expression) where path == view.choice.folder:
      return [.offer(view.choice.keepPrompt(expression, sentence, surroundings))]
    case .choiceCounted(let found) where found.folder == view.choice.folder:
      panes.histogram.receive(found, view)
    case .tool(let work): return view.choice.offers(after: work)
    case .continuation(let job, let path, nil, let takes, let parent) where path == view.folder:
      return [
        .push(
          FormScreen(job, origin: "\(view.name), particles that were kept", parent: parent)),
        .say("It begins with \(takes)."),
      ]
    default: break
    }
    return []
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .selectParticles: view.choice.counting(text)
    case .toolLine(let purpose): ToolLine.run(text, purpose: purpose, surroundings)
    case .newJob(let particles, _):
      [.read(.restartWith(particles: particles, folder: view.folder))]
    default: []
    }
  }

  // MARK: Drawing

  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let motion = view.motion, motion.problem == nil else {
      let problem = view.motion?.problem
      frame.write(
        problem?.what ?? "Reading how the regions move …", x: rect.x + 2, y: rect.y + 1,
        problem == nil ? .dim : .bad, width: rect.width - 2)
      frame.write(problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    for (pane, place) in places(in: rect) where place.height >= 3 {
      frame.mark(place, .pane(pane.mark))
      panes[pane].draw(
        ModesPlace(
          rect: place, hasFocus: pane == focus, isZoomed: isZoomed, surroundings: surroundings),
        of: view, into: &frame)
    }
  }

  /// The panes that are seen, with their places.
  private func places(in rect: Rect) -> [(pane: ModesPanes.Name, rect: Rect)] {
    if isZoomed || rect.height < 14 || rect.width < 50 { return [(focus, rect)] }
    let hasNoise = view.motion?.report.map { $0.modes.count > $0.claimed } ?? false
    let rows = min(view.lines.count + (hasNoise ? 4 : 3), max(5, rect.height / 3))
    let (list, rest) = rect.split(top: rows)
    let (left, right) = rest.split(right: max(24, rest.width * 2 / 5))
    let sides = Layout.split(right, .rows, [.init(), .init()])
    return [(.modes, list), (.surface, left), (.histogram, sides[0]), (.axes, sides[1])]
  }

  /// The pane with the focus; the modes as a table, the histogram as numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    return Export(
      name: "\(title) \(focus.kind.title)", grid: frame.grid, table: panes[focus].table(view),
      figure: frame.sheet)
  }
}
