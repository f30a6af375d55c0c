import Glibc
import Ground
import Jobs
import Refinement
import Report

/// A run on disk. Reading it needs nothing else: no particles, no process, not the machine that made
/// it.
public struct RunFolder: Sendable, Hashable {
  /// The folder.
  public let path: String
  /// The folder of the run that this is, or whose region this is.
  public let root: String
  /// Where its final results are: those of a region are in a folder of its name among its run's.
  public let finalPath: String

  /// A run, or a region of one by its folder in `regions/`.
  public init(_ path: String) {
    self.path = path
    let above = FilePath.folder(of: path)
    let run = FilePath.folder(of: above)
    if FilePath.name(of: above) == RunLayout.regions, access(run + "/run.json", F_OK) == 0 {
      root = run
      finalPath = run + "/final/" + FilePath.name(of: path)
    } else {
      root = path
      finalPath = path + "/final"
    }
  }

  /// The run's name: that of its folder.
  public var name: String { FilePath.name(of: FilePath.absolute(path)) }

  /// The files of the layout.
  public var jobPath: String { path + "/job.toml" }
  public var manifestPath: String { path + "/run.json" }
  public var eventsPath: String { path + "/events.jsonl" }
  public var notePath: String { path + "/note.txt" }
  public var controlPath: String { path + "/control" }
  public var iterationsPath: String { path + "/iterations" }
  public var checkpointPath: String { path + "/checkpoint" }
  /// The input files as they were when the run began.
  public var inputsPath: String { path + "/inputs.json" }
  /// What was changed while the run goes on.
  public var changesPath: String { checkpointPath + "/changes.toml" }
  public var summaryPath: String { finalPath + "/summary.json" }
  /// The metrics of the final pass.
  public var finalMetricsPath: String { finalPath + "/metrics.json" }

  /// The folder of an iteration: iterations/004.
  public func iterationPath(_ iteration: Int) -> String {
    iterationsPath + "/" + RunLayout.folderName(iteration)
  }

  /// Whether this looks like a run at all.
  public var exists: Bool { facts(of: manifestPath) != nil || facts(of: eventsPath) != nil }

  /// run.json.
  public func manifest() throws(Problem) -> RunManifest {
    try JSONFile.read(RunManifest.self, from: manifestPath, within: root)
  }

  /// How a run really stands: a run whose process has died is interrupted. On the same machine the
  /// process tells; of another one, a heartbeat that is two minutes off. What cannot be read is taken
  /// for held.
  public func status(of manifest: RunManifest, at time: Double = WallClock.now) -> RunStatus {
    guard manifest.status.isLive else { return manifest.status }
    switch hold() {
    case .held(let holder): return holder.isAlive(at: time) ? manifest.status : .interrupted
    case .unreadable: return manifest.status
    case .damaged:
      return RunHolder.isFresh(manifest.heartbeat, at: time) ? manifest.status : .interrupted
    // Whatever writes into a folder holds it: its number may be another process's by now.
    case .free: return .interrupted
    }
  }

  /// The parameters as run.
  public func job() throws(Problem) -> Job {
    var job = try Job.read(path: jobPath, within: root).job
    job.name = name
    return job
  }

  /// Numbers of the iterations that have metrics, ascending; 0 is the input as it came.
  public func iterations() -> [Int] {
    entries(of: iterationsPath).compactMap(RunLayout.iteration(named:))
      .filter { holds(iterationPath($0) + "/metrics.json") }.sorted()
  }

  /// The metrics of an iteration.
  public func metrics(of iteration: Int) throws(Problem) -> IterationMetrics {
    try JSONFile.read(
      IterationMetrics.self, from: iterationPath(iteration) + "/metrics.json", within: root)
  }

  /// The metrics of all iterations after one, ascending; damaged ones are left out.
  public func metrics(after iteration: Int = -1) -> [IterationMetrics] {
    iterations().filter { $0 > iteration }.compactMap { try? metrics(of: $0) }
  }

  /// The metrics of the final pass of a finished run; nil where it was not measured or is damaged.
  public func finalMetrics() -> IterationMetrics? {
    let found = try? JSONFile.read(
      IterationMetrics.self, from: finalMetricsPath, within: root)
    return found?.isFinal == true ? found : nil
  }

  /// The summary of a finished run.
  public func summary() throws(Problem) -> RunSummary {
    try JSONFile.read(RunSummary.self, from: summaryPath, within: root)
  }

  /// What somebody wrote about the run; empty for nothing.
  public func note() -> String {
    guard let file = try? input(notePath), file.size < 1 << 16,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a note; an empty one removes it.
  public func setNote(_ text: String) throws(Problem) {
    if text.isEmpty { removeFile(notePath) } else { try write(text, to: notePath) }
  }
}
