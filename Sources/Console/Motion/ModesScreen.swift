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
  let context = Command.Context.modes
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
  private var dragStart: Double?
  private var dragRect = Rect.empty
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

  var keyBar: [Command] {
    var commands: [Command] = [.nextPane, .play, .previousIteration, .nextIteration]
    switch focus {
    case .histogram: commands += [.rangeFrom, .rangeTo, .select]
    case .surface, .axes:
      commands += [.sliceForward, .sliceBack, .viewAxis, .raiseThreshold, .lowerThreshold]
    case .modes: break
    }
    commands += [.exaggerate, .colourBy, .zoom, .maps]
    return commands + (focus == .histogram ? [] : [.select]) + [.export]
  }

  func label(of command: Command) -> String? {
    command == .play && playing != nil ? "Hold" : nil
  }

  func obstacle(to command: Command) -> String? {
    switch command {
    case .back, .nextPane, .previousPane, .zoom: return nil
    default:
      guard let motion else { return "The motion is being read" }
      if let problem = motion.problem { return problem.what }
      if modes.isEmpty { return "There is no mode: what moves is no more than the poses' noise" }
      return command == .select || command == .rangeFrom || command == .rangeTo || maps != nil
        ? nil : "The maps of the regions are not there"
    }
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.readMotion(folder: folder), .readRun(folder: folder)]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] { maps?.refreshed ?? [] }

  var showsTime: Bool { maps?.showsTime == true }
  var isMoving: Bool { playing != nil }

  // MARK: Commands

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    switch command {
    case .back:
      guard isZoomed else { return [.pop] }
      isZoomed = false
    case .zoom: isZoomed.toggle()
    case .nextPane, .previousPane:
      let count = Pane.allCases.count
      let next = focus.rawValue + (command == .nextPane ? 1 : count - 1)
      focus = Pane(rawValue: next % count) ?? .modes
    case .play: play(surroundings)
    case .previousIteration, .nextIteration:
      hold(surroundings)
      let next = (maps?.step ?? 0) + (command == .nextIteration ? 1 : -1)
      return maps?.changeStep(to: next) ?? []
    case .exaggerate:
      reach = reach >= 8 ? 2 : 2 * reach
      return show(mode: mode) + [.say("To \(Format.short(reach)) standard deviations either way")]
    case .rangeFrom:
      lower = cursor
      if let end = upper, end <= cursor { upper = nil }
      return countRange() + [.say(rangeText)]
    case .rangeTo:
      upper = cursor
      if let start = lower, start >= cursor { lower = nil }
      return countRange() + [.say(rangeText)]
    case .select: return [.popUp(choice.prompt(expression ?? "mode\(mode + 1) > 1"))]
    case .maps: return maps.map { [.push($0)] + $0.refreshed } ?? []
    case .colourBy:
      let isByRegion = maps?.colouring == .regions
      maps?.colouring = isByRegion ? .plain : .regions
    default: return move(command, &surroundings)
    }
    return []
  }

  private mutating func move(
    _ command: Command, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (focus, command) {
    case (.modes, .up), (.modes, .down): return show(mode: mode + (command == .down ? 1 : -1))
    case (.modes, .first): return show(mode: 0)
    case (.modes, .last): return show(mode: modes.count - 1)
    case (.histogram, .left), (.histogram, .right):
      let step = Self.binWidth * (command == .right ? 1 : -1)
      cursor = min(max(cursor + step, range.lowerBound), range.upperBound)
    case (.histogram, .first): cursor = range.lowerBound
    case (.histogram, .last): cursor = range.upperBound
    case (.modes, .left), (.modes, .right), (.histogram, .up), (.histogram, .down):
      return [.say("Tab goes to the other panes")]
    default:
      maps?.pane = .surface
      return maps?.perform(command, &surroundings) ?? []
    }
    return []
  }

  private mutating func play(_ surroundings: Surroundings) {
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
    return screen.refreshed + screen.shelf.steps.compactMap { $0.maps[.map] }.map { .readMap($0) }
  }

  // MARK: The histogram

  var range: ClosedRange<Double> { MotionReport.histogramRange }

  static let binWidth =
    (MotionReport.histogramRange.upperBound - MotionReport.histogramRange.lowerBound)
    / Double(MotionReport.histogramBins)

  /// What the range says of a particle; nil without one.
  var expression: String? {
    let name = "mode\(mode + 1)"
    let parts = [
      lower.map { "\(name) >= \(Format.shortest($0))" },
      upper.map { "\(name) <= \(Format.shortest($0))" },
    ].compactMap { $0 }
    return parts.isEmpty ? nil : parts.joined(separator: " and ")
  }

  /// The range in words, with about how many particles it has.
  var rangeText: String {
    guard let expression, let report = motion?.report else {
      return "( ) set a range, W keeps it"
    }
    if let count, count.expression == expression {
      return "\(expression): \(count.problem?.what ?? count.brief); W keeps them"
    }
    let count = report.count(
      mode: mode, from: lower ?? -.infinity, to: upper ?? .infinity)
    return "\(expression): about \(Format.counted(count, "particle")); W keeps them"
  }

  /// Has the range counted in the run's particles.
  private func countRange() -> [Effect] {
    expression.map { [.countChoice(folder: choice.folder, expression: $0)] } ?? []
  }

  /// The end of a bin that is nearest to a column of the histogram, as for the mouse.
  private func edge(at column: Int, in rect: Rect, _ surroundings: Surroundings) -> Double {
    let plot = histogramPlot
    let area = plot.frame(
      in: Self.histogramParts(of: Box.content(of: rect)).body, surroundings.appearance
    ).area
    let share = (Double(column - area.x) + 0.5) / Double(max(1, area.width))
    let bins = (share * Double(MotionReport.histogramBins)).rounded()
    let place = range.lowerBound + bins * Self.binWidth
    return min(max(place, range.lowerBound), range.upperBound)
  }

  /// The mouse in the histogram: pressed it puts the cursor there, dragged it chooses a range.
  private mutating func choose(
    in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect] {
    let place = edge(at: mouse.column, in: rect, surroundings)
    switch mouse.kind {
    case .press: (cursor, dragStart) = (place, place)
    case .drag, .release:
      guard let start = dragStart else { return [] }
      if mouse.kind == .release { dragStart = nil }
      guard start != place else { return [] }
      (lower, upper, cursor) = (min(start, place), max(start, place), place)
      return countRange()
    default: break
    }
    return []
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
    case .newJob(let particles, _): return [.restartWith(particles: particles, folder: folder)]
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
