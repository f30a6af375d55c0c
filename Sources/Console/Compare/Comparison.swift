import Jobs
import Refinement

/// What the panes of a comparison share: the runs, or regions of runs, in their order, how far apart
/// their poses are, and which of them are seen where there is no room for all.
struct Comparison: Sendable {
  let folders: [String]
  /// First run whose column is shown.
  var firstRun = 0
  private var snapshots: [String: RunSnapshot] = [:]
  /// Differences of poses between the first run and each other, where they could be read.
  private var poseDifferences: [String: PoseDifference] = [:]

  init(folders: [String]) { self.folders = folders }

  /// The runs in their order, as far as they were read.
  var runs: [RunSnapshot] { folders.compactMap { snapshots[$0] } }

  /// Those that may still change, or were not read yet.
  var changing: [String] { folders.filter { snapshots[$0]?.isLive != false } }

  /// How far apart the poses of the first run and another are; nil until it was read.
  func poseDifference(of run: RunSnapshot) -> PoseDifference? { poseDifferences[run.folder] }

  mutating func receive(_ news: News) {
    switch news {
    case .run(let snapshot) where folders.contains(snapshot.folder):
      snapshots[snapshot.folder] = snapshot
    case .poseDifference(let found): poseDifferences[found.folder] = found
    default: break
    }
  }

  /// Another run's column first.
  mutating func step(by step: Int) {
    firstRun = min(max(0, firstRun + step), max(0, runs.count - 1))
  }

  /// The parameters that are not the same in all runs: those of all in the order of the form, then those
  /// of regions.
  var parameters: [JobField] {
    let jobs = runs.compactMap(\.job)
    guard let first = jobs.first else { return [] }
    var keys: [String] = []
    for key in jobs.dropFirst().flatMap({ $0.differences(from: first) }) where !keys.contains(key) {
      keys.append(key)
    }
    let common = Parameter.all.map(\.key).filter(keys.contains)
    return (common + keys.filter { !common.contains($0) })
      .filter { $0 != Parameter.output.folder.key }.compactMap { JobField($0) }
  }
}

/// How far the poses of two runs are apart, particle by particle.
struct PoseDifference: Sendable {
  /// The run that is not the first.
  var folder: String
  var rotation: IterationMetrics.Histogram?
  var shift: IterationMetrics.Histogram?
  var problem = ""
}
