import Ground
import Jobs
import Report
import Runs
import Surface
import Terminal

/// The runs of a folder.
struct RunsScreen: Screen {
  let title = "Runs"
  /// Nil until the folder was read.
  var listings: [RunListing]? { didSet { arrange() } }
  /// Paths of the folders of marked runs.
  var marked: Set<String> = [] { didSet { if sorting.column == .mark { arrange() } } }
  /// What was typed to find runs: words, or a condition.
  var filter = "" { didSet { arrange() } }
  /// What is wrong with the condition that is being typed; the list stays as it was.
  var filterProblem: Problem?
  var sorting = (column: Column.started, descending: true) { didSet { arrange() } }
  /// Names of the sweeps whose runs are shown, and folders of the runs whose regions are.
  var unfolded: Set<String> = [] { didSet { if unfolded != oldValue { refold() } } }
  /// Whether the runs are a list, a tree, or those that go on, and the lines of the tree whose branches are hidden.
  var view = RunsView.list { didSet { arrange() } }
  var folded: Set<String> = [] { didSet { if folded != oldValue { refold() } } }
  /// The tree of the runs that the filter lets through, and these in their order: folding changes neither.
  var grown: (tree: RunTree, runs: [RunListing])?
  /// How far runs have come from the first of their branches, by their folders.
  var rootChanges: [String: RootChange] = [:]
  /// How the queue of the folder stands; nil until it was looked at.
  var queue: QueueState?
  /// The runs that the filter lets through, in order, with a line for each sweep; arranged when one of these changes, since there may
  /// be thousands.
  var visible: [RunListing] = []
  /// Path of the selected run.
  var selected: String?

  var showsTime: Bool { listings?.contains { $0.entry.status?.isLive == true } == true }

  var status: String {
    guard let listings else { return "" }
    let read = listings.count { $0.isRead }
    let count = Format.counted(listings.count, "run")
    return read == listings.count ? count : count + ", \(read) read"
  }

  var selectedIndex: Int {
    visible.firstIndex { $0.entry.folder.path == selected } ?? 0
  }

  var current: RunListing? {
    let list = visible
    return list.indices.contains(selectedIndex) ? list[selectedIndex] : nil
  }

  // MARK: Commands

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if let lines = way.lines() { move(by: lines) }
    switch way {
    case .right: setFold(open: true)
    case .left: setFold(open: false)
    case .back: return back(surroundings)
    default: break
    }
    return []
  }

  private mutating func back(_ surroundings: Surroundings) -> [Effect] {
    if !filter.isEmpty {
      filter = ""
    } else if view != .list {
      view = .list
    } else if !marked.isEmpty {
      marked = []
      return [.say("No run is marked any more")]
    } else {
      let key = surroundings.keyMap.keyName(of: .quit, in: context) ?? "Ctrl-Q"
      return [.say("This is the first screen; \(key) leaves Fulcrum")]
    }
    return []
  }

  func open() -> [Effect] {
    guard let current else { return [] }
    if let sweep = current.sweep {
      return [.push(SweepScreen(named: sweep.name, folders: sweep.folders))]
    }
    if let problem = current.entry.problem { return [.complain(problem)] }
    return [.push(RunScreen(folder: current.entry.folder.path))]
  }

  /// Shows or hides the runs of the sweep that is selected, or that the selected run is of.
  private mutating func setFold(open: Bool) {
    if view == .tree { return setBranch(open: open) }
    if setRegions(open: open) { return }
    guard filter.isEmpty, let current else { return }
    guard let name = current.sweep?.name ?? current.entry.manifest?.group?.name else { return }
    if open {
      unfolded.insert(name)
    } else if unfolded.remove(name) != nil {
      selected = visible.first { $0.sweep?.name == name }?.entry.folder.path ?? selected
    }
  }

  private mutating func move(by step: Int) {
    let list = visible
    guard !list.isEmpty else { return }
    let index = min(max(0, selectedIndex + step), list.count - 1)
    selected = list[index].entry.folder.path
  }

  mutating func toggleMark() {
    guard let path = current?.entry.folder.path else { return }
    if marked.remove(path) == nil { marked.insert(path) }
    move(by: 1)
  }

  mutating func markAll() {
    let all = Set(visible.filter { $0.sweep == nil && !$0.isRegion }.map(\.entry.folder.path))
    marked = marked.isEmpty ? all : []
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    if case .rootChange(let change) = news {
      rootChanges[change.folder] = change
      return []
    }
    if case .queue(let state) = news { queue = state }
    guard case .runs(let found, surroundings.folder) = news else { return [] }
    let index = selectedIndex
    listings = found
    marked.formIntersection(
      Set(found.flatMap { [$0] + $0.regions }.map(\.entry.folder.path)))
    if !visible.contains(where: { $0.entry.folder.path == selected }) {
      let list = visible
      selected = list.isEmpty ? nil : list[min(index, list.count - 1)].entry.folder.path
    }
    return []
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    [.readRuns(folder: surroundings.folder)] + wantedRootChange
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch (mouse.kind, target) {
    case (.wheelUp, _): move(by: -1)
    case (.wheelDown, _): move(by: 1)
    case (.press, .row(_, let index)):
      let list = visible
      guard list.indices.contains(index) else { return [] }
      if selected == list[index].entry.folder.path { return open() }
      selected = list[index].entry.folder.path
    case (.press, .column(_, let index)):
      guard let column = Column(rawValue: index) else { return [] }
      if sorting.column == column { sorting.descending.toggle() } else { sorting.column = column }
    default: break
    }
    return []
  }
}
