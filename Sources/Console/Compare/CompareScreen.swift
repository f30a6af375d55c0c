import Surface
import Terminal

/// Two to four runs, or regions of runs, side by side: FSC curves in one plot, parameters that differ, what
/// became of the resolution and of the poses.
struct CompareScreen: ZoomingScreen {
  let title = "Compare"
  /// What the panes share.
  var comparison: Comparison
  var panes = ComparePanes()
  var focus = ComparePanes.Name.fsc
  var isZoomed = false

  init(folders: [String]) { comparison = Comparison(folders: folders) }

  /// How many runs are compared at a time.
  private static let counts = 2...4

  /// Why so many runs cannot be compared; nil where they can.
  ///
  /// - Parameter count: of runs, and of regions of runs of several.
  static func obstacle(marked count: Int) -> String? {
    counts.contains(count)
      ? nil : "Mark two to four runs or regions with Space; \(count) are marked"
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    let folders = comparison.folders
    return folders.map { .read(.run(folder: $0, isForced: true)) }
      + folders.dropFirst().map { .read(.poseDifference(first: folders[0], other: $0)) }
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    comparison.changing.map { .read(.run(folder: $0)) }
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    comparison.receive(news)
    return []
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .report(let folders) = question else { return [] }
    return Self.report(folders, to: text)
  }

  // MARK: Moving

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if way == .back { return goBack() }
    if let step = way.panes {
      focus = focus.moved(by: step)
    } else {
      move(way)
    }
    return []
  }

  /// Moves in the pane with the focus, and where it leaves that to others along the curves, which then
  /// have it, or up and down the parameters.
  private mutating func move(_ way: Navigation) {
    if panes[focus].navigate(way, &comparison) { return }
    if way == .left || way == .right { focus = .fsc }
    if panes.fsc.navigate(way, &comparison) { return }
    _ = panes.parameters.navigate(way, &comparison)
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if case .pane(let mark) = target,
      let pane = ComparePanes.Name.allCases.first(where: { $0.mark == mark })
    {
      focus = pane
    }
    switch mouse.kind {
    case .wheelUp: move(.up)
    case .wheelDown: move(.down)
    case .press, .drag, .release: break
    }
    return []
  }

  // MARK: Drawing

  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    if comparison.runs.isEmpty {
      frame.write("Reading the runs …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    let names = isZoomed ? [focus] : ComparePanes.Name.allCases
    let places =
      isZoomed ? [rect] : Layout.panes(4, in: rect, minimum: Size(width: 36, height: 8))
    // In a small terminal the pane with the focus has to be among those that fit.
    var shown = Array(names.prefix(places.count))
    if !shown.contains(focus) { shown[shown.count - 1] = focus }
    for (name, place) in zip(shown, places) {
      frame.mark(place, .pane(name.mark))
      let inner = frame.box(
        place, Box(title: name.title, isFocused: name == focus && shown.count > 1))
      panes[name].draw(in: inner, of: comparison, into: &frame)
    }
  }

  /// The pane with the focus: as it looks when it fills the screen, and its numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    return Export(
      name: "Compare \(focus.title)", grid: frame.grid, table: panes[focus].table(comparison),
      figure: frame.sheet)
  }
}
