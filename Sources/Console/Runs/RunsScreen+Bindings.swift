import Runs
import Terminal

extension RunsScreen {
  static let context = Command.Context.runs

  static let bindings: [Binding<RunsScreen>] = choosing + ordering + queueing + keeping

  private static let choosing: [Binding<RunsScreen>] = [
    Binding(
      "open", [.enter], "Open", "Open the run, or the table of a sweep",
      bar: place(list: 0, live: 0), obstacle: { $0.noRun }, does: .effects { $0.open() }),
    Binding(
      "new-from", ["n"], "New", "New job from this run's parameters",
      bar: place(list: 1, live: 10), obstacle: { $0.isOfSweep },
      does: .inSurroundings { $0.newJob(from: $0.current, $1) }),
    Binding(
      "new", ["N"], "New job", "New job with the defaults", bar: place(empty: 0),
      does: .inSurroundings { $0.newJob(from: nil, $1) }),
    Binding(
      "mark", [" "], "Mark", "Mark the run or region for comparison",
      bar: place(list: 2, live: 8), obstacle: { $0.isOfSweep ?? $0.noRun },
      does: .change { $0.list.toggleMark() }),
    Binding(
      "compare", ["c"], "Compare",
      "Compare two to four marked runs or regions, or the run with the one that it comes from",
      bar: place(list: 3),
      obstacle: { CompareScreen.obstacle(marked: $0.list.comparedFolders.count) },
      does: .effects { [.push(CompareScreen(folders: $0.list.comparedFolders))] }),
  ]

  private static let ordering: [Binding<RunsScreen>] = [
    Binding(
      "filter", ["/"], "Filter", "Show the runs that contain a text, or fulfil a condition",
      bar: place(list: 4), does: .effects { [$0.filterPrompt] }),
    Binding(
      "tree", ["t"], "Tree",
      "Each run below the one that it comes from, or the list (Left and Right fold)",
      bar: place(list: 7), otherLabel: { $0.list.arrangement.view == .tree ? "List" : nil },
      does: .effects {
        $0.toggle(.tree)
        return $0.wantedRootChange
      }),
    Binding(
      "watch", ["w"], "Watch", "All runs that go on, a row each, and those that wait; or the list",
      bar: place(list: 8, live: 7),
      otherLabel: { $0.list.arrangement.view == .live ? "List" : nil },
      does: .change { $0.toggle(.live) }),
    Binding(
      "sort", ["s"], "Sort", "Sort by the next column", bar: place(list: 5),
      does: .change { $0.list.arrangement.sortByNext() }),
    Binding(
      "reverse-sort", ["S"], "Reverse", "Turn the order round",
      does: .change { $0.list.arrangement.sorting.descending.toggle() }),
    Binding(
      .quit, ["q"], "Quit", "Leave Fulcrum", bar: place(list: 12, live: 12, empty: 3),
      does: .effects { _ in [.quit] }),
  ]

  private static let queueing: [Binding<RunsScreen>] = [
    Binding(
      "enqueue", ["Q"], "Queue",
      "Let the run, a sweep, or those marked wait for cores and memory; or take them out",
      bar: place(list: 9, live: 1), otherLabel: { $0.takesOut ? "Take out" : nil },
      obstacle: { $0.enqueueObstacle }, does: .effects { $0.enqueue() }),
    Binding(
      "queue-earlier", ["<"], "Earlier", "One place earlier in the queue", bar: place(live: 2),
      obstacle: { $0.queueObstacle(toMove: -1) }, does: .effects { $0.moveInQueue(by: -1) }),
    Binding(
      "queue-later", [">"], "Later", "One place later in the queue", bar: place(live: 3),
      obstacle: { $0.queueObstacle(toMove: 1) }, does: .effects { $0.moveInQueue(by: 1) }),
    Binding(
      "stop-queue", ["P"], "Stop queue", "Begin no more runs of the queue, or go on",
      bar: place(live: 4), otherLabel: { $0.isStopped ? "Start queue" : nil },
      does: .effects { [.work(.queue($0.isStopped ? .start : .stop))] }),
    Binding(
      "more-slots", ["+"], "More", "One more run of the queue at a time", bar: place(live: 5),
      obstacle: { $0.slotsObstacle(adding: 1) }, does: .effects { $0.changeSlots(by: 1) }),
    Binding(
      "fewer-slots", ["-"], "Fewer", "One run fewer at a time", bar: place(live: 6),
      obstacle: { $0.slotsObstacle(adding: -1) }, does: .effects { $0.changeSlots(by: -1) }),
  ]

  private static let keeping: [Binding<RunsScreen>] = [
    Binding(
      "rename", ["r"], "Rename", "Give the run another name",
      obstacle: { $0.isOfSweep ?? $0.isOfRegion ?? $0.noRun }, does: .effects { [$0.renamePrompt] }),
    Binding(
      "note", ["e"], "Note", "Write a note about the run", bar: place(list: 6),
      obstacle: { $0.isOfSweep ?? $0.isOfRegion ?? $0.noRun }, does: .effects { [$0.notePrompt] }),
    Binding(
      "tag", ["#"], "Tags", "Give the run tags, which / finds",
      obstacle: { $0.isOfSweep ?? $0.isOfRegion ?? $0.noRun }, does: .effects { [$0.tagPrompt] }),
    Binding(
      "delete", ["D", .delete], "Delete", "Delete the run's folder (asks)",
      bar: place(list: 11, live: 9), obstacle: { $0.isOfSweep ?? $0.isOfRegion ?? $0.noRun },
      does: .effects { [$0.deletePrompt] }),
    Binding(
      "mark-all", ["a"], "All", "Mark all runs, or none", obstacle: { $0.noRun },
      does: .change { $0.list.markAll() }),
    Binding(
      "reload", [.function(5), .control("r")], "Reload", "Read the folder again",
      bar: place(empty: 1),
      does: .inSurroundings { [.read(.runs(folder: $1.folder, isForced: true))] }),
    report(
      obstacle: { $0.isOfSweep ?? $0.noRun },
      of: {
        let marked = $0.list.arrangement.marked
        return marked.isEmpty ? [$0.current?.path].compactMap(\.self) : marked.sorted()
      }),
    Binding(
      "tools", ["T"], "Tools", "Tools: subtract, convert, reconstruct, compose …",
      bar: place(list: 10, live: 11), obstacle: { $0.toolObstacle },
      does: .inSurroundings { $0.toolMenu($1) }),
  ]

  /// The place in the bars of the list, of the runs that go on, and of an empty folder.
  private static func place(
    list: Int? = nil, live: Int? = nil, empty: Int? = nil
  ) -> BarPlace<RunsScreen> {
    BarPlace { screen in
      if screen.list.all.isEmpty { return empty }
      return screen.list.arrangement.view == .live ? live : list
    }
  }

  var commonBar: [(command: Command, rank: Int)] {
    list.all.isEmpty ? [(.commands, 2)] : []
  }

  // MARK: Obstacles

  private var noRun: String? {
    current == nil ? "There is no run here yet; N makes a new job" : nil
  }

  private var isOfSweep: String? {
    current?.sweep == nil
      ? nil : "This line is a sweep: Right shows its runs, Enter their outcomes"
  }

  private var isOfRegion: String? {
    guard let current, current.isRegion else { return nil }
    return
      "This line is a region: go to that of its run, \(RunFolder(current.entry.folder.root).name)"
  }
}
