import EMFiles
import Refinement
import Runs
import Surface
import Terminal

/// A run, live or finished: panes about any of its iterations, its log, its files, its particles.
struct RunScreen: Screen {
  let folder: String
  let context = Command.Context.run
  /// What its folder says; nil until it was read.
  var snapshot: RunSnapshot?
  /// The panes that are on, and the one that keys go to.
  var panels: Set<Panel> = Set(Panel.allCases).subtracting([.files])
  var focus = Panel.fsc
  var isZoomed = false
  /// The iteration that is shown; nil follows the newest.
  var iteration: Int?
  /// Changes of poses against the start of the run instead of the last iteration.
  var againstStart = true
  var isMollweide = false
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
  var particles: ParticlePage?
  /// First line of the files that is shown.
  var fileOffset = 0
  /// Whether its end was announced; a run that had ended when it was opened needs no bell.
  private var wasLive = false

  init(folder: String) { self.folder = folder }

  var title: String { snapshot?.name ?? FilePath.name(of: folder) }

  /// The metrics of the iteration that is shown.
  var metrics: IterationMetrics? { snapshot?.metrics(of: iteration) }

  var showsTime: Bool { snapshot?.isLive == true }

  /// The panes in the order of their keys.
  var shownPanels: [Panel] { Panel.allCases.filter(panels.contains) }

  var keyBar: [Command] {
    if particles != nil { return [.sort, .reverseSort, .search, .export] }
    var commands: [Command] = [.nextPane, .zoom]
    if snapshot?.isLive == true {
      commands += [.pause, .stopAfter, .stop, .detach]
    } else {
      commands += [.previousIteration, .nextIteration, .particles, .continueRun, .parameters]
      if obstacle(to: .resume) == nil { commands.insert(.resume, at: 2) }
    }
    switch focus {
    case .orientations: commands.append(.projection)
    case .poses: commands.append(.baseline)
    case .slices: commands += [.mapKind, .plane]
    case .log: commands += [.logLevel, .search]
    default: break
    }
    return commands
  }

  func obstacle(to command: Command) -> String? {
    let status = snapshot?.status
    switch command {
    case .pause, .stop, .stopAfter, .change:
      if snapshot?.isLive == true { return nil }
      return "The run is \(status?.word ?? "not read yet"): there is nothing to \(command.rawValue)"
    case .resume:
      switch status {
      case .interrupted, .stopped, .failed: return nil
      case .finished: return "The run has finished; c refines on from its poses"
      case .running, .paused: return "The run goes on already; p holds it and lets it go on"
      case nil: return "The run is not read yet"
      }
    case .continueRun:
      return snapshot?.job == nil ? "The run's parameters cannot be read" : nil
    case .previousIteration, .nextIteration:
      return (snapshot?.metrics.count ?? 0) < 2 ? "There is no other iteration yet" : nil
    default: return nil
    }
  }

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    if particles != nil, let effects = performOnParticles(command, surroundings) { return effects }
    if let number = Panel.allCases.first(where: { $0.command == command }) {
      toggle(number)
      return slicesIfNeeded()
    }
    switch command {
    case .nextPane: moveFocus(by: 1)
    case .previousPane: moveFocus(by: -1)
    case .zoom: isZoomed.toggle()
    case .back:
      if isZoomed {
        isZoomed = false
      } else if crosshair != nil || shells != nil {
        (crosshair, shells) = (nil, nil)
      } else {
        return [.pop]
      }
    case .detach: return [.popToRuns]
    case .previousIteration: return step(by: -1)
    case .nextIteration: return step(by: 1)
    case .follow:
      iteration = nil
      log.follow()
      return slicesIfNeeded()
    case .baseline: againstStart.toggle()
    case .projection: isMollweide.toggle()
    case .plane: sliceAxis = (sliceAxis + 1) % 4
    case .mapKind:
      let all = SliceSource.allCases
      let index = all.firstIndex(of: sliceSource) ?? 0
      sliceSource = all[(index + 1) % all.count]
      return slicesIfNeeded()
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

  private mutating func moveFocus(by step: Int) {
    let list = shownPanels
    guard let index = list.firstIndex(of: focus) else {
      focus = list.first ?? .fsc
      return
    }
    focus = list[(index + step + list.count) % list.count]
  }

  /// To an iteration before or after; stepping past the newest follows it again.
  private mutating func step(by step: Int) -> [Effect] {
    guard let metrics = snapshot?.metrics, let last = metrics.last else { return [] }
    let index = metrics.firstIndex { $0.iteration == iteration } ?? metrics.count - 1
    let next = min(max(0, index + step), metrics.count - 1)
    iteration = metrics[next].iteration == last.iteration ? nil : metrics[next].iteration
    return slicesIfNeeded()
  }

  private mutating func navigate(
    _ command: Command, _ surroundings: Surroundings
  ) -> [Effect] {
    switch (focus, command) {
    case (.log, _): log.navigate(command, count: logLines.count, page: 10)
    case (.files, .up): fileOffset = max(0, fileOffset - 1)
    case (.files, .down): fileOffset += 1
    case (.resolution, .up), (.resolution, .left): return step(by: -1)
    case (.resolution, .down), (.resolution, .right): return step(by: 1)
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
    return shells ?? 1...metrics.boxSize / 2
  }

  private mutating func moveCrosshair(by step: Int) {
    guard let range = shellRange else { return }
    guard let place = crosshair else {
      crosshair = metrics.map { max(range.lowerBound, min($0.bandShell, range.upperBound)) }
      return
    }
    crosshair = min(max(place + step, range.lowerBound), range.upperBound)
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .run(let found) where found.folder == folder:
      snapshot = found
      var effects = slicesIfNeeded()
      if wasLive, !found.isLive, let status = found.status {
        effects += [.notify("\(found.name) \(status.word)"), .say("\(found.name) \(status.word)")]
      }
      wasLive = found.isLive
      return effects
    case .continuation(let job, let path, let number) where path == folder:
      return [
        .push(
          FormScreen(
            job, origin: "\(title), iteration \(number)",
            parent: RunManifest.Parent(run: title, iteration: number)))
      ]
    case .slices(let found) where found.request.folder == folder: slices = found
    case .particles(let table) where table.folder == folder: particles?.receive(table)
    default: break
    }
    return []
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] { [.readRun(folder: folder)] }

  /// Asks for slices when the pane is on and what it shows has changed.
  func slicesIfNeeded() -> [Effect] {
    guard panels.contains(.slices), let snapshot else { return [] }
    let wanted = wantedSlices(snapshot)
    return wanted == nil || slices?.request == wanted ? [] : wanted.map { [.readSlices($0)] } ?? []
  }

  /// The slices of the iteration that is shown: of its own maps while they are kept.
  private func wantedSlices(_ snapshot: RunSnapshot) -> SliceRequest? {
    if iteration == nil, !snapshot.files.isEmpty {
      return SliceRequest(folder: folder, iteration: nil, source: sliceSource)
    }
    let number = iteration ?? snapshot.iterationsWithMaps.last
    guard let number, snapshot.iterationsWithMaps.contains(number) else { return nil }
    return SliceRequest(folder: folder, iteration: number, source: sliceSource)
  }
}
