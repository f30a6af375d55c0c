import CryoEM
import Ground
import Jobs
import Runs
import Surface

/// What a screen wants to happen outside of itself. The application does the first group itself, the
/// runtime the others; what comes of them returns as `News`.
enum Effect: Sendable {
  // Screens.
  case push(any Screen)
  case pop
  /// Leaves all screens but the first.
  case popToRuns
  case popUp(any PopUp)
  /// Something to answer, of work that has ended: shown where it is not in the way.
  case offer(any PopUp)
  case closePopUp
  /// A line to the person; a problem stays until the next key.
  case say(String)
  case complain(Problem)
  case command(Command)
  case answer(Question, String)

  // Reading.
  /// The runs of a folder: whenever something has changed, or now in any case.
  case readRuns(folder: String)
  case listRuns(folder: String)
  /// A run whenever something has changed, or now in any case.
  case readRun(folder: String)
  case openRun(folder: String)
  /// What became of the runs of a sweep.
  case readSweep(name: String, folders: [String])
  case readSlices(SliceRequest)
  case readMap(MapRequest)
  /// How the regions of a run move.
  case readMotion(folder: String)
  case readParticles(folder: String, iteration: Int)
  case readFolder(path: String, endings: [String])
  case readHeader(path: String)
  case readVolumes(Job)
  /// What the files of a job say about its parameters.
  case readFiles(Job)
  case previewMask(Job, map: Volume, mask: Volume?, threshold: Double)
  /// A step of the mask maker.
  case makeMask(MakerTask)
  case comparePoses(first: String, other: String)
  /// How far a run has come from the input of another.
  case compareWithRoot(folder: String, root: String)
  case readThemes
  /// Reads the themes again when the file of this one has changed.
  case checkTheme(String)
  /// The job of a run, with the poses of an iteration as its input.
  case continueFrom(folder: String, iteration: Int)
  /// The same with particles that were kept of its last.
  case continueWith(particles: String, folder: String)
  /// The job of a run's regions with particles that were kept, at the poses with which it began.
  case restartWith(particles: String, folder: String)
  /// How many particles of a run an expression keeps.
  case countSelection(folder: String, expression: String)
  /// The same while it is being chosen: only the last that was asked for is counted.
  case countChoice(folder: String, expression: String)

  // Writing and doing.
  case rename(folder: String, name: String)
  case note(folder: String, text: String)
  case delete(folder: String)
  case control(folder: String, ControlRequest)
  case check(Job)
  case start(Job, parent: RunManifest.Parent?)
  /// Lets a job wait for cores and memory of this machine.
  case enqueue(Job, parent: RunManifest.Parent?)
  /// Changes the queue of the folder.
  case queue(QueueAction)
  /// Looks at the inputs of a sweep's runs; makes and starts or queues them.
  case planSweep(SweepRequest)
  case startSweep(SweepRequest)
  case resumeRun(folder: String)
  /// Hands a job to a scheduler, and takes a run out of its queue.
  case submit(Job, parent: RunManifest.Parent?, Lane)
  case cancelQueued(folder: String)
  /// Writes a job file: that from which the form came with its changes, where there is one.
  case saveJob(Job, path: String, from: String?, overwrite: Bool)
  case write(path: String, text: String)
  /// Writes a page about runs.
  case writeReport(folders: [String], path: String)
  case runTool(ToolWork)
  case stopTool

  // The terminal.
  case copy(String)
  case notify(String)
  case setMouse(Bool)
  case repaint
  case saveSettings
  case quit
}

/// What happened outside.
enum News: Sendable {
  case runs([RunListing], folder: String)
  case run(RunSnapshot)
  /// How the queue of the folder stands.
  case queue(QueueState)
  case sweep(SweepTable)
  /// A sweep that can be started, in words.
  case sweepPlanned(SweepRequest, String)
  case sweepStarted(name: String, folders: [String])
  case slices(SliceSet)
  case map(ReadMap)
  case mapProblem(MapRequest, Problem)
  case motion(RegionMotion)
  case particles(ParticleTable)
  case folder(FolderListing)
  case header(HeaderPreview)
  case volumes(MaskViewVolumes)
  case files(FileFacts)
  case maskPreview(Volume?, threshold: Double)
  case maskMaking(MakerTask.Result)
  case poseDifference(CompareScreen.PoseDifference)
  case rootChange(RootChange)
  case themes([Theme], [Problem])
  case checked(CheckReport)
  case started(folder: String)
  /// A run that waits; what is to be said of it.
  case queued(folder: String, String)
  /// `isRewritten` where comments of the file before could not be kept.
  case jobSaved(path: String, isRewritten: Bool = false)
  /// A file of that name is there already.
  case jobExists(path: String)
  /// `iteration` is nil for particles that were kept of the last; `takes` says in words what of the run the new one begins with.
  case continuation(
    Job, folder: String, iteration: Int?, takes: String, parent: RunManifest.Parent? = nil)
  /// A sentence of how many particles of a run an expression keeps.
  case counted(String, folder: String, expression: String)
  case choiceCounted(ChoiceCount)
  /// A tool that was started, whenever it has something to say.
  case tool(ToolWork)
  case done(String)
  case failed(Problem)

  /// The news with these behind them; a list or a run that was not looked at yet gives way to a later
  /// one, so that they do not gather while the screens are busy or their terminal takes nothing.
  func added(to waiting: [News]) -> [News] {
    waiting.filter { !$0.isReplaced(by: self) } + [self]
  }

  private func isReplaced(by later: News) -> Bool {
    switch (self, later) {
    case (.runs(_, let before), .runs(_, let now)): before == now
    case (.run(let before), .run(let now)): before.folder == now.folder
    case (.tool(let before), .tool): before.isAtWork
    default: false
    }
  }
}
