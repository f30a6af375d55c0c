import Jobs
import Terminal

extension FormScreen {
  static let context = Command.Context.form

  static let bindings: [Binding<FormScreen>] = starting + values + showing + files + regions

  private static let starting: [Binding<FormScreen>] = [
    Binding(
      "start", ["s", .function(10)], "Start", "Check and start the refinement", bar: 0,
      obstacle: { $0.isBusy ?? $0.wrong }, does: .effects { $0.begin(inQueue: false) }),
    Binding(
      "enqueue", ["Q"], "Queue",
      "Check, and start when cores and memory are free; goes on when Fulcrum is left", bar: 1,
      obstacle: { $0.isBusy ?? $0.wrong }, does: .effects { $0.begin(inQueue: true) }),
  ]

  private static let values: [Binding<FormScreen>] = [
    Binding(
      "edit", [.enter], "Edit", "Edit the value, or choose a file", bar: 2,
      does: .inSurroundings { $0.edit($1) }),
    Binding(
      "about", ["i"], "About", "All about the parameter",
      does: .effects { screen in screen.aboutViewer.map { [.popUp($0)] } ?? [] }),
    Binding(
      "vary", ["*"], "Sweep", "Try several values of the parameter in a sweep", bar: 14,
      does: .effects { $0.askForValues() }),
    Binding(
      "toggle", [" "], "Toggle", "Switch on or off, or to the next choice",
      does: .change { $0.stepChoice(by: 1) }),
    Binding(
      "check", ["e", .function(5)], "Check", "Check against the files; estimate", bar: 3,
      obstacle: { $0.isBusy }, does: .effects { $0.lookAtFiles() }),
    Binding(
      "mask-view", ["m"], "Mask view", "See map, mask and fulcrum", bar: 10,
      obstacle: {
        $0.job.isSet(Parameter.input.map) || $0.job.isSet(Parameter.input.halfMapA)
          ? nil : "Set the map (\(Parameter.input.map)) first"
      }, does: .effects { $0.maskView }),
    Binding(
      "undo", ["u", .control("z")], "Undo", "Take the last change back",
      bar: .at(9) { !$0.history.isEmpty },
      obstacle: { $0.history.isEmpty ? "There is nothing to undo" : nil },
      does: .change { $0.undo() }),
    Binding(
      "redo", ["U", .control("r")], "Redo", "Make the undone change again",
      obstacle: { $0.undone.isEmpty ? "There is nothing to redo" : nil },
      does: .change { $0.redo() }),
    Binding(
      "reset", ["d", .delete], "Default", "Set the value back to its default", bar: 16,
      does: .change { screen in
        if let current = screen.current { screen.reset(current) }
      }),
    Binding(
      "reset-all", ["D"], "All defaults", "Set all but the inputs to defaults",
      does: .effects {
        $0.resetAll()
        return [.say("All but the inputs at their defaults; u takes it back")]
      }),
  ]

  private static let showing: [Binding<FormScreen>] = [
    Binding(
      "advanced", ["a"], "Advanced", "Show or hide advanced parameters", bar: 12,
      does: .effects {
        $0.showsAdvanced.toggle()
        $0.keepSelection()
        return [.say($0.showsAdvanced ? "All parameters" : "Basic parameters")]
      }),
    Binding(
      "only-changed", ["o"], "Changed", "Show the changed parameters only",
      does: .effects {
        $0.onlyChanged.toggle()
        $0.keepSelection()
        return [.say($0.onlyChanged ? "Changed parameters only" : "All sections")]
      }),
    Binding(
      "search", ["/"], "Search", "Search the parameters and their help", bar: 13,
      does: .effects { [$0.searchPrompt] }),
  ]

  private static let files: [Binding<FormScreen>] = [
    Binding(
      "presets", ["p"], "Presets", "Set the search and prior for a task", bar: 15,
      does: .effects { [$0.presetChooser] }),
    Binding(
      "clone", ["c"], "Clone", "Take the parameters of a run", bar: 17,
      obstacle: { $0.noRuns }, does: .effects { [$0.cloneChooser] }),
    Binding(
      "difference", ["v"], "Differ", "Compare with the parameters of a run",
      obstacle: { $0.noRuns }, does: .effects { [$0.differenceChooser] }),
    Binding(
      "command-line", ["x"], "Command", "Show the same as a command line",
      does: .effects { [$0.commandLineViewer] }),
    Binding(
      "save", ["w", .control("s"), .function(2)], "Save", "Save the job file", bar: 11,
      does: .effects { [$0.savePrompt] }),
    Binding(
      "next-section", ["]"], "Next", "To the next section",
      does: .change { $0.moveSection(by: 1) }),
    Binding(
      "previous-section", ["["], "Previous", "To the section before",
      does: .change { $0.moveSection(by: -1) }),
  ]

  private static let regions: [Binding<FormScreen>] = [
    Binding(
      "add-region", ["+"], "Region",
      "Refine another region in the same run; the first takes the job's mask",
      bar: BarPlace { $0.current?.region == nil ? 18 : 4 }, does: .effects { $0.addRegion() }),
    Binding(
      "copy-region", ["C"], "Copy", "Add a copy of this region", bar: .at(5) { $0.isInRegion },
      obstacle: { $0.noRegion },
      does: .effects { $0.changeRegion { $0.copy(region: $1) } }),
    Binding(
      "remove-region", ["X"], "Remove",
      "Remove this region; the last one gives its mask to the job",
      bar: .at(6) { $0.isInRegion }, obstacle: { $0.noRegion },
      does: .effects { $0.changeRegion { $0.remove(region: $1) } }),
    Binding(
      "rename-region", ["R"], "Rename", "Give this region another name",
      obstacle: { $0.noRegion },
      does: .effects { $0.changeRegion { $0.beginRenaming(region: $1) } }),
    Binding(
      "region-earlier", ["<"], "Earlier", "This region before the one before it",
      bar: .at(7) { $0.isInRegion },
      obstacle: { $0.noRegion ?? ($0.regionInFocus == 0 ? "It is the first" : nil) },
      does: .effects { $0.changeRegion { $0.move(region: $1, by: -1) } }),
    Binding(
      "region-later", [">"], "Later", "This region after the one after it",
      bar: .at(8) { $0.isInRegion },
      obstacle: {
        $0.noRegion ?? ($0.regionInFocus == $0.job.regions.count - 1 ? "It is the last" : nil)
      },
      does: .effects { $0.changeRegion { $0.move(region: $1, by: 1) } }),
  ]

  // MARK: Obstacles

  private var isInRegion: Bool { current?.region != nil }

  private var isBusy: String? {
    if check.isRunning { return "The files are being looked at" }
    if case .starting = check { return "The refinement is being started" }
    return nil
  }

  /// Why a start would come to nothing.
  private var wrong: String? {
    let errors = errors.filter { !isAnswered($0) }
    guard let first = errors.first else { return nil }
    let others = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
    return "Cannot start: \(first.problem.what)\(others)"
  }

  private var noRuns: String? {
    runs.isEmpty ? "There are no runs in this folder yet" : nil
  }
}
