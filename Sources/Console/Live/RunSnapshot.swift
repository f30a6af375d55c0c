import Ground
import Jobs
import Refinement
import Report
import Runs

/// Everything that the screens show of a run, as its folder says at a moment.
struct RunSnapshot: Sendable {
  var folder: String
  var manifest: RunManifest?
  var status: RunStatus?
  /// The metrics of all iterations, ascending.
  var metrics: [IterationMetrics] = []
  /// Those of the final pass; nil until the run has finished.
  var final: IterationMetrics?
  var events: [RunEvent] = []
  var job: Job?
  var summary: RunSummary?
  /// The files of final/.
  var files: [RunFile] = []
  /// A line that opens the final maps in ChimeraX.
  var chimeraXLine = ""
  /// Iterations whose maps are kept.
  var iterationsWithMaps: [Int] = []
  var note = ""
  /// What hinders the run at the moment, as a full disk does; nil for nothing.
  var notice: String?
  /// The scheduler's job, of a run that waits for it; nil for none.
  var batchJob: BatchJob?
  /// Why the folder cannot be read.
  var problem: Problem?

  /// The name of its folder; of a region after that of its run.
  var name: String {
    let own = RunFolder(folder)
    return own.root == folder ? own.name : "\(RunFolder(own.root).name) \(own.name)"
  }
  var isLive: Bool { status?.isLive == true }

  /// The iteration under way, or the last one of a run that has ended.
  var iteration: Int {
    isLive ? manifest?.iteration ?? 0 : metrics.last?.iteration ?? manifest?.iteration ?? 0
  }

  /// All that can be looked at: the iterations, and last the final maps.
  var steps: [IterationMetrics] { metrics + (final.map { [$0] } ?? []) }

  /// The metrics of a step, or of the last one.
  func metrics(of iteration: Int?) -> IterationMetrics? {
    guard let iteration else { return final ?? metrics.last }
    return steps.first { $0.iteration == iteration }
  }

  /// Resolution, Å: of the final maps, or of the last iteration so far.
  var resolution: Double? {
    summary?.resolutionAfter ?? metrics(of: nil)?.fsc.resolution143
  }
}
