import CryoEM
import Ground
import Jobs
import Ranks
import Refinement
import Report

/// The refinement itself, and what is written of it.
extension RunSession {
  func refineAndWrite(
    observe: @escaping @Sendable (RefinementEvent) -> Void
  ) -> Outcome {
    do {
      try RankWork(of: prepared).handOut(to: ranks)
      let results = try refine(
        regions: prepared.inputs, control: control, checkpoints: checkpoints, ranks: ranks
      ) { [self] index, event in
        take(event, of: index, observe)
        // A run that cannot be written down is not worth going on with.
        if failure != nil { control.requestStop() }
      }
      if let failure { return ending(with: failure) }
      let stage = RefinementEvent.Stage.writing
      let last = results[0].metrics.last?.iteration ?? 0
      let tell = { [self] (event: RefinementEvent) in
        writer.take(event)
        observe(event)
      }
      tell(.stage(stage, iteration: last + 1))
      if results.contains(where: { $0.bodyDefocus.sign != 0 }) {
        tell(
          .log(
            prepared.writesBodyDefocus
              ? "The particles are written with the defocus of the body at its height"
              : "The particles are written with the defocus that they came with, not with the body's "
                + "own: output.body_defocus = true writes that"))
      }
      tell(.progress(stage, done: 1, total: 2))
      return .finished(try writeFinal(results))
    } catch {
      if let failure { return ending(with: failure) }
      switch error {
      case is RefinementStopped: return .stopped(state.withLock(\.reason) ?? .user)
      case RankEnd.stopped: return .stopped(state.withLock(\.reason) ?? .user)
      case RankEnd.failed(let problem): return ending(with: problem)
      case let problem as Problem: return ending(with: problem)
      case let problems as Problems:
        let others = problems.all.count - 1
        var first = problems.all.first ?? Problem("the refinement failed", whatToDo: "")
        if others > 0 { first.what += " (and \(others) more)" }
        return .failed(first)
      default:
        return .failed(
          Problem("the refinement failed: \(error)", whatToDo: "See the events of the run folder."))
      }
    }
  }

  /// The first failure to write.
  private var failure: Problem? {
    writer.failure ?? regions.writers.lazy.compactMap(\.failure).first
  }

  /// Writes an event of a region down and tells of it.
  private func take(
    _ event: RefinementEvent, of region: Int, _ observe: (RefinementEvent) -> Void
  ) {
    if case .artifacts(let artifacts) = event {
      keep(artifacts, regions.isEmpty ? writer : regions.writers[region])
    }
    var told = event
    if !regions.isEmpty {
      regions.take(event, of: region, for: writer)
      told = regions.told(event, of: region)
    }
    writer.take(told)
    observe(told)
  }

  /// Writes final/, region by region where there are several.
  private func writeFinal(_ results: [RefinementResult]) throws(Problem) -> RunSummary {
    let job = changedJob.withLock { $0 }
    guard !regions.isEmpty else {
      let summary = RunSummary.judged(
        results[0], fulcrum: prepared.input.fulcrum, job: job, writer: writer)
      try writer.writeFinal(results[0], summary: summary, prepared: prepared)
      return summary
    }
    return try regions.write(results, job: job, prepared: prepared, of: writer)
  }

  /// A full disk at which somebody stopped the run is no failure of it.
  private func ending(with problem: Problem) -> Outcome {
    if problem.isFullDisk, let reason = state.withLock(\.reason) { return .stopped(reason) }
    return .failed(problem)
  }

  /// Writes the poses of an iteration, and its half-maps and mask while they are kept.
  private func keep(_ artifacts: IterationArtifacts, _ writer: RunWriter) {
    if artifacts.iteration > 0 {
      let file = prepared.particleFile
      writer.writeIterationFile(
        "poses." + file.format.rawValue, iteration: artifacts.iteration
      ) { [folder = writer.folder] path throws(Problem) in
        try file.write(
          poses: artifacts.poses, halfSets: prepared.newHalfSets, to: path, within: folder.root)
      }
    }
    let (map, part) = (prepared.input.map, artifacts.halfMapA)
    let corner =
      artifacts.centre + Double(map.size / 2) * map.pixelSize - Double(part.size / 2)
      * part.pixelSize
    writer.writeMaps(
      a: artifacts.halfMapA, b: artifacts.halfMapB, mask: artifacts.mask, origin: corner,
      iteration: artifacts.iteration, keep: prepared.keepIterations)
  }
}
