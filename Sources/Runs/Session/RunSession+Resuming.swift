import Glibc
import Ground
import Jobs

extension RunSession {
  /// A run that this process holds and can go on with.
  struct Resumable {
    var prepared: PreparedInput
    var writer: RunWriter
    /// The job with what was changed while it ran; nil for no changes.
    var changedJob: Job?
  }

  /// Takes a run folder and looks at everything that going on with it needs.
  static func resumable(
    _ folder: RunFolder, threads: Int?, ignoringTimes: Bool, takingOver: Bool,
    beforeWriting: () -> Void
  ) throws(Problems) -> Resumable {
    guard folder.exists else {
      throw Problems([
        Problem(
          "\(folder.path): not a run folder", whatToDo: "Give one of the folders of: fulcrum list")
      ])
    }
    let links = folder.links()
    guard links.isEmpty else { throw Problems(links) }
    let lock: RunLock
    var manifest: RunManifest
    do throws(Problem) {
      manifest = try folder.manifest()
      // What a process left that was killed after it had said that the run has finished goes first.
      if manifest.status != .finished || folder.hold() != .free {
        lock = try hold(folder, takingOver: takingOver)
      } else {
        throw finished(folder)
      }
    } catch { throw Problems([error]) }
    do {
      // Another may have ended it while this process waited for the folder.
      manifest = try folder.manifest()
      folder.removeLeftovers()
      guard manifest.status != .finished else {
        folder.remove(.stopAfterIteration)
        throw finished(folder)
      }
      return try takeUp(
        folder, lock, &manifest, threads: threads, ignoringTimes: ignoringTimes,
        beforeWriting: beforeWriting)
    } catch {
      lock.release()
      switch error {
      case let problems as Problems: throw problems
      case let found as JobProblems: throw found.problems
      case let problem as Problem: throw Problems([problem])
      default: throw Problems([Problem("\(error)", whatToDo: "Look at the run folder.")])
      }
    }
  }

  /// Takes a folder. One that waits may be held for a moment, by whoever changes its place in the queue.
  private static func hold(_ folder: RunFolder, takingOver: Bool) throws(Problem) -> RunLock {
    for _ in 0..<20 {
      do throws(Problem) { return try RunLock(folder, takingOver: takingOver) } catch {
        guard try folder.manifest().status == .queued, folder.holder()?.isHere != false else {
          throw error
        }
        usleep(50_000)
      }
    }
    return try RunLock(folder, takingOver: takingOver)
  }

  private static func finished(_ folder: RunFolder) -> Problem {
    Problem(
      "\(folder.path): the run has finished, there is nothing to resume",
      whatToDo: "To refine on from its poses, start a new run (c in the application).")
  }

  private static func takeUp(
    _ folder: RunFolder, _ lock: RunLock, _ manifest: inout RunManifest, threads: Int?,
    ignoringTimes: Bool, beforeWriting: () -> Void
  ) throws -> Resumable {
    let record = try folder.inputRecord()
    let changed = record?.problems(ignoringTimes: ignoringTimes) ?? []
    guard changed.isEmpty else { throw Problems(changed) }
    var job = try folder.job()
    if let threads { job[Parameter.compute.threads] = threads }
    let prepared = try PreparedInput(
      job: job, outputFolder: FilePath.absolute(folder.path), isResuming: true)
    // Refused before anything is written.
    _ = try RunCheckpoints(folder, run: manifest.identifier ?? "").state()
    beforeWriting()
    if record == nil {
      try folder.write(
        InputRecord(of: prepared, jobPath: folder.jobPath), to: folder.inputsPath)
    }
    let iteration = manifest.iteration
    let stage = manifest.progress?.stage
    let differences = manifest.differences
    manifest.takeOver(threads: prepared.input.settings.threads)
    let writer = try RunWriter(resuming: folder, lock: lock, manifest: manifest)
    let place = stage.map { ", \($0.title.lowercased())" } ?? ""
    writer.note(
      .resumed,
      "Resumed at iteration \(iteration)\(place) by \(manifest.place)", iteration: iteration)
    for difference in differences { writer.note(.warning, difference) }
    if record == nil {
      writer.note(.warning, "No record of the inputs was kept; they are taken as they are now")
    }
    writer.nameLostIterations(upTo: iteration)
    var changedJob: Job?
    if folder.facts(of: folder.changesPath) != nil {
      changedJob = try Job.read(path: folder.changesPath, within: folder.root).job
      if let threads { changedJob?[Parameter.compute.threads] = threads }
    }
    return Resumable(prepared: prepared, writer: writer, changedJob: changedJob)
  }
}
