import CryoEM
import Ground
import Jobs
import Runs
import Surface

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
  case poseDifference(PoseDifference)
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
