import Ground
import Jobs
import Runs
import Surface
import Terminal

/// The form of a job: every parameter, with its help, what is wrong, and what a start would take.
struct FormScreen: ListScreen {
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
  var mistakes: [FormField: Mistake] = [:]
  var selected = FormField(Parameter.all.first?.key ?? "")
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
  /// Whether the run is to wait for cores and memory, once the check has gone well.
  var isForQueue = false
  /// What the files say, of this job or of one before.
  private(set) var files: FileFacts?
  var runs: [RunListing] = []
  /// The job as last saved, to know whether leaving loses anything.
  private var saved: Job

  /// What is filled in: the job, and what is typed and no value.
  struct Entries: Sendable, Equatable {
    var job: Job
    var mistakes: [FormField: Mistake]
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

  var entryKeys: [EntryKey] {
    editor == nil ? [] : EntryKey.field + [EntryKey(.down, "Keep, next")]
  }

  func opening(_ surroundings: Surroundings) -> [Effect] {
    [.read(.runs(folder: surroundings.folder, isForced: true))]
  }

  func refresh(_ surroundings: Surroundings) -> [Effect] {
    knowsFiles ? [] : [.read(.files(job))]
  }

  /// Whether the files that are chosen were read.
  var knowsFiles: Bool { files?.answer(job) == true }

  /// What is known of the data, to derive defaults from: of the last files until the new are read.
  var data: DataFacts? { files?.data }

  mutating func receive(_ facts: FileFacts) { if facts.answer(job) { files = facts } }

  // MARK: What is wrong

  /// Everything that is wrong or worth knowing, mistakes in typing first.
  var findings: [JobFinding] {
    var all = fields.compactMap { field in
      mistakes[field].map { JobFinding([key(of: field)], $0.problem) }
    }
    all += job.findings(given: knowsFiles ? data : nil)
    if knowsFiles, let files { all += files.findings.filter { !all.contains($0) } }
    if case .done(let report) = check { all += report.findings.filter { !all.contains($0) } }
    return all
  }

  var errors: [JobFinding] { findings.filter { $0.problem.severity == .error } }

  // MARK: Changes

  var entries: Entries {
    get { Entries(job: job, mistakes: mistakes) }
    set { (job, mistakes) = (newValue.job, newValue.mistakes) }
  }

  /// Sets the job, and which mistakes stay in it, as one change that can be taken back.
  mutating func change(to next: Job, mistakes: [FormField: Mistake] = [:]) {
    let next = Entries(job: next, mistakes: mistakes)
    guard next != entries else { return }
    history.append(entries)
    undone = []
    entries = next
    check = nil
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
