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

  mutating func toggle(_ panel: Panel) {
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
  mutating func nextPanelSet(_ surroundings: Surroundings) -> [Effect] {
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
  mutating func step(by step: Int, _ surroundings: Surroundings) -> [Effect] {
    guard let metrics = snapshot?.steps, let last = metrics.last else { return [] }
    let index = metrics.firstIndex { $0.iteration == iteration } ?? metrics.count - 1
    let next = min(max(0, index + step), metrics.count - 1)
    iteration = metrics[next].iteration == last.iteration ? nil : metrics[next].iteration
    return slicesIfNeeded(surroundings)
  }

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if particles != nil {
      if way == .back { particles = nil } else { particles?.navigate(way) }
      return []
    }
    if let step = way.panes {
      moveFocus(by: step)
      return slicesIfNeeded(surroundings)
    }
    return way == .back ? back() : navigate(inPane: way, surroundings)
  }

  /// Takes back what was zoomed, chosen or pointed at last; leaves the screen where there is nothing.
  private mutating func back() -> [Effect] {
    if isZoomed {
      isZoomed = false
    } else if !choosing.ranges.isEmpty {
      clearChoice()
    } else if crosshair != nil || shells != nil {
      (crosshair, shells) = (nil, nil)
    } else {
      return [.pop]
    }
    return []
  }

  private mutating func navigate(
    inPane way: Navigation, _ surroundings: Surroundings
  ) -> [Effect] {
    if let effects = moveCursor(way) { return effects }
    switch (focus, way) {
    case (.log, _): log.navigate(way, count: logLines.count)
    case (.files, .up): fileOffset = max(0, fileOffset - 1)
    case (.files, .down): fileOffset += 1
    case (.resolution, .up), (.resolution, .left): return step(by: -1, surroundings)
    case (.resolution, .down), (.resolution, .right): return step(by: 1, surroundings)
    case (.slices, .up), (.slices, .down), (.slices, .pageUp), (.slices, .pageDown):
      sliceStep = min(max(-512, sliceStep - (way.lines() ?? 0)), 512)
      return slicesIfNeeded(surroundings)
    case (.slices, .first):
      sliceStep = 0
      return slicesIfNeeded(surroundings)
    case (.slices, .left), (.slices, .right):
      sliceAxis = (sliceAxis + (way == .right ? 1 : 3)) % 4
    case (_, .left): moveCrosshair(by: -1)
    case (_, .right): moveCrosshair(by: 1)
    case (_, .first): crosshair = shellRange?.lowerBound
    case (_, .last): crosshair = shellRange?.upperBound
    case (_, .pageUp): moveCrosshair(by: -10)
    case (_, .pageDown): moveCrosshair(by: 10)
    case (_, .up): moveFocus(by: -1)
    case (_, .down): moveFocus(by: 1)
    case (_, .back), (_, .nextPane), (_, .previousPane): break
    }
    return []
  }

  mutating func follow() {
    iteration = nil
    log.follow()
  }

  mutating func nextSliceSource() {
    let all = SliceSource.allCases
    let index = all.firstIndex(of: sliceSource) ?? 0
    sliceSource = all[(index + 1) % all.count]
  }

  mutating func nextMarker(_ surroundings: Surroundings) -> [Effect] {
    let look = surroundings.appearance
    let marker = (markers[focus] ?? look.marker).next(at: surroundings.glyphs)
    markers[focus] = marker == look.marker ? nil : marker
    return [.say("\(focus.title) drawn with \(marker.rawValue)\(marker.advice)")]
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
