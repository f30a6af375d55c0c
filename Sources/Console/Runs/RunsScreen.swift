import Ground
import Jobs
import Report
import Runs
import Surface
import Terminal

/// A run as the table shows it: what its folder says at a glance, and its parameters.
struct RunListing: Sendable {
  var entry: RunCatalogue.Entry
  var job: Job?
  /// The outcome of a finished run.
  var summary: RunSummary?
  /// When the folder last changed, nanoseconds since 1970, of a run that was not read yet.
  var changed = 0
  /// The runs of a sweep, where this line stands for all of them.
  var sweep: RunFold?
  /// The regions that are refined together in it; empty for one.
  var regions: [RunListing] = []
  /// How the iterations of a run that goes on have come out.
  var trend: RunTrend?
  /// Its place in the tree, where that is shown.
  var branch: RunBranch?

  /// Whether the run's files were read.
  var isRead: Bool { entry.manifest != nil || entry.problem != nil }
  /// Seconds since 1970; of a run that was not read yet, when it last changed.
  var started: Double { entry.manifest?.started ?? Double(changed) * 1e-9 }

  /// The run as the one whose parameters another takes.
  var asRerun: RunManifest.Parent {
    RunManifest.Parent(
      run: entry.name, iteration: 0, kind: .rerun, identifier: entry.manifest?.identifier)
  }

  var known: KnownRun { KnownRun(entry: entry, job: job, summary: summary) }
  /// Å inside the mask: of the result, or of the last iteration.
  var resolution: Double? { known.resolution }
  /// The iteration under way, or the last one.
  var iteration: Int? { known.iteration }
}

/// The runs of a folder.
struct RunsScreen: Screen {
  let context = Command.Context.runs
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
  private var grown: (tree: RunTree, runs: [RunListing])?
  /// How far runs have come from the first of their branches, by their folders.
  var rootChanges: [String: RootChange] = [:]
  /// How the queue of the folder stands; nil until it was looked at.
  var queue: QueueState?
  /// The runs that the filter lets through, in order, with a line for each sweep; arranged when one of these changes, since there may
  /// be thousands.
  private(set) var visible: [RunListing] = []
  /// Path of the selected run.
  var selected: String?

  /// The columns, by which runs can be sorted.
  enum Column: Int, Sendable, CaseIterable {
    case mark, name, status, iteration, resolution, extents, particles, started, duration, mask
    case note
  }

  var showsTime: Bool { listings?.contains { $0.entry.status?.isLive == true } == true }

  var status: String {
    guard let listings else { return "" }
    let read = listings.count { $0.isRead }
    let count = Format.counted(listings.count, "run")
    return read == listings.count ? count : count + ", \(read) read"
  }

  var keyBar: [Command] {
    guard listings?.isEmpty == false else { return [.new, .reload, .commands, .quit] }
    if view == .live {
      return [
        .open, .enqueue, .queueEarlier, .queueLater, .stopQueue, .moreSlots, .fewerSlots, .watch,
        .mark, .delete, .newFrom, .tools, .quit,
      ]
    }
    return [
      .open, .newFrom, .mark, .compare, .filter, .sort, .note, .tree, .watch, .enqueue, .tools,
      .delete,
      .quit,
    ]
  }

  func label(of command: Command) -> String? {
    let isShown = (command == .tree && view == .tree) || (command == .watch && view == .live)
    return isShown ? "List" : queueLabel(of: command)
  }

  private mutating func arrange() {
    let all = kept(listings ?? [])
    let keys = all.map { (number: sortNumber($0), word: sortWord($0), name: $0.entry.name) }
    let order = all.indices.sorted { left, right in
      let (a, b) = (keys[left], keys[right])
      if a.number != b.number { return a.number < b.number }
      return a.word != b.word ? a.word < b.word : a.name < b.name
    }
    let sorted = (sorting.descending ? order.reversed() : order).map { all[$0] }
    grown = nil
    switch view {
    case .tree:
      let tree = RunTree(sorted.map(\.known))
      grown = (tree, sorted)
      return visible = branches(of: tree, sorted)
    case .live: return visible = live(sorted)
    case .list: break
    }
    // What is looked for is not hidden in a fold.
    visible = withRegions(
      filter.isEmpty ? RunFold.folded(sorted, unfolded: unfolded) : sorted)
  }

  /// Shows and hides lines; the runs and their order stay.
  private mutating func refold() {
    guard view == .tree, let grown else { return arrange() }
    visible = branches(of: grown.tree, grown.runs)
  }

  var selectedIndex: Int {
    visible.firstIndex { $0.entry.folder.path == selected } ?? 0
  }

  var current: RunListing? {
    let list = visible
    return list.indices.contains(selectedIndex) ? list[selectedIndex] : nil
  }

  /// What a column sorts by; equal for columns of words.
  private func sortNumber(_ listing: RunListing) -> Double {
    let manifest = listing.entry.manifest
    switch sorting.column {
    case .iteration: return Double(listing.iteration ?? -1)
    case .resolution: return listing.resolution ?? .infinity
    case .extents: return listing.job?[Parameter.search.rotationExtent] ?? -1
    case .particles: return Double(manifest?.particles ?? -1)
    case .started: return listing.started
    case .duration: return manifest?.duration ?? -1
    case .mark: return marked.contains(listing.entry.folder.path) ? 1 : 0
    default: return 0
    }
  }

  /// The words that a column sorts by; of columns of numbers, those that decide between equal ones.
  private func sortWord(_ listing: RunListing) -> String {
    // Without what the name has before it in a fold.
    sorting.column == .name ? listing.entry.name : text(sorting.column, of: listing)
  }

  // MARK: Commands

  func obstacle(to command: Command) -> String? {
    let ofOneRun: [Command] = [.rename, .note, .tag, .delete, .newFrom, .mark, .report]
    if current?.sweep != nil, ofOneRun.contains(command) {
      return "This line is a sweep: Right shows its runs, Enter their outcomes"
    }
    let ofWholeRuns: [Command] = [.rename, .note, .tag, .delete]
    if let current, current.isRegion, ofWholeRuns.contains(command) {
      return
        "This line is a region: go to that of its run, \(RunFolder(current.entry.folder.root).name)"
    }
    switch command {
    case .open, .mark, .rename, .note, .tag, .delete, .markAll, .report:
      return current == nil ? "There is no run here yet; N makes a new job" : nil
    case .tools: return toolObstacle
    case .enqueue, .queueEarlier, .queueLater, .moreSlots, .fewerSlots:
      return queueObstacle(to: command)
    case .compare:
      return CompareScreen.obstacle(marked: comparedFolders.count)
    default: return nil
    }
  }

  mutating func perform(_ command: Command, _ surroundings: inout Surroundings) -> [Effect] {
    switch command {
    case .up: move(by: -1)
    case .down: move(by: 1)
    case .pageUp: move(by: -10)
    case .pageDown: move(by: 10)
    case .first: move(by: -.max / 2)
    case .last: move(by: .max / 2)
    case .open: return open()
    case .right: setFold(open: true)
    case .left: setFold(open: false)
    case .mark: toggleMark()
    case .markAll:
      let all = Set(visible.filter { $0.sweep == nil && !$0.isRegion }.map(\.entry.folder.path))
      marked = marked.isEmpty ? all : []
    case .sort: sort(by: 1)
    case .reverseSort: sorting.descending.toggle()
    case .tree:
      view = view == .tree ? .list : .tree
      return wantedRootChange
    case .watch: view = view == .live ? .list : .live
    case .filter:
      return [
        .popUp(
          TextPrompt(
            .filterRuns, title: "Show runs", text: filter, hint: RunFilter.help, isLive: true,
            names: filterNames, objection: Self.objection))
      ]
    case .report:
      let folders =
        marked.isEmpty ? [current?.entry.folder.path].compactMap { $0 } : marked.sorted()
      return folders.isEmpty ? [] : [Self.reportPrompt(folders, surroundings)]
    case .enqueue, .queueEarlier, .queueLater, .stopQueue, .moreSlots, .fewerSlots:
      return changeQueue(command)
    case .tools: return toolMenu(surroundings)
    case .reload: return [.listRuns(folder: surroundings.folder)]
    case .back:
      if !filter.isEmpty {
        filter = ""
        return []
      }
      if view != .list {
        view = .list
        return []
      }
      if !marked.isEmpty {
        marked = []
        return [.say("No run is marked any more")]
      }
      let key = surroundings.keyMap.keyName(of: .quit, in: context) ?? "Ctrl-Q"
      return [.say("This is the first screen; \(key) leaves Fulcrum")]
    default: return ask(command, surroundings)
    }
    return []
  }

  private func ask(_ command: Command, _ surroundings: Surroundings) -> [Effect] {
    let name = current?.entry.name ?? ""
    let path = current?.entry.folder.path ?? ""
    switch command {
    case .new: return [.push(FormScreen(Job(folder: surroundings.folder)))]
    case .newFrom:
      guard let job = current?.job else {
        return [.push(FormScreen(Job(folder: surroundings.folder)))]
      }
      return [.push(FormScreen(job, origin: name, parent: current?.asRerun))]
    case .rename:
      let others = Set((listings ?? []).map(\.entry.name)).subtracting([name])
      return [
        .popUp(
          TextPrompt(
            .renameRun(path), title: "New name of \(name)", text: name,
            objection: { new in
              if new.isEmpty || new.contains("/") || new.hasPrefix(".") {
                return Problem(
                  "\"\(new)\" is no name for a run", whatToDo: "Use letters, digits, - and _.")
              }
              return others.contains(new)
                ? Problem("there is a run of this name", whatToDo: "Choose another name.") : nil
            }))
      ]
    case .note:
      return [
        .popUp(
          TextPrompt(
            .noteRun(path), title: "Note about \(name)", text: current?.entry.note ?? "",
            hint: "Words with # are tags: / finds them. An empty note removes it.", replaces: false)
        )
      ]
    case .tag: return tagPrompt(path, name)
    case .delete:
      return [
        .popUp(
          Confirmation(
            question: .deleteRun(path), title: "Delete \(name)?",
            text:
              "This removes the files that the run wrote into \(path). Files of others in it stay.",
            action: "Delete"))
      ]
    case .compare:
      return [.push(CompareScreen(folders: comparedFolders))]
    default: return []
    }
  }

  private func open() -> [Effect] {
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

  private mutating func toggleMark() {
    guard let path = current?.entry.folder.path else { return }
    if marked.remove(path) == nil { marked.insert(path) }
    move(by: 1)
  }

  private mutating func sort(by step: Int) {
    let columns = Column.allCases.filter { $0 != .mark }
    let index = columns.firstIndex(of: sorting.column) ?? 0
    sorting.column = columns[(index + step) % columns.count]
    sorting.descending = [.iteration, .particles, .started, .duration].contains(sorting.column)
  }

  // MARK: Answers and news

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .filterRuns: show(text)
    case .tagRun(let path): return tag(path, text)
    case .renameRun(let path): return [.rename(folder: path, name: text)]
    case .report(let folders): return Self.report(folders, to: text)
    case .tools(let folders): return choose(tool: text, of: folders, surroundings)
    case .toolLine(let purpose): return ToolLine.run(text, purpose: purpose, surroundings)
    case .noteRun(let path): return [.note(folder: path, text: text)]
    case .deleteRun(let path): return [.delete(folder: path)]
    default: break
    }
    return []
  }

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
