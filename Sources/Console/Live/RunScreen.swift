import Ground
import Pages
import Refinement
import Runs
import Surface
import Terminal

/// A run, live or finished: panes about any of its iterations, its log, its files, its particles.
struct RunScreen: ZoomingScreen {
  /// The run, or the region of it that is shown.
  var folder: String
  let context = Command.Context.run
  /// What its folder says; nil until it was read.
  var snapshot: RunSnapshot?
  /// The panes that are on, and the one that keys go to.
  var panels = Panel.sets[0].panels
  var focus = Panel.fsc
  var isZoomed = false
  /// What was made of the sizes of the panes, and the edge that is being dragged.
  var shares = PanelShares()
  var dragged: Splitter?
  /// The iteration that is shown; nil follows the newest.
  var iteration: Int?
  /// Changes of poses against the start of the run instead of the last iteration.
  var againstStart = true
  var orientationView = OrientationView.rectangle
  /// The Guinier plot in place of the noise, where there is no room for both.
  var showsGuinier = false
  /// Where the cross-hair of the plots stands, as a shell; nil without one.
  var crosshair: Int?
  /// The range of shells that plots show after a drag; nil for all.
  var shells: ClosedRange<Int>?
  var dragStart: Int?
  var log = LogView()
  var slices: SliceSet?
  var sliceSource = SliceSource.map
  /// 0 along z, 1 along y, 2 along x, 3 all three.
  var sliceAxis = 3
  /// Voxels that the slices are from the mask's centre, and how many standard deviations are white.
  var sliceStep = 0
  var sliceContrast: Float = 4
  /// Markers of panes that are plotted otherwise than the rest.
  var markers: [Panel: Marker] = [:]
  /// Sums along the axes in place of slices.
  var showsProjections = false
  var particles: ParticlePage?
  /// First line of the files that is shown.
  var fileOffset = 0
  /// The expression by which particles were chosen last, and what is being chosen in the panes.
  var selection = ""
  var choosing = Choosing()
  /// Whether its end was announced; a run that had ended when it was opened needs no bell.
  private var wasLive = false

  init(folder: String) { self.folder = folder }

  var title: String {
    RunSnapshot(folder: folder).name
  }

  /// The metrics of the iteration that is shown.
  var metrics: IterationMetrics? { snapshot?.metrics(of: iteration) }

  var showsTime: Bool { snapshot?.isLive == true }

  /// The panes in the order of their keys.
  var shownPanels: [Panel] { Panel.allCases.filter(panels.contains) }

  var keyBar: [Command] {
    if particles != nil {
      return [.sort, .reverseSort, .search]
        + (choiceObstacle(focus) == nil ? [.rangeFrom, .rangeTo, .select] : []) + [.export]
    }
    var commands: [Command] = [.nextPane, .zoom]
    if obstacle(to: .advice) == nil { commands.append(.advice) }
    if snapshot?.isLive == true {
      commands += [.pause, .change, .stopAfter, .stop, .detach]
    } else if snapshot?.status == .queued {
      commands += [.stop, .parameters]
    } else {
      commands += [
        .previousIteration, .nextIteration, .maps, .particles, .continueRun, .tools, .select,
        .parameters,
      ]
      if obstacle(to: .resume) == nil { commands.insert(.resume, at: 2) }
    }
    if !regions.isEmpty {
      commands.insert(
        contentsOf: [.nextRegion] + (obstacle(to: .modes) == nil ? [.modes] : []), at: 1)
    }
    if Self.choicePanels.contains(focus), choiceObstacle(focus) == nil {
      commands.insert(contentsOf: [.rangeFrom, .rangeTo, .select], at: 1)
    }
    switch focus {
    case .orientations: commands.append(.projection)
    case .poses: commands.append(.baseline)
    case .noise: commands.append(.guinier)
    case .slices:
      commands += [.maps, .mapKind, .plane, .mapProjection, .moreContrast, .lessContrast]
    case .log: commands += [.logLevel, .search]
    default: break
    }
    return commands
  }

  func label(of command: Command) -> String? {
    command == .pause && snapshot?.status == .paused ? "Go on" : nil
  }

  func obstacle(to command: Command) -> String? {
    let status = snapshot?.status
    switch command {
    case .pause, .stop, .stopAfter, .change:
      if snapshot?.isLive == true { return nil }
      if command == .stop, status == .queued { return nil }
      let what =
        switch command {
        case .stopAfter: "finish"
        case .stop: "stop"
        case .change: "change"
        default: "pause"
        }
      return "The run is \(status?.word ?? "not read yet"): there is nothing to \(what)"
    case .resume:
      switch status {
      case .interrupted, .stopped, .failed: return nil
      case .finished: return "The run has finished; c refines on from its poses"
      case .running, .paused: return "The run goes on already; p holds it and lets it go on"
      case .queued: return "The run waits in a queue, and begins by itself"
      case nil: return "The run is not read yet"
      }
    case .advice:
      return snapshot?.objections.isEmpty == false
        ? nil : "Nothing is to be said against the numbers"
    case .maps:
      return snapshot.flatMap { MapShelf($0) } == nil ? "No maps are kept of the run yet" : nil
    case .modes:
      if regions.isEmpty { return "The run has one region: there is nothing that moves against it" }
      return status == .finished ? nil : "How the regions move is learnt when the run ends"
    case .report: return snapshot?.manifest == nil ? "The run is not read yet" : nil
    case .rangeFrom, .rangeTo: return choiceObstacle(focus)
    case .select:
      return status == .finished ? nil : "Particles are chosen of a run that has finished"
    case .continueRun:
      return snapshot?.job == nil ? "The run's parameters cannot be read" : nil
    case .nextRegion, .previousRegion:
      return regions.isEmpty ? "The run has one region" : nil
    case .previousIteration, .nextIteration:
      return (snapshot?.steps.count ?? 0) < 2 ? "There is no other iteration yet" : nil
    default: return nil
    }
  }

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    if particles != nil, let effects = performOnParticles(command, surroundings) { return effects }
    if let number = Panel.allCases.first(where: { $0.command == command }) {
      toggle(number)
      return slicesIfNeeded(surroundings)
    }
    switch command {
    case .nextPane, .previousPane:
      moveFocus(by: command == .nextPane ? 1 : -1)
      return slicesIfNeeded(surroundings)
    case .zoom:
      isZoomed.toggle()
      return slicesIfNeeded(surroundings)
    case .back:
      if isZoomed {
        isZoomed = false
      } else if !choosing.ranges.isEmpty {
        clearChoice()
      } else if crosshair != nil || shells != nil {
        (crosshair, shells) = (nil, nil)
      } else {
        return [.pop]
      }
    case .detach: return [.popToRuns]
    case .previousIteration: return step(by: -1, surroundings)
    case .nextIteration: return step(by: 1, surroundings)
    case .nextRegion: return stepRegion(by: 1)
    case .previousRegion: return stepRegion(by: -1)
    case .follow:
      iteration = nil
      log.follow()
      return slicesIfNeeded(surroundings)
    case .rangeFrom, .rangeTo: return setEnd(command)
    case .baseline: againstStart.toggle()
    case .projection: orientationView = orientationView.next
    case .guinier: showsGuinier.toggle()
    case .plane: sliceAxis = (sliceAxis + 1) % 4
    case .mapProjection: showsProjections.toggle()
    case .moreContrast: sliceContrast = max(0.5, sliceContrast / 1.25)
    case .lessContrast: sliceContrast = min(20, sliceContrast * 1.25)
    case .panelMarker:
      let look = surroundings.appearance
      let marker = (markers[focus] ?? look.marker).next(at: surroundings.glyphs)
      markers[focus] = marker == look.marker ? nil : marker
      return [.say("\(focus.title) drawn with \(marker.rawValue)\(marker.advice)")]
    case .wider, .narrower, .taller, .shorter: resize(command, surroundings)
    case .panelSet: return nextPanelSet(surroundings)
    case .mapKind:
      let all = SliceSource.allCases
      let index = all.firstIndex(of: sliceSource) ?? 0
      sliceSource = all[(index + 1) % all.count]
      return slicesIfNeeded(surroundings)
    case .left, .right, .up, .down, .pageUp, .pageDown, .first, .last:
      return navigate(command, surroundings)
    default: return act(command, surroundings)
    }
    return []
  }

  private mutating func toggle(_ panel: Panel) {
    if isZoomed {
      // While a pane fills the screen its number changes to another one.
      panels.insert(panel)
      focus = panel
    } else if panels.contains(panel) {
      if panels.count > 1 { panels.remove(panel) }
      if focus == panel {
        focus = shownPanels.first { $0.rawValue > panel.rawValue } ?? shownPanels[0]
      }
    } else {
      panels.insert(panel)
      focus = panel
    }
  }

  /// To the next set of panes that suits a question.
  private mutating func nextPanelSet(_ surroundings: Surroundings) -> [Effect] {
    let all = Panel.sets
    let index = all.firstIndex { $0.panels == panels } ?? all.count - 1
    let next = all[(index + 1) % all.count]
    panels = next.panels
    isZoomed = false
    shares = PanelShares()
    if !panels.contains(focus) { focus = shownPanels[0] }
    return slicesIfNeeded(surroundings) + [.say("Panes: \(next.title)")]
  }

  private mutating func moveFocus(by step: Int) {
    let list = shownPanels
    guard let index = list.firstIndex(of: focus) else {
      focus = list.first ?? .fsc
      return
    }
    focus = list[(index + step + list.count) % list.count]
  }

  /// To an iteration before or after; stepping past the newest follows it again.
  private mutating func step(by step: Int, _ surroundings: Surroundings) -> [Effect] {
    guard let metrics = snapshot?.steps, let last = metrics.last else { return [] }
    let index = metrics.firstIndex { $0.iteration == iteration } ?? metrics.count - 1
    let next = min(max(0, index + step), metrics.count - 1)
    iteration = metrics[next].iteration == last.iteration ? nil : metrics[next].iteration
    return slicesIfNeeded(surroundings)
  }

  private mutating func navigate(
    _ command: Command, _ surroundings: Surroundings
  ) -> [Effect] {
    if let effects = moveCursor(command) { return effects }
    switch (focus, command) {
    case (.log, _): log.navigate(command, count: logLines.count, page: 10)
    case (.files, .up): fileOffset = max(0, fileOffset - 1)
    case (.files, .down): fileOffset += 1
    case (.resolution, .up), (.resolution, .left): return step(by: -1, surroundings)
    case (.resolution, .down), (.resolution, .right): return step(by: 1, surroundings)
    case (.slices, .up), (.slices, .down), (.slices, .pageUp), (.slices, .pageDown):
      let step = command == .pageUp || command == .pageDown ? 10 : 1
      sliceStep += command == .up || command == .pageUp ? step : -step
      sliceStep = min(max(-512, sliceStep), 512)
      return slicesIfNeeded(surroundings)
    case (.slices, .first):
      sliceStep = 0
      return slicesIfNeeded(surroundings)
    case (.slices, .left), (.slices, .right):
      sliceAxis = (sliceAxis + (command == .right ? 1 : 3)) % 4
    case (_, .left): moveCrosshair(by: -1)
    case (_, .right): moveCrosshair(by: 1)
    case (_, .first): crosshair = shellRange?.lowerBound
    case (_, .last): crosshair = shellRange?.upperBound
    case (_, .pageUp): moveCrosshair(by: -10)
    case (_, .pageDown): moveCrosshair(by: 10)
    case (_, .up): moveFocus(by: -1)
    case (_, .down): moveFocus(by: 1)
    default: break
    }
    return []
  }

  /// The shells that plots show.
  var shellRange: ClosedRange<Int>? {
    guard let metrics, metrics.boxSize > 2 else { return nil }
    return shells ?? 1...metrics.lastShell
  }

  private mutating func moveCrosshair(by step: Int) {
    guard let range = shellRange else { return }
    guard let place = crosshair else {
      crosshair = metrics.map {
        max(range.lowerBound, min($0.resolutionShell ?? $0.bandShell, range.upperBound))
      }
      return
    }
    crosshair = min(max(place + step, range.lowerBound), range.upperBound)
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .run(let found) where found.folder == folder:
      snapshot = found
      if root == folder, let first = regions.first { return show(region: first.name) }
      var effects = slicesIfNeeded(surroundings)
      if wasLive, !found.isLive, let status = found.status {
        effects += [.notify("\(found.name) \(status.word)"), .say("\(found.name) \(status.word)")]
      }
      wasLive = found.isLive
      return effects
    case .continuation(let job, let path, let number, let takes, let parent) where path == folder:
      let step = number.map { "iteration \($0)" } ?? "particles that were kept"
      return [
        .push(
          FormScreen(
            job, origin: "\(title), \(step)",
            parent: parent
              ?? RunManifest.Parent(
                run: title, iteration: number ?? snapshot?.metrics(of: nil)?.poseIteration ?? 0,
                kind: number == nil ? .selected : .continued,
                identifier: snapshot?.manifest?.identifier))),
        .say("It begins with \(takes)."),
      ]
    case .counted(let sentence, let path, let expression) where path == folder:
      return [.offer(choice.keepPrompt(expression, sentence, surroundings))]
    case .choiceCounted(let found) where found.folder == folder:
      if found.expression == choosing.ranges.expression { choosing.count = found }
    case .tool(let work): return choice.offers(after: work)
    case .slices(let found) where found.request.folder == folder: slices = found
    case .particles(let table) where table.folder == folder: particles?.receive(table)
    default: break
    }
    return []
  }

  /// Another screen may have had the run read before, since when nothing has changed.
  func opening(_ surroundings: Surroundings) -> [Effect] { [.openRun(folder: folder)] }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    [.readRun(folder: folder)] + slicesIfNeeded(surroundings)
  }

  /// Asks for slices when the pane is seen and what it shows has changed.
  func slicesIfNeeded(_ surroundings: Surroundings) -> [Effect] {
    guard let snapshot,
      places(in: Self.body(surroundings)).contains(where: { $0.panel == .slices })
    else { return [] }
    let wanted = wantedSlices(snapshot)
    return wanted == nil || slices?.request == wanted ? [] : wanted.map { [.readSlices($0)] } ?? []
  }

  /// The slices of the iteration that is shown: of its own maps while they are kept.
  private func wantedSlices(_ snapshot: RunSnapshot) -> SliceRequest? {
    if iteration == nil, !snapshot.files.isEmpty {
      return SliceRequest(
        folder: folder, iteration: nil, source: sliceSource, step: sliceStep)
    }
    let number = iteration ?? snapshot.iterationsWithMaps.last
    guard let number, snapshot.iterationsWithMaps.contains(number) else { return nil }
    return SliceRequest(
      folder: folder, iteration: number, source: sliceSource, step: sliceStep)
  }
}
