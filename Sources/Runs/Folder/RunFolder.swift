import EMFiles
import Glibc
import Refinement

/// A run on disk. Reading it needs nothing else: no particles, no process, not the machine that made
/// it.
public struct RunFolder: Sendable, Hashable {
  /// The folder.
  public let path: String

  public init(_ path: String) { self.path = path }

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
  public var finalPath: String { path + "/final" }
  /// The input files as they were when the run began.
  public var inputsPath: String { path + "/inputs.json" }
  /// What was changed while the run goes on.
  public var changesPath: String { checkpointPath + "/changes.toml" }
  public var summaryPath: String { finalPath + "/summary.json" }

  /// The folder of an iteration: iterations/004.
  public func iterationPath(_ iteration: Int) -> String {
    let digits = String(iteration)
    return iterationsPath + "/" + String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }

  /// Whether this looks like a run at all.
  public var exists: Bool { access(manifestPath, F_OK) == 0 || access(eventsPath, F_OK) == 0 }

  /// run.json.
  public func manifest() throws(Problem) -> RunManifest {
    try JSONFile.read(RunManifest.self, from: manifestPath)
  }

  /// How a run really stands: a run whose process has died is interrupted. On the same machine the
  /// process tells; from another one, a heartbeat older than two minutes.
  public func status(of manifest: RunManifest, at time: Double = WallClock.now) -> RunStatus {
    guard manifest.status.isLive else { return manifest.status }
    if let holder = holder() { return holder.isAlive(at: time) ? manifest.status : .interrupted }
    if manifest.host == ProcessFacts.host {
      return ProcessFacts.isAlive(manifest.processID) ? manifest.status : .interrupted
    }
    return time - manifest.heartbeat > RunHolder.patience ? .interrupted : manifest.status
  }

  /// The parameters as run.
  public func job() throws(Problem) -> Job {
    var job = try Job.read(path: jobPath).job
    job.name = name
    return job
  }

  /// Numbers of the iterations that have metrics, ascending; 0 is the input as it came.
  public func iterations() -> [Int] {
    Set(entries(of: iterationsPath).compactMap(Int.init)).filter { (0...1_000_000).contains($0) }
      .filter { access(iterationPath($0) + "/metrics.json", F_OK) == 0 }.sorted()
  }

  /// The metrics of an iteration.
  public func metrics(of iteration: Int) throws(Problem) -> IterationMetrics {
    try JSONFile.read(IterationMetrics.self, from: iterationPath(iteration) + "/metrics.json")
  }

  /// The metrics of all iterations after one, ascending; damaged ones are left out.
  public func metrics(after iteration: Int = -1) -> [IterationMetrics] {
    iterations().filter { $0 > iteration }.compactMap { try? metrics(of: $0) }
  }

  /// The summary of a finished run.
  public func summary() throws(Problem) -> RunSummary {
    try JSONFile.read(RunSummary.self, from: summaryPath)
  }

  /// What somebody wrote about the run; empty for nothing.
  public func note() -> String {
    guard let file = try? InputFile(path: notePath), file.size < 1 << 16,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return "" }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Writes a note; an empty one removes it.
  public func setNote(_ text: String) throws(Problem) {
    if text.isEmpty { unlink(notePath) } else { try AtomicFile.write(text, to: notePath) }
  }

  /// Names in a folder, sorted, without hidden ones; empty where there is no folder.
  func entries(of folder: String) -> [String] {
    allEntries(of: folder).filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Names in a folder in no order.
  func allEntries(of folder: String) -> [String] {
    guard let handle = opendir(folder) else { return [] }
    defer { closedir(handle) }
    var names: [String] = []
    while let entry = readdir(handle) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }
}
