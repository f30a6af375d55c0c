import Ground
import Jobs
import Runs
import Surface
import Terminal

/// The form of a job: every parameter, with its help, what is wrong, and what a start would take.
struct FormScreen: Screen {
  let context = Command.Context.form
  var job: Job
  /// Where the parameters came from, in words; empty for a blank form.
  var origin = ""
  /// The run and iteration that the new run continues.
  var parent: RunManifest.Parent?
  /// The file that the job was read from or saved to.
  var path: String?
  /// What was there before the last changes, and what undoing took back.
  var undone: [Entries] = []
  var history: [Entries] = []
  /// Texts that were typed and are not valid, with what is wrong: they are kept until mended.
  var mistakes: [String: Mistake] = [:]
  var selected = Parameter.all.first?.key ?? ""
  var editor: TextInput?
  var pattern = ""
  var onlyChanged = false
  var showsAdvanced = false
  /// The parameters that a sweep varies, with their values as they were typed.
  var sweep: [SweepRequest.Axis] = []
  /// The result of the last check, while the job has not changed since.
  var check: Check?
  /// Whether the command line has asked to refine here: nobody needs to be asked where.
  var startsHere = false
  /// What the files say, of this job or of one before.
  private(set) var files: FileFacts?
  var runs: [RunListing] = []
  /// The job as last saved, to know whether leaving loses anything.
  private var saved: Job

  /// What is filled in: the job, and what is typed and no value.
  struct Entries: Sendable, Equatable {
    var job: Job
    var mistakes: [String: Mistake]
  }

  /// A text that is no value of its parameter.
  struct Mistake: Sendable, Hashable {
    var text: String
    var problem: Problem
  }

  /// A look at the job's files.
  enum Check: Sendable {
    case running
    /// The refinement starts when it is done without errors.
    case runningToStart
    /// It went well, and the refinement is being started.
    case starting
    case done(CheckReport)
  }

  init(_ job: Job, origin: String = "", path: String? = nil, parent: RunManifest.Parent? = nil) {
    self.job = job
    self.origin = origin
    self.path = path
    self.parent = parent
    saved = job
  }

  var title: String { path.map { FilePath.name(of: $0) } ?? "New job" }

  var keyBar: [Command] {
    var commands: [Command] = [.start, .edit, .check, .maskView, .save, .advanced, .search]
    if !history.isEmpty { commands.insert(.undo, at: 3) }
    return commands + [.vary, .presets, .reset, .clone]
  }

  var entryKeys: [EntryKey] {
    editor == nil ? [] : EntryKey.field + [EntryKey(.down, "Keep, next")]
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.listRuns(folder: surroundings.folder)]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    knowsFiles ? [] : [.readFiles(job)]
  }

  /// Whether the files that are chosen were read.
  var knowsFiles: Bool { files?.answer(job) == true }

  /// What is known of the data, to derive defaults from: of the last files until the new are read.
  var data: DataFacts? { files?.data }

  mutating func receive(_ facts: FileFacts) { if facts.answer(job) { files = facts } }

  // MARK: What is seen

  /// The parameters that are shown, in the order of the form.
  var visible: [Parameter] {
    let needle = pattern.lowercased()
    return Parameter.all.filter { parameter in
      let isTouched = job.isChanged(parameter.key) || mistakes[parameter.key] != nil
      if onlyChanged, !isTouched { return false }
      if !needle.isEmpty {
        let names =
          [
            parameter.key, parameter.title, parameter.help,
          ] + parameter.namesElsewhere.flatMap { [$0.program, $0.name] }
        return names.contains { $0.lowercased().contains(needle) }
      }
      return showsAdvanced || !parameter.isAdvanced || isTouched
    }
  }

  var current: Parameter? {
    let list = visible
    return list.first { $0.key == selected } ?? list.first
  }

  /// Everything that is wrong or worth knowing, mistakes in typing first.
  var findings: [JobFinding] {
    var all = Parameter.all.compactMap { parameter in
      mistakes[parameter.key].map { JobFinding([parameter.key], $0.problem) }
    }
    all += job.findings(given: knowsFiles ? data : nil)
    if knowsFiles, let files { all += files.findings.filter { !all.contains($0) } }
    if case .done(let report) = check { all += report.findings.filter { !all.contains($0) } }
    return all
  }

  var errors: [JobFinding] { findings.filter { $0.problem.severity == .error } }

  func obstacle(to command: Command) -> String? {
    switch command {
    case .start, .check:
      if check.isRunning { return "The files are being looked at" }
      if case .starting = check { return "The refinement is being started" }
      if command == .check { return nil }
      let errors = errors.filter { !isAnswered($0) }
      guard let first = errors.first else { return nil }
      let others = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
      return "Cannot start: \(first.problem.what)\(others)"
    case .undo: return history.isEmpty ? "There is nothing to undo" : nil
    case .redo: return undone.isEmpty ? "There is nothing to redo" : nil
    case .clone, .difference: return runs.isEmpty ? "There are no runs in this folder yet" : nil
    case .maskView:
      return job.isSet(Parameter.input.map) || job.isSet(Parameter.input.halfMapA)
        ? nil : "Set the map (\(Parameter.input.map)) first"
    default: return nil
    }
  }

  // MARK: Changes

  var entries: Entries {
    get { Entries(job: job, mistakes: mistakes) }
    set { (job, mistakes) = (newValue.job, newValue.mistakes) }
  }

  /// Sets the job, and which mistakes stay in it, as one change that can be taken back.
  mutating func change(to next: Job, mistakes: [String: Mistake] = [:]) {
    let next = Entries(job: next, mistakes: mistakes)
    guard next != entries else { return }
    history.append(entries)
    undone = []
    entries = next
    check = nil
  }

  /// Sets a parameter from text; a text that is no value is kept as a mistake.
  mutating func set(_ key: String, to text: String) {
    var next = entries
    do {
      try next.job.set(key, to: text)
      next.mistakes[key] = nil
    } catch {
      next.mistakes[key] = Mistake(text: text, problem: error)
    }
    change(to: next.job, mistakes: next.mistakes)
  }

  /// The text of a parameter's value, as typed where it is a mistake.
  func text(of parameter: Parameter) -> String {
    mistakes[parameter.key]?.text ?? job[parameter.key]?.text ?? ""
  }

  var hasUnsavedChanges: Bool { job != saved && !history.isEmpty }

  mutating func markSaved(at path: String) {
    self.path = path
    // The run is called like the file.
    job.name = FilePath.stem(of: path)
    saved = job
  }
}

/// What a check of a job against its files found.
struct CheckReport: Sendable {
  var job: Job
  var findings: [JobFinding]
  /// What the files hold and what the refinement will take, line by line.
  var lines: [String]
}
