import CryoEM
import Ground
import Jobs
import Motion
import Runs
import Surface
import Terminal

/// How the regions of a run move against the first: the principal modes, how the particles lie along one,
/// the complex as it moves, and the axes about which the regions turn.
struct ModesScreen: ZoomingScreen {
  /// The run.
  let folder: String
  /// Nil until it was read.
  var motion: RegionMotion?
  var job: Job?
  /// The mode that is looked at, from 0.
  var mode = 0
  /// The complex along it.
  var maps: MapScreen?
  /// How far it goes to either side, standard deviations.
  var reach = 2.0
  /// When it began to play, seconds since 1970, and from which step; nil while it stands.
  var playing: (since: Double, step: Int)?
  var focus = Pane.modes
  var isZoomed = false
  /// In the histogram: where the cursor is, and the ends of the range, standard deviations.
  var cursor = 0.0
  var lower: Double?
  var upper: Double?
  /// Where a drag has begun, and in which rectangle.
  var dragStart: Double?
  var dragRect = Rect.empty
  /// How many particles the range has, once they are counted.
  var count: ChoiceCount?
  /// What particles were kept by last.
  var selection = ""

  enum Pane: Int, Sendable, CaseIterable {
    case modes, surface, histogram, axes

    var title: String {
      switch self {
      case .modes: "Modes"
      case .surface: "Motion"
      case .histogram: "Particles along the mode"
      case .axes: "Axes of rotation"
      }
    }
    var name: String { "modes-\(rawValue)" }
  }

  init(folder: String) { self.folder = folder }

  var name: String { RunFolder(folder).name }
  var title: String { "Motion of \(name)" }

  var status: String {
    guard let motion else { return "" }
    return motion.problem == nil ? Format.counted(motion.modes.count, "mode") : "no motion"
  }

  var modes: [MotionReport.Mode] { motion?.modes ?? [] }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.read(.motion(folder: folder)), .read(.run(folder: folder))]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] { maps?.refreshed ?? [] }

  var showsTime: Bool { maps?.showsTime == true }
  var isMoving: Bool { playing != nil }

  // MARK: Commands

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back {
      guard isZoomed else { return [.pop] }
      isZoomed = false
      return []
    }
    if let step = way.panes {
      let count = Pane.allCases.count
      focus = Pane(rawValue: (focus.rawValue + step + count) % count) ?? .modes
      return []
    }
    if let noMode { return [.say(noMode)] }
    switch (focus, way) {
    case (.modes, .up), (.modes, .down): return show(mode: mode + (way == .down ? 1 : -1))
    case (.modes, .first): return show(mode: 0)
    case (.modes, .last): return show(mode: modes.count - 1)
    case (.histogram, .left), (.histogram, .right):
      let step = Self.binWidth * (way == .right ? 1 : -1)
      cursor = min(max(cursor + step, range.lowerBound), range.upperBound)
    case (.histogram, .first): cursor = range.lowerBound
    case (.histogram, .last): cursor = range.upperBound
    case (.modes, .left), (.modes, .right), (.histogram, .up), (.histogram, .down):
      return [.say("Tab goes to the other panes")]
    case (.surface, _), (.axes, _), (.modes, _), (.histogram, _):
      if let noMaps { return [.say(noMaps)] }
      maps?.pane = .surface
      return maps?.navigate(way, &surroundings) ?? []
    }
    return []
  }

  /// Goes along the mode by hand.
  mutating func step(by step: Int, _ surroundings: Surroundings) -> [Effect] {
    hold(surroundings)
    let next = (maps?.step ?? 0) + step
    return maps?.changeStep(to: next) ?? []
  }

  mutating func toggleColouring() {
    let isByRegion = maps?.colouring == .regions
    maps?.colouring = isByRegion ? .plain : .regions
  }

  mutating func exaggerate() -> [Effect] {
    reach = reach >= 8 ? 2 : 2 * reach
    return show(mode: mode) + [.say("To \(Format.short(reach)) standard deviations either way")]
  }

  mutating func setLower() -> [Effect] {
    lower = cursor
    if let end = upper, end <= cursor { upper = nil }
    return countRange() + [.say(rangeText)]
  }

  mutating func setUpper() -> [Effect] {
    upper = cursor
    if let start = lower, start >= cursor { lower = nil }
    return countRange() + [.say(rangeText)]
  }

  mutating func play(_ surroundings: Surroundings) {
    if playing == nil {
      playing = (surroundings.now, maps?.step ?? 0)
    } else {
      hold(surroundings)
    }
  }

  /// Stops where it has come to.
  mutating func hold(_ surroundings: Surroundings) {
    guard playing != nil else { return }
    let place = step(surroundings)
    maps?.step = place
    playing = nil
  }

  /// Steps a second while it plays.
  private static let pace = 5.0

  /// The step that is shown: while it plays to and fro that of the time.
  func step(_ surroundings: Surroundings) -> Int {
    guard let playing, let last = maps.map({ $0.shelf.steps.count - 1 }), last > 0 else {
      return maps?.step ?? 0
    }
    let gone = playing.step + Int(max(0, surroundings.now - playing.since) * Self.pace)
    let place = gone % (2 * last)
    return place <= last ? place : 2 * last - place
  }

  /// Looks at a mode; the picture stays as it was turned.
  mutating func show(mode next: Int) -> [Effect] {
    guard let motion, !modes.isEmpty else { return [] }
    let last = mode
    mode = min(max(0, next), modes.count - 1)
    if mode != last { (lower, upper, cursor) = (nil, nil, 0) }
    guard motion.regions.count > 1 else { return [] }
    let before = maps
    var screen = MapScreen(shelf: MapShelf(motion, mode: mode, reach: reach))
    screen.keepAll()
    screen.step = before?.step ?? screen.shelf.steps.count / 2
    screen.colouring = before?.colouring ?? .regions
    if let before { (screen.camera, screen.levels) = (before.camera, before.levels) }
    maps = screen
    return screen.refreshed
      + screen.shelf.steps.compactMap { $0.maps[.map] }.map { .read(.map($0)) }
  }

  /// Keeping particles of the run.
  var choice: ParticleChoice {
    ParticleChoice(
      folder: motion?.particles ?? folder, title: name, job: job, isOfRegions: true)
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .selectParticles:
      selection = text
      return choice.counting(text)
    case .toolLine(let purpose): return ToolLine.run(text, purpose: purpose, surroundings)
    case .newJob(let particles, _):
      return [.read(.restartWith(particles: particles, folder: folder))]
    default: return []
    }
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .motion(let found) where found.folder == folder:
      motion = found
      return show(mode: mode) + (found.problem.map { [.complain($0)] } ?? [])
    case .run(let snapshot) where snapshot.folder == folder: job = snapshot.job
    case .map, .mapProblem:
      let effects = maps?.receive(news, &surroundings) ?? []
      // One level for all moments, or the surface would swell and shrink.
      if let level = maps?.level, maps?.levels[.map] == nil { maps?.levels[.map] = level }
      return effects
    case .counted(let sentence, let path, let expression) where path == choice.folder:
      return [.offer(choice.keepPrompt(expression, sentence, surroundings))]
    case .choiceCounted(let found) where found.folder == choice.folder:
      if found.expression == expression { count = found }
    case .tool(let work): return choice.offers(after: work)
    case .continuation(let job, let path, nil, let takes, let parent) where path == folder:
      return [
        .push(FormScreen(job, origin: "\(name), particles that were kept", parent: parent)),
        .say("It begins with \(takes)."),
      ]
    default: break
    }
    return []
  }

  // MARK: Mouse

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if dragStart != nil, mouse.kind != .press {
      return choose(in: dragRect, with: mouse, surroundings)
    }
    switch target {
    case .pane(Pane.histogram.name):
      focus = .histogram
      dragRect = rect
      return choose(in: rect, with: mouse, surroundings)
    case .pane(let name): focus = Pane.allCases.first { $0.name == name } ?? focus
    case .row("modes", let index):
      focus = .modes
      if mouse.kind == .press { return show(mode: index) }
    case .row("surface", _):
      focus = .surface
      return maps?.point(at: target, in: rect, with: mouse, &surroundings) ?? []
    default: break
    }
    return []
  }
}
