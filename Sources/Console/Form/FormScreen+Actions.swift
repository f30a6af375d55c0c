import Ground
import Jobs
import Refinement
import Runs
import Surface
import Terminal

extension FormScreen {
  /// Looks at the files, and starts or queues the refinement, or the sweep, if they are well.
  mutating func begin(inQueue: Bool) -> [Effect] {
    check = .runningToStart
    isForQueue = inQueue
    if !sweep.isEmpty {
      return [.work(.planSweep(sweepRequest)), .say("Checking the runs of the sweep …")]
    }
    return [.work(.check(job)), .say("Checking the files …")]
  }

  mutating func lookAtFiles() -> [Effect] {
    check = .running
    return [.work(.check(job)), .say("Checking the files …")]
  }

  var maskView: [Effect] {
    let region = current?.region ?? (job.regions.isEmpty ? nil : 0)
    return [.push(MaskScreen(job: job, region: region)), .read(.volumes(job))]
  }

  // MARK: What it asks

  var searchPrompt: Effect {
    .popUp(
      TextPrompt(
        .searchParameters, title: "Parameters that contain", text: pattern,
        hint: "Searches names, help, and the names in cryoSPARC and RELION", isLive: true))
  }

  var presetChooser: Effect {
    let items = JobPreset.all.map { preset in
      let values = preset.values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value.text)" }
      return Chooser.Item(
        id: preset.id, title: preset.title,
        detail: preset.help + " Sets " + values.joined(separator: ", ") + ".")
    }
    return .popUp(Chooser(.choosePreset, title: "Presets", items: items))
  }

  var cloneChooser: Effect {
    .popUp(Chooser(.cloneRun, title: "Take the parameters of", items: runItems))
  }

  var differenceChooser: Effect {
    .popUp(Chooser(.differFromRun, title: "Compare with", items: runItems))
  }

  var commandLineViewer: Effect {
    // What the file says need not be said again.
    let line =
      !sweep.isEmpty
      ? sweepCommandLine
      : path.map { hasUnsavedChanges ? job.commandLine(jobFile: $0) : Job.run(file: $0) }
        ?? job.commandLine(jobFile: "\(job.name).toml")
    return .popUp(TextViewer(title: "The same as a command", lines: [.init(line)], copyText: line))
  }

  var savePrompt: Effect {
    .popUp(
      TextPrompt(
        .saveJob, title: "Save the job file as", text: path ?? "\(job.name).toml",
        objection: {
          $0.isEmpty || $0.hasSuffix("/")
            ? Problem("a file needs a name", whatToDo: "Write one, or press Esc.") : nil
        }))
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
      return [.read(.files(job))]
    case .choosePreset: return apply(preset: text)
    case .cloneRun: clone(runAt: text)
    case .differFromRun: return showDifferences(from: text)
    case .saveJob:
      return text.isEmpty
        ? [] : [.change(.saveJob(job, path: text, from: path, overwrite: text == path))]
    case .overwriteJob(let other):
      return [.change(.saveJob(job, path: other, from: path, overwrite: true))]
    case .leaveForm: return [.pop]
    case .varyParameter(let key): return vary(key, text)
    case .startSweep:
      check = .starting
      return [
        .work(.startSweep(sweepRequest)),
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
      return [.work(.submit(job, parent: parent, lane)), .say("Handing it to \(lane.title) …")]
    default: break
    }
    return []
  }

  private mutating func apply(preset id: String) -> [Effect] {
    guard let preset = JobPreset.all.first(where: { $0.id == id }) else { return [] }
    guard let region = current?.region else {
      change(to: job.applying(preset))
      return [.say("\(preset.title): \(preset.values.count) parameters set; u takes it back")]
    }
    change(to: job.applying(preset, toRegion: region))
    return [.say("\(preset.title), for the region \(job.regions[region].name); u takes it back")]
  }

  /// Takes the parameters of a run; name and folder stay.
  private mutating func clone(runAt folder: String) {
    guard let listing = runs.first(where: { $0.entry.folder.path == folder }),
      var next = listing.job
    else { return }
    parent = listing.asRerun
    (next.name, next.folder) = (job.name, job.folder)
    next[Parameter.output.folder] = nil
    change(to: next)
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
}
