import Ground
import Runs
import Surface
import Terminal

/// A run, live or finished: panes about any of its iterations, its log, its files, its particles.
struct RunScreen: ZoomingScreen {
  /// What the panes share.
  var view: RunView
  var panes = RunPanes()
  var arrangement = PaneArrangement()
  /// The table of particles, which takes the place of the panes; nil while they are shown.
  var particles: ParticlePage?
  /// The expression by which particles were kept last.
  var selection = ""
  /// Whether its end was announced; a run that had ended when it was opened needs no bell.
  private var wasLive = false

  init(folder: String) { view = RunView(folder: folder) }

  var title: String { view.name }

  var showsTime: Bool { view.snapshot?.isLive == true }

  var isZoomed: Bool {
    get { arrangement.isZoomed }
    set { arrangement.isZoomed = newValue }
  }

  /// The pane with the focus.
  var pane: any RunPane { panes[arrangement.focus] }

  // MARK: Moving

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if particles != nil {
      if way == .back { particles = nil } else { particles?.navigate(way) }
      return []
    }
    if way == .back { return back() }
    let before = panes.slices.missing(view)
    let effects = navigateInPanes(way)
    // What has to be read now, unless it was asked for before.
    return panes.slices.missing(view) == before && way.panes == nil
      ? effects : effects + slicesIfNeeded(surroundings)
  }

  private mutating func navigateInPanes(_ way: Navigation) -> [Effect] {
    if let effects = panes[arrangement.focus].navigate(way, &view) { return effects }
    if !view.axis.navigate(way, view.metrics), let step = way.panes ?? way.lines() {
      arrangement.moveFocus(by: step)
    }
    return []
  }

  /// Takes back what was zoomed, chosen or pointed at last; leaves the screen where there is nothing.
  private mutating func back() -> [Effect] {
    if isZoomed {
      isZoomed = false
    } else if !view.choosing.ranges.isEmpty {
      view.choosing.clear()
    } else if !view.axis.clear() {
      return [.pop]
    }
    return []
  }

  /// To an iteration before or after.
  mutating func step(by step: Int, _ surroundings: Surroundings) -> [Effect] {
    view.step(by: step)
    return slicesIfNeeded(surroundings)
  }

  mutating func follow(_ surroundings: Surroundings) -> [Effect] {
    view.iteration = nil
    panes.log.follow()
    return slicesIfNeeded(surroundings)
  }

  /// Shows another region.
  mutating func stepRegion(by step: Int) -> [Effect] {
    view.region(after: step).map { show(region: $0) } ?? []
  }

  /// Shows a region from its last iteration on; panes stay as they are.
  mutating func show(region name: String) -> [Effect] {
    view = RunView(folder: RunFolder(view.root).region(named: name).path)
    (particles, panes.slices.slices) = (nil, nil)
    panes.log.follow()
    return [.read(.run(folder: view.folder, isForced: true))]
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .run(let found) where found.folder == view.folder: return receive(found, surroundings)
    case .continuation(let job, let path, let number, let takes, let parent)
    where path == view.folder:
      let step = number.map { "iteration \($0)" } ?? "particles that were kept"
      let own = RunManifest.Parent(
        run: title, iteration: number ?? view.finalPoses ?? 0,
        kind: number == nil ? .selected : .continued,
        identifier: view.snapshot?.manifest?.identifier)
      return [
        .push(FormScreen(job, origin: "\(title), \(step)", parent: parent ?? own)),
        .say("It begins with \(takes)."),
      ]
    case .counted(let sentence, let path, let expression) where path == view.folder:
      return [.offer(choice.keepPrompt(expression, sentence, surroundings))]
    case .choiceCounted(let found) where found.folder == view.folder:
      if found.expression == view.choosing.ranges.expression { view.choosing.count = found }
    case .tool(let work): return choice.offers(after: work)
    case .slices(let found) where found.request.folder == view.folder:
      panes.slices.slices = found
    case .particles(let table) where table.folder == view.folder: particles?.receive(table)
    default: break
    }
    return []
  }

  private mutating func receive(
    _ found: RunSnapshot, _ surroundings: Surroundings
  ) -> [Effect] {
    view.snapshot = found
    if view.root == view.folder, let first = view.regions.first { return show(region: first.name) }
    var effects = slicesIfNeeded(surroundings)
    if wasLive, !found.isLive, let status = found.status {
      effects += [
        .terminal(.notify("\(found.name) \(status.word)")), .say("\(found.name) \(status.word)"),
      ]
    }
    wasLive = found.isLive
    return effects
  }

  /// Another screen may have had the run read before, since when nothing has changed.
  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.read(.run(folder: view.folder, isForced: true))]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    [.read(.run(folder: view.folder))] + slicesIfNeeded(surroundings)
  }

  /// Asks for slices when the pane is seen and what it shows has changed.
  func slicesIfNeeded(_ surroundings: Surroundings) -> [Effect] {
    let places = arrangement.places(in: Self.body(surroundings))
    guard places.contains(where: { $0.panel == .slices }) else { return [] }
    return panes.slices.missing(view).map { [.read(.slices($0))] } ?? []
  }
}
