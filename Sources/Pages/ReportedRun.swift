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

  /// - Throws: a problem where the path is no run folder, or its run.json cannot be read.
  init(_ path: String) throws(Problem) {
    folder = RunFolder(path)
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

  var name: String { folder.name }
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

  /// A map of final/; nil where there is none that can be shown.
  func finalMap(_ name: String) -> Volume? {
    let path = FilePath.joined(folder.finalPath, name)
    guard folder.holds(path),
      let file = try? MRCVolume(
        path: path, within: folder.root,
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
