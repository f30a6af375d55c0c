import Ground
import Jobs
import Refinement
import Runs
import Surface
import Terminal

extension FormScreen {
  /// Commands that ask for something, or reach out of the screen.
  mutating func reachOut(_ command: Command, _ surroundings: Surroundings) -> [Effect] {
    switch command {
    case .start where !sweep.isEmpty, .enqueue where !sweep.isEmpty:
      check = .runningToStart
      isForQueue = command == .enqueue
      return [.planSweep(sweepRequest), .say("Checking the runs of the sweep …")]
    case .start, .enqueue:
      check = .runningToStart
      isForQueue = command == .enqueue
      return [.check(job), .say("Checking the files …")]
    case .check:
      check = .running
      return [.check(job), .say("Checking the files …")]
    case .maskView:
      let region = current?.region ?? (job.regions.isEmpty ? nil : 0)
      return [.push(MaskScreen(job: job, region: region)), .readVolumes(job)]
    case .search:
      return [
        .popUp(
          TextPrompt(
            .searchParameters, title: "Parameters that contain", text: pattern,
            hint: "Searches names, help, and the names in cryoSPARC and RELION", isLive: true))
      ]
    case .presets:
      let items = JobPreset.all.map { preset in
        let values = preset.values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.text)" }
        return Chooser.Item(
          id: preset.id, title: preset.title,
          detail: preset.help + " Sets " + values.joined(separator: ", ") + ".")
      }
      return [.popUp(Chooser(.choosePreset, title: "Presets", items: items))]
    case .clone:
      return [.popUp(Chooser(.cloneRun, title: "Take the parameters of", items: runItems))]
    case .difference:
      return [.popUp(Chooser(.differFromRun, title: "Compare with", items: runItems))]
    case .commandLine:
      // What the file says need not be said again.
      let line =
        !sweep.isEmpty
        ? sweepCommandLine
        : path.map { hasUnsavedChanges ? job.commandLine(jobFile: $0) : Job.run(file: $0) }
          ?? job.commandLine(jobFile: "\(job.name).toml")
      return [
        .popUp(TextViewer(title: "The same as a command", lines: [.init(line)], copyText: line))
      ]
    case .save:
      let proposed = path ?? "\(job.name).toml"
      return [
        .popUp(
          TextPrompt(
            .saveJob, title: "Save the job file as", text: proposed,
            objection: {
              $0.isEmpty || $0.hasSuffix("/")
                ? Problem("a file needs a name", whatToDo: "Write one, or press Esc.") : nil
            }))
      ]
    default: return [.say("Nothing to do here")]
    }
  }

  private var runItems: [Chooser.Item] {
    runs.compactMap { listing in
      guard let other = listing.job else { return nil }
      let count = job.differences(from: other).count
      return Chooser.Item(
        id: listing.entry.folder.path, title: listing.entry.name,
        detail: listing.entry.manifest?.message ?? "", note: "\(count) differ")
    }
  }

  mutating func answer(
    _ question: Question, with text: String, _ surroundings: inout Surroundings
  ) -> [Effect] {
    switch question {
    case .searchParameters:
      pattern = text
      keepSelection()
    case .editParameter(let field): set(field, to: text)
    case .pickFile(let field):
      set(field, to: text)
      surroundings.lastFolder = FilePath.folder(of: text)
      return [.readFiles(job)]
    case .choosePreset:
      guard let preset = JobPreset.all.first(where: { $0.id == text }) else { return [] }
      guard let region = current?.region else {
        change(to: job.applying(preset))
        return [.say("\(preset.title): \(preset.values.count) parameters set; u takes it back")]
      }
      change(to: job.applying(preset, toRegion: region))
      return [.say("\(preset.title), for the region \(job.regions[region].name); u takes it back")]
    case .cloneRun:
      guard let listing = runs.first(where: { $0.entry.folder.path == text }),
        let other = listing.job
      else { return [] }
      parent = listing.asRerun
      var next = other
      (next.name, next.folder) = (job.name, job.folder)
      next[Parameter.output.folder] = nil
      change(to: next)
    case .differFromRun: return showDifferences(from: text)
    case .saveJob:
      return text.isEmpty
        ? [] : [.saveJob(job, path: text, from: path, overwrite: text == path)]
    case .overwriteJob(let other):
      return [.saveJob(job, path: other, from: path, overwrite: true)]
    case .leaveForm: return [.pop]
    case .varyParameter(let key): return vary(key, text)
    case .startSweep:
      check = .starting
      return [
        .startSweep(sweepRequest),
        .say(isForQueue ? "Queueing the sweep …" : "Starting the sweep …"),
      ]
    case .setFulcrum(let region):
      set(FormField(Parameter.fulcrum.coordinates.parameter, ofRegion: region), to: text)
      let name = region.map { " of the region \(job.regions[$0].name)" } ?? ""
      return [.say("Fulcrum\(name) at voxel \(text)")]
    case .setThreshold: set(FormField(Parameter.mask.threshold.parameter), to: text)
    case .chooseLane:
      check = .starting
      guard let lane = surroundings.lanes.first(where: { $0.name == text }) else { return start() }
      return [.submit(job, parent: parent, lane), .say("Handing it to \(lane.title) …")]
    default: break
    }
    return []
  }

  private func showDifferences(from folder: String) -> [Effect] {
    guard let listing = runs.first(where: { $0.entry.folder.path == folder }),
      let other = listing.job
    else { return [] }
    let keys = job.differences(from: other)
    var lines: [TextViewer.Line] = [
      .init("\(keys.count) parameters differ: this form → \(listing.entry.name)", .title)
    ]
    for key in keys {
      guard let field = JobField(key) else { continue }
      lines.append(.init(field.title, .accent))
      let values = [job, other].map { $0.shown(field) }
      lines.append(.init("   \(values[0]) → \(values[1]) \(field.parameter.unit)"))
    }
    return [.popUp(TextViewer(title: "Differences", lines: lines))]
  }

  mutating func receive(_ news: News, _ surroundings: inout Surroundings) -> [Effect] {
    switch news {
    case .runs(let found, _): runs = found
    case .checked(let report) where report.job == job:
      let wasToStart = if case .runningToStart = check { true } else { false }
      check = .done(report)
      let isAsked = !startsHere
      startsHere = false
      if let first = errors.first {
        if let field = first.keys.first.flatMap(field(ofKey:)) { show(field) }
        return [.complain(first.problem)]
      }
      if wasToStart, isForQueue {
        check = .starting
        return [.enqueue(job, parent: parent), .say("Queueing …")]
      }
      if wasToStart, isAsked, !surroundings.lanes.isEmpty {
        return [.popUp(laneChooser(surroundings.lanes))]
      }
      if wasToStart {
        check = .starting
        return start()
      }
      return [.popUp(checkViewer(report))]
    case .files(let facts): receive(facts)
    case .jobSaved(let path, let isRewritten):
      markSaved(at: path)
      let note = isRewritten ? "; its own comments could not be kept" : ""
      return [.say("Saved \(path)\(note)")]
    case .jobExists(let path):
      return [
        .popUp(
          Confirmation(
            question: .overwriteJob(path), title: "Replace \(path)?",
            text: "There is a file of this name already.", action: "Replace"))
      ]
    case .started(let folder): return [.pop, .push(RunScreen(folder: folder))]
    case .queued(_, let text): return [.popToRuns, .say(text)]
    case .sweepPlanned(let request, let text) where request == sweepRequest:
      check = nil
      return [
        .popUp(
          Confirmation(
            question: .startSweep, title: isForQueue ? "Queue the sweep?" : "Start the sweep?",
            text: text, action: isForQueue ? "Queue" : "Start"))
      ]
    case .sweepStarted(let name, let folders):
      return [.pop, .push(SweepScreen(named: name, folders: folders))]
    case .failed: if case .done? = check {} else { check = nil }
    default: break
    }
    return []
  }

  private func start() -> [Effect] {
    [.start(job, parent: parent), .say("Starting …")]
  }

  /// Asks where to refine.
  private func laneChooser(_ lanes: [Lane]) -> Chooser {
    let here = Chooser.Item(
      id: "", title: "Here", detail: "In this program, on this machine.", note: "")
    let others = lanes.map { lane in
      let request = lane.request
      return Chooser.Item(
        id: lane.name, title: lane.title,
        detail: "\(Format.counted(request.nodes, "node")), "
          + "\(Format.counted(request.rankCount, "rank")) of "
          + "\(Format.counted(request.threads, "thread")), at most \(request.time). "
          + "Handed over by: \(lane.submit)", note: "queue")
    }
    return Chooser(.chooseLane, title: "Refine", items: [here] + others)
  }

  private func checkViewer(_ report: CheckReport) -> TextViewer {
    var lines = report.lines.map { TextViewer.Line($0) }
    let warnings = findings.filter { $0.problem.severity == .warning }
    if !warnings.isEmpty { lines += [.init(""), .init("Worth knowing", .title)] }
    for warning in warnings {
      lines += [.init(warning.problem.what, .warning), .init("  " + warning.problem.whatToDo)]
    }
    return TextViewer(title: "Ready to start", lines: lines)
  }
}
