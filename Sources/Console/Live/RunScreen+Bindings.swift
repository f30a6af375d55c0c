import Jobs
import Terminal

extension RunScreen {
  static let context = Command.Context.run

  static let bindings: [Binding<RunScreen>] = [
    running, stepping, regions, opening, choosing, asking,
    Panel.allCases.flatMap { $0.kind.bindings }, arranging, lists, panels,
  ].flatMap { $0 }

  private static let running: [Binding<RunScreen>] = [
    zooming(bar: place(6) { _ in true }),
    Binding(
      "pause", ["p"], "Pause", "Pause the run, or let it go on", bar: place(9) { $0.isLive },
      otherLabel: { $0.view.snapshot?.status == .paused ? "Go on" : nil },
      obstacle: { $0.notLive(to: "pause") }, does: .effects { $0.pause() }),
    Binding(
      "stop-after", ["x"], "Finish", "Stop after this iteration", bar: place(11) { $0.isLive },
      obstacle: { $0.notLive(to: "finish") },
      does: .effects {
        [
          .change(.control(folder: $0.view.root, .stopAfterIteration)),
          .say("Finishing this iteration, then the final maps"),
        ]
      }),
    Binding(
      "stop", ["X"], "Stop", "Stop the run now (asks)",
      bar: place(12) { $0.isLive || $0.isQueued },
      obstacle: { $0.isQueued ? nil : $0.notLive(to: "stop") },
      does: .effects { [$0.stopQuestion] }),
    Binding(
      "change", ["e"], "Change", "Change parameters for the next iteration",
      bar: place(10) { $0.isLive }, obstacle: { $0.notLive(to: "change") },
      does: .effects { [.popUp($0.changeChooser)] }),
    Binding(
      "detach", ["d"], "Detach", "Leave; the run goes on", bar: place(13) { $0.isLive },
      does: .effects { _ in [.popToRuns] }),
  ]

  private static let stepping: [Binding<RunScreen>] = [
    Binding(
      "previous-iteration", ["["], "Earlier", "To the iteration before",
      bar: place(14) { $0.isEnded }, obstacle: { $0.oneIteration },
      does: .inSurroundings { $0.step(by: -1, $1) }),
    Binding(
      "next-iteration", ["]"], "Later", "To the iteration after",
      bar: place(15) { $0.isEnded }, obstacle: { $0.oneIteration },
      does: .inSurroundings { $0.step(by: 1, $1) }),
    Binding(
      "follow", ["f"], "Follow", "Follow the newest iteration and log line",
      does: .inSurroundings { $0.follow($1) }),
  ]

  private static let regions = regionBindings(
    next: place(4) { !$0.view.regions.isEmpty },
    obstacle: { $0.view.regions.isEmpty ? "The run has one region" : nil },
    step: { $0.stepRegion(by: $1) })

  private static let opening: [Binding<RunScreen>] = [
    Binding(
      "modes", ["O"], "Motion",
      "Modes of the regions' motion: shares, histograms, the complex moving, axes",
      bar: place(5) { $0.noMotion == nil }, obstacle: { $0.noMotion },
      does: .effects { [.push(ModesScreen(folder: $0.view.root))] }),
    report(
      obstacle: { $0.view.snapshot?.manifest == nil ? "The run is not read yet" : nil },
      of: { [$0.view.folder] }),
    Binding(
      "maps", ["V"], "Maps", "Surface and slices of the maps",
      bar: BarPlace {
        if $0.particles != nil { return nil }
        return $0.isEnded ? 16 : $0.arrangement.focus == .slices ? 22 : nil
      },
      obstacle: {
        $0.view.snapshot.flatMap { MapShelf($0) } == nil ? "No maps are kept of the run yet" : nil
      }, does: .effects { $0.openMaps() }),
    Binding(
      "tools", ["T"], "Tools", "Tools: subtract, convert, reconstruct, compose …",
      bar: place(19) { $0.isEnded }, does: .inSurroundings { $0.toolMenu($1) }),
  ]

  private static let choosing: [Binding<RunScreen>] = [
    Binding(
      "select", ["W"], "Choose",
      "Keep the particles that were dragged over, or fulfil an expression",
      bar: BarPlace {
        if $0.isChoosable { return $0.particles == nil ? 3 : 5 }
        return $0.particles == nil && $0.isEnded ? 20 : nil
      },
      obstacle: {
        $0.view.snapshot?.status == .finished
          ? nil : "Particles are chosen of a run that has finished"
      },
      does: .effects {
        [.popUp($0.choice.prompt($0.view.choosing.ranges.expression ?? $0.selection))]
      }),
    Binding(
      "range-from", ["("], "From",
      "Choose particles from the plot's cursor on (arrows; or drag)",
      bar: BarPlace { $0.isChoosable ? $0.particles == nil ? 1 : 3 : nil },
      obstacle: { $0.choiceObstacle }, does: .effects { $0.setEnd(isLower: true) }),
    Binding(
      "range-to", [")"], "To", "Choose particles up to the cursor of the plot",
      bar: BarPlace { $0.isChoosable ? $0.particles == nil ? 2 : 4 : nil },
      obstacle: { $0.choiceObstacle }, does: .effects { $0.setEnd(isLower: false) }),
    Binding(
      "particles", ["t"], "Particles", "Table of particles and their poses",
      bar: place(17) { $0.isEnded }, does: .effects { $0.toggleParticles() }),
  ]

  private static let asking: [Binding<RunScreen>] = [
    Binding(
      "parameters", ["i"], "Job", "Parameters of the run", bar: place(21) { !$0.isLive },
      does: .effects { [.popUp($0.parametersViewer)] }),
    Binding(
      "continue", ["c"], "Continue",
      "New run from this iteration's poses; the last one's maps too",
      bar: place(18) { $0.isEnded },
      obstacle: {
        if $0.view.snapshot?.job == nil { return "The run's parameters cannot be read" }
        return $0.view.metrics == nil ? "There is no iteration yet" : nil
      },
      does: .effects { screen in
        screen.view.metrics.map {
          [.read(.continuation(folder: screen.view.folder, iteration: $0.poseIteration))]
        } ?? []
      }),
    Binding(
      "advice", ["A"], "Advice", "What the numbers object to, and what to do about it",
      bar: place(8) { $0.noAdvice == nil }, obstacle: { $0.noAdvice },
      does: .effects { [.popUp($0.adviceChooser)] }),
    Binding(
      "resume", ["r"], "Resume", "Go on with an interrupted, stopped or failed run",
      bar: place(7) { $0.noResuming == nil }, obstacle: { $0.noResuming },
      does: .effects {
        [.work(.resume(folder: $0.view.root)), .say("Resuming \($0.title): looking at its input")]
      }),
  ]

  private static let arranging: [Binding<RunScreen>] = [
    Binding(
      "panel-marker", ["M"], "Marker", "Plot this pane with other markers than the others",
      does: .inSurroundings { screen, surroundings in
        let marker = screen.arrangement.nextMarker(surroundings.appearance)
        let title = screen.arrangement.focus.title
        return [.say("\(title) drawn with \(marker.rawValue)\(marker.advice)")]
      }),
    resizing("wider", [">", .shiftRight], "Wider", "Give this pane more columns", true, true),
    resizing(
      "narrower", ["<", .shiftLeft], "Narrower", "Give this pane fewer columns", true, false),
    resizing("taller", ["+", .shiftDown], "Taller", "Give this pane more lines", false, true),
    resizing("shorter", ["-", .shiftUp], "Shorter", "Give this pane fewer lines", false, false),
    Binding(
      "panel-set", ["0"], "Panes", "To the next set of panes: all, maps, poses, log",
      does: .inSurroundings {
        let title = $0.arrangement.nextSet()
        return $0.slicesIfNeeded($1) + [.say("Panes: \(title)")]
      }),
  ]

  private static func resizing(
    _ command: Command, _ keys: [Key], _ label: String, _ help: String, _ isAcross: Bool,
    _ grows: Bool
  ) -> Binding<RunScreen> {
    Binding(
      command, keys, label, help,
      does: .inSurroundings {
        $0.arrangement.resize(isAcross: isAcross, grows: grows, in: RunScreen.body($1))
        return []
      })
  }

  private static let lists: [Binding<RunScreen>] = [
    Binding(
      "search", ["/"], "Search", "Search the log or the table",
      bar: BarPlace { $0.particles != nil ? 2 : $0.arrangement.focus == .log ? 23 : nil },
      does: .effects { $0.search() }),
    Binding(
      "sort", ["s"], "Sort", "Sort the table by the next column",
      bar: .at(0) { $0.particles != nil }, obstacle: { $0.noTable },
      does: .change { $0.particles?.sort() }),
    Binding(
      "reverse-sort", ["S"], "Reverse", "Turn the order of the table round",
      bar: .at(1) { $0.particles != nil }, obstacle: { $0.noTable },
      does: .change { $0.particles?.reverse() }),
  ]

  private static let panels: [Binding<RunScreen>] = Panel.allCases.map { panel in
    Binding(
      panel.command, [.character(Character("\(panel.rawValue)"))], panel.words.label,
      "Show or hide \(panel.words.contents)",
      does: .inSurroundings {
        $0.arrangement.toggle(panel)
        return $0.slicesIfNeeded($1)
      })
  }

  // MARK: Key bar

  /// A place beside the panes: while the table of particles is shown, the bar has its commands alone.
  private static func place(
    _ rank: Int, when isShown: @escaping @Sendable (RunScreen) -> Bool
  ) -> BarPlace<RunScreen> {
    .at(rank) { $0.particles == nil && isShown($0) }
  }

  /// The place of a pane's own command, while it has the focus.
  static func place(_ rank: Int, in panel: Panel) -> BarPlace<RunScreen> {
    place(rank) { $0.arrangement.focus == panel }
  }

  var commonBar: [(command: Command, rank: Int)] {
    particles == nil ? [(.nextPane, 0)] : [(.export, 6)]
  }

  private var isLive: Bool { view.snapshot?.isLive == true }
  private var isQueued: Bool { view.snapshot?.status == .queued }
  private var isEnded: Bool { !isLive && !isQueued }

  /// Whether particles can be chosen where the focus is.
  private var isChoosable: Bool {
    (particles != nil || pane is any ChoicePane) && choiceObstacle == nil
  }

  /// Why none can.
  private var choiceObstacle: String? {
    particles?.choiceObstacle(view) ?? (particles == nil ? pane.choiceObstacle(view) : nil)
  }

  // MARK: Obstacles

  private func notLive(to what: String) -> String? {
    isLive
      ? nil
      : "The run is \(view.snapshot?.status?.word ?? "not read yet"): there is nothing to \(what)"
  }

  private var noResuming: String? {
    switch view.snapshot?.status {
    case .interrupted, .stopped, .failed: nil
    case .finished: "The run has finished; c refines on from its poses"
    case .running, .paused: "The run goes on already; p holds it and lets it go on"
    case .queued: "The run waits in a queue, and begins by itself"
    case nil: "The run is not read yet"
    }
  }

  private var noAdvice: String? {
    view.snapshot?.objections.isEmpty == false ? nil : "Nothing is to be said against the numbers"
  }

  private var noMotion: String? {
    if view.regions.isEmpty {
      return "The run has one region: there is nothing that moves against it"
    }
    return view.snapshot?.status == .finished
      ? nil : "How the regions move is learnt when the run ends"
  }

  private var oneIteration: String? {
    (view.snapshot?.steps.count ?? 0) < 2 ? "There is no other iteration yet" : nil
  }

  private var noTable: String? {
    particles == nil ? "It orders the table of particles, which t shows" : nil
  }
}
