import Terminal

extension SweepScreen {
  static let context = Command.Context.sweep

  static let bindings: [Binding<SweepScreen>] = [
    Binding(
      "open", [.enter], "Open", "Open the run", bar: 0, obstacle: { $0.noRun },
      does: .effects { $0.current.map { [.push(RunScreen(folder: $0.folder))] } ?? [] }),
    Binding(
      "new-from", ["n"], "New", "New job from this run's parameters", bar: 5,
      obstacle: { $0.noRun },
      does: .effects { screen in screen.current.map { screen.newJob(of: $0) } ?? [] }),
    Binding(
      "best", ["B"], "Best", "New job of the best run, on all particles", bar: 1,
      obstacle: { $0.table.bestRun == nil ? "No run of the sweep has finished yet" : nil },
      does: .effects { $0.newJobOfBest() }),
    Binding(
      "mark", [" "], "Mark", "Mark the run or region for comparison", bar: 2,
      obstacle: { $0.noRun }, does: .change { $0.toggleMark() }),
    Binding(
      "compare", ["c"], "Compare", "Compare two to four marked runs or regions", bar: 3,
      obstacle: { CompareScreen.obstacle(marked: $0.comparedFolders.count) },
      does: .effects { [.push(CompareScreen(folders: $0.comparedFolders))] }),
    Binding(
      "sort", ["s"], "Sort", "Sort by the next column", bar: 4, does: .change { $0.sort() }),
    Binding(
      "reverse-sort", ["S"], "Reverse", "Turn the order round",
      does: .change { $0.sorting?.descending.toggle() }),
    Binding(
      "mark-all", ["a"], "All", "Mark all runs, or none", obstacle: { $0.noRun },
      does: .change { $0.marked = $0.marked.isEmpty ? Set($0.table.outcomes.map(\.folder)) : [] }),
    Binding(
      "stop", ["X"], "Stop", "Stop all runs of the sweep (asks)",
      bar: .at(6) { $0.isUnderway },
      obstacle: { $0.isUnderway ? nil : "All runs of the sweep have ended" },
      does: .effects { [$0.stopQuestion] }),
    report(
      bar: 7,
      of: { $0.marked.isEmpty ? [$0.current?.folder].compactMap(\.self) : $0.marked.sorted() }
    ),
  ]

  var commonBar: [(command: Command, rank: Int)] { [(.export, 8), (.copy, 9)] }

  private var noRun: String? { current == nil ? "No run of the sweep could be read" : nil }

  private var stopQuestion: Effect {
    .popUp(
      Confirmation(
        question: .stopSweep, title: "Stop \(name)?",
        text:
          "Runs that go on save their state and end, and those that wait are taken out. The same "
          + "sweep, or fulcrum sweep --resume --name \(name), goes on with them.",
        action: "Stop"))
  }
}
