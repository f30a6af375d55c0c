import CryoEM
import EMFiles
import Ground
import Jobs
import Refinement
import Report
import Runs

/// All that a page tells of a run, as its folder has it.
struct ReportedRun: Sendable {
  let folder: RunFolder
  let manifest: RunManifest
  let status: RunStatus
  let job: Job?
  /// Of all iterations, ascending, and last the final pass.
  let steps: [IterationMetrics]
  let summary: RunSummary?
  let note: String
  /// What the page calls it.
  let name: String

  /// - Parameter name: what the page calls it; nil for the folder's name.
  /// - Throws: a problem where the path is no run folder, or its run.json cannot be read.
  init(_ path: String, named name: String? = nil) throws(Problem) {
    folder = RunFolder(path)
    self.name = name ?? folder.name
    guard folder.exists else {
      throw Problem(
        "\(path): not a run folder", whatToDo: "Give one of the folders of: fulcrum list")
    }
    manifest = try folder.manifest()
    status = folder.status(of: manifest)
    job = try? folder.job()
    steps = folder.metrics(after: -1) + [folder.finalMetrics()].compactMap { $0 }
    summary = try? folder.summary()
    note = folder.note()
  }

  var last: IterationMetrics? { steps.last }
  var first: IterationMetrics? { steps.first }
  var limits: SearchLimits { SearchLimits(job) }

  /// Resolution, Å: of the final maps, or of the last iteration so far; nil before the first.
  var resolution: Double? {
    (summary?.resolutionAfter ?? last?.fsc.resolution143).flatMap { $0.isFinite ? $0 : nil }
  }

  var resolutionBefore: Double? {
    (summary?.resolutionBefore ?? first?.fsc.resolution143).flatMap { $0.isFinite ? $0 : nil }
  }

  /// What the rules object to.
  var verdicts: [Verdict] {
    summary?.verdicts
      ?? RunFacts(
        metrics: steps.filter { $0.isFinal != true }, job: job, summary: summary
      ).verdicts
  }

  /// What the log warns of, each once, without what the rules object to.
  var warnings: [String] {
    var seen = Set(verdicts.map { "\($0.sentence). \($0.remedy)" })
    var (found, place): ([String], Int) = ([], 0)
    while true {
      let page = folder.events(from: place)
      for event in page.events where event.kind == .warning && seen.insert(event.text).inserted {
        found.append(event.text)
      }
      guard page.next > place else { return found }
      place = page.next
    }
  }

  /// A map of final/; nil where there is none that can be shown.
  func finalMap(_ name: String) -> Volume? {
    let path = FilePath.joined(folder.finalPath, name)
    return folder.holds(path) ? Self.map(path, within: folder.root) : nil
  }

  /// The map that the run began with, the mean of its half-maps where it had those; nil where they are not
  /// there any more.
  var consensus: Volume? {
    guard let job else { return nil }
    let input = Parameter.input
    func map(_ path: String) -> Volume? { Self.map(job.resolved(path), within: nil) }
    guard let first = job[input.halfMapA], let second = job[input.halfMapB] else {
      return job[input.map].flatMap(map)
    }
    guard let a = map(first), let b = map(second), a.size == b.size else { return nil }
    return a.combined(with: b) { 0.5 * ($0 + $1) }
  }

  /// A map that can be shown.
  private static func map(_ path: String, within root: String?) -> Volume? {
    guard
      let file = try? MRCVolume(
        path: path, within: root,
        check: { header throws(Problem) in
          guard max(header.size.x, header.size.y, header.size.z) <= 1024 else {
            throw Problem("\(path) is too large", whatToDo: "Look at it elsewhere.")
          }
        }), file.firstNonFinite == nil
    else { return nil }
    let size = file.size
    guard size.x == size.y, size.y == size.z, size.x >= 2, size.x % 2 == 0, file.voxelSize.x > 0
    else { return nil }
    return Volume(size: size.x, pixelSize: file.voxelSize.x, voxels: file.voxels)
  }
}
