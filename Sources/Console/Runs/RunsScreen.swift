import Ground
import Jobs
import Report
import Runs
import Surface
import Terminal

/// The runs of a folder.
struct RunsScreen: ListScreen {
  let title = "Runs"
  /// The runs as they were read and as they are shown.
  var list = RunList()
  /// What is wrong with the condition that is being typed; the list stays as it was.
  var filterProblem: Problem?
  /// How far runs have come from the first of their branches, by their folders.
  var rootChanges: [String: RootChange] = [:]
  /// How the queue of the folder stands; nil until it was looked at.
  var queue: QueueState?

  var current: RunListing? { list.current }

  var showsTime: Bool { list.all.contains { $0.entry.status?.isLive == true } }

  var status: String {
    guard let listings = list.listings else { return "" }
    let read = listings.count { $0.isRead }
    let count = Format.counted(listings.count, "run")
    return read == listings.count ? count : count + ", \(read) read"
  }

  // MARK: Commands

  mutating func navigate(_ way: Navigation, _ surroundings: inout Surroundings) -> [Effect] {
    if let lines = way.lines() { move(by: lines) }
    switch way {
    case .right: list.setFold(open: true)
    case .left: list.setFold(open: false)
    case .back: return back(surroundings)
    default: break
    }
    return []
  }

  private mutating func back(_ surroundings: Surroundings) -> [Effect] {
    if !list.arrangement.filter.isEmpty {
      list.arrangement.filter = ""
    } else if list.arrangement.view != .list {
      list.arrangement.view = .list
    } else if !list.arrangement.marked.isEmpty {
      list.arrangement.marked = []
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
    return [.push(RunScreen(folder: current.path))]
  }

  /// Shows the runs in a view, or the list where they are shown in it.
  mutating func toggle(_ view: RunArrangement.View) {
    list.arrangement.view = list.arrangement.view == view ? .list : view
  }

  // MARK: News

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    if case .rootChange(let change) = news {
      rootChanges[change.folder] = change
      return []
    }
    if case .queue(let state) = news { queue = state }
    guard case .runs(let found, surroundings.folder) = news else { return [] }
    list.take(found)
    return []
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    [.read(.runs(folder: surroundings.folder))] + wantedRootChange
  }

  // MARK: Mouse

  mutating func move(by step: Int) { list.move(by: step) }

  mutating func choose(row index: Int, _ surroundings: Surroundings) -> [Effect] {
    guard list.visible.indices.contains(index) else { return [] }
    let path = list.visible[index].path
    if list.selected == path { return open() }
    list.selected = path
    return []
  }

  mutating func sort(byColumn index: Int) {
    RunColumn(rawValue: index).map { list.arrangement.sort(by: $0) }
  }
}
