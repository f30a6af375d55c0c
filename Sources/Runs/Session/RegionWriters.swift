import CryoEM
import Ground
import Jobs
import Motion
import Refinement
import Report
import Synchronization

/// The folders of a run's regions while it goes on, `regions/NAME`: each is that of a run, with the
/// iterations of its region, whose final results are in `final/NAME`.
final class RegionWriters: Sendable {
  let writers: [RunWriter]
  private let regions: [PreparedRegion]
  private let progress = Mutex(Progress())

  /// How far the regions are.
  private struct Progress {
    /// What each region's iterations have come to.
    var metrics: [[IterationMetrics]] = []
    /// Regions that rest while others go on.
    var resting: Set<Int> = []

    /// The last region that still has iterations.
    var lastActive: Int? { metrics.indices.last { !resting.contains($0) } }
  }

  /// Takes the folders, and makes those that are not there yet.
  ///
  /// - Parameter parent: the writer of the run.
  init(_ prepared: PreparedInput, of parent: RunWriter) throws(Problem) {
    regions = prepared.regions
    var writers: [RunWriter] = []
    if !regions.isEmpty { try parent.folder.make(parent.folder.regionsPath) }
    for region in regions {
      let folder = parent.folder.region(named: region.name)
      if folder.exists {
        var manifest = try folder.manifest()
        manifest.takeOver(threads: region.input.settings.threads)
        writers.append(
          try RunWriter(
            resuming: folder, lock: try RunLock(folder, takingOver: true), manifest: manifest))
      } else {
        let manifest = RunManifest(
          name: region.name, particles: region.input.particles.count,
          boxSize: region.input.map.size, pixelSize: region.input.map.pixelSize,
          threads: region.input.settings.threads,
          maximumIterations: region.input.settings.maximumIterations,
          parent: parent.manifest.parent)
        writers.append(
          try RunWriter(
            creating: folder.path, job: region.job, data: region.data, manifest: manifest))
      }
    }
    self.writers = writers
    let known = writers.map { $0.folder.metrics() }
    progress.withLock { $0.metrics = known }
    if !isEmpty {
      parent.take(zip(regions, known).map { RunManifest.Region($0.name, $1) }, whole: nil)
    }
  }

  var isEmpty: Bool { regions.isEmpty }

  /// Takes an event of a region; the run's own writer is told how the regions stand.
  func take(_ event: RefinementEvent, of region: Int, for parent: RunWriter) {
    writers[region].take(event)
    let found: IterationMetrics
    switch event {
    case .iteration(let metrics), .final(let metrics): found = metrics
    case .rests:
      _ = progress.withLock { $0.resting.insert(region) }
      return
    case .stage, .progress, .artifacts, .warning, .log: return
    }
    let (all, last) = progress.withLock { progress in
      progress.metrics[region].append(found)
      // One that was woken reports again.
      progress.resting.remove(region)
      return (progress.metrics, progress.lastActive)
    }
    // An iteration of the run is over with that of its last region.
    var whole = region == last && found.isFinal != true ? found : nil
    for (index, other) in all.enumerated() where index != region {
      guard let part = other.last, part.iteration == found.iteration else { continue }
      whole?.seconds.merge(part.seconds) { $0 + $1 }
      whole?.cpuSeconds += part.cpuSeconds
    }
    parent.take(zip(regions, all).map { RunManifest.Region($0.name, $1) }, whole: whole)
  }

  /// Ends all of them as the run has ended.
  func end(_ status: RunStatus, message: String) {
    for writer in writers where status != .finished { writer.end(status, message: message) }
  }

  /// The event as the run itself and those who watch it are told it: numbers of an iteration are those of
  /// one region.
  func told(_ event: RefinementEvent, of region: Int) -> RefinementEvent {
    let name = regions[region].name
    return switch event {
    case .iteration(let metrics), .final(let metrics): .log("\(name): \(metrics.line)")
    case .log(let text): .log("\(name): \(text)")
    case .rests: .log("\(name): \(RunEvent.restText)")
    case .warning(let text): .warning("\(name): \(text)")
    case .stage, .progress, .artifacts: event
    }
  }

  /// Writes the map of all regions and their motion.
  private func writeTogether(
    _ results: RegionResults, prepared: PreparedInput, of parent: RunWriter
  ) throws(Problem) {
    let folder = parent.folder
    let composite = results.composite(consensus: prepared.input.map)
    try parent.insist { () throws(Problem) in
      try composite.write(to: folder.finalPath + "/composite.mrc", within: folder.root)
    }
    let analysis: MotionAnalysis
    do throws(Problem) {
      analysis = try results.motion(threads: prepared.input.settings.threads)
    } catch {
      parent.note(.log, "No motion of the regions: \(error.what)")
      return
    }
    for line in analysis.report.text.split(separator: "\n") { parent.note(.log, String(line)) }
    let file = prepared.particleFile
    try parent.insist { () throws(Problem) in
      try folder.write(analysis.report, to: folder.finalPath + "/motion.json")
      try folder.write(analysis.report.tsv, to: folder.finalPath + "/modes.tsv")
      try file.write(
        poses: results.results[0].poses, halfSets: prepared.newHalfSets,
        extraColumns: analysis.particleColumns,
        to: folder.finalPath + "/particles." + file.format.rawValue, within: folder.root)
    }
  }

  /// Writes the results of all regions, and what they come to together.
  ///
  /// - Returns: the summary of the run.
  func write(
    _ results: [RefinementResult], job: Job, prepared: PreparedInput, of parent: RunWriter
  ) throws(Problem) -> RunSummary {
    var summaries: [(name: String, summary: RunSummary)] = []
    for (index, result) in results.enumerated() {
      let (writer, region) = (writers[index], regions[index])
      let summary = RunSummary.judged(
        result, fulcrum: region.input.fulcrum, job: job.ofRegion(index), writer: writer)
      try writer.writeFinal(result, summary: summary, prepared: prepared)
      writer.end(.finished, message: summary.message)
      summaries.append((region.name, summary))
    }
    let summary = RunSummary(of: summaries, manifest: parent.manifest)
    try writeTogether(
      RegionResults(
        names: regions.map(\.name), fulcra: regions.map(\.input.fulcrum), results: results),
      prepared: prepared, of: parent)
    for verdict in summary.verdicts ?? [] {
      parent.note(.warning, "\(verdict.sentence). \(verdict.remedy)")
    }
    try parent.insist { () throws(Problem) in
      try parent.folder.write(summary, to: parent.folder.summaryPath)
    }
    return summary
  }
}

extension RunManifest.Region {
  /// A region with what its iterations came to.
  fileprivate init(_ name: String, _ metrics: [IterationMetrics]) {
    let last = metrics.last
    self.init(
      name: name, iteration: last?.poseIteration ?? 0,
      startResolution: metrics.first { $0.iteration == 0 }?.fsc.resolution143,
      resolution: last?.fsc.resolution143, rotation: last?.rotationFromStart.median,
      shift: last?.shiftFromStart.median, shareAtLimit: last?.shareAtLimit)
  }
}

extension RunSummary {
  /// The summary of a result, with what the rules object to, which the writer's log is told.
  static func judged(
    _ result: RefinementResult, fulcrum: Vector3, job: Job, writer: RunWriter
  ) -> RunSummary {
    var summary = RunSummary(of: result, fulcrum: fulcrum, manifest: writer.manifest)
    let verdicts = RunFacts(metrics: result.metrics, job: job, summary: summary).verdicts
    summary.verdicts = verdicts
    for verdict in verdicts {
      writer.note(.warning, "\(verdict.sentence). \(verdict.remedy)")
    }
    return summary
  }

  /// The summary of a run of several regions: its numbers are those of the region that is known least well.
  init(of regions: [(name: String, summary: RunSummary)], manifest: RunManifest) {
    self =
      regions.max { $0.summary.resolutionAfter < $1.summary.resolutionAfter }?.summary
      ?? regions[0].summary
    converged = regions.allSatisfy(\.summary.converged)
    iterations = regions.map(\.summary.iterations).max() ?? iterations
    (seconds, cpuSeconds) = (
      manifest.duration, ProcessFacts.cpuSeconds + (manifest.cpuSecondsBefore ?? 0)
    )
    (motion, bodyDefocus) = (nil, nil)
    self.regions = regions.map {
      Region(
        name: $0.name, resolutionBefore: $0.summary.resolutionBefore,
        resolutionAfter: $0.summary.resolutionAfter, medianRotation: $0.summary.medianRotation,
        medianShift: $0.summary.medianShift, shareAtLimit: $0.summary.shareAtLimit)
    }
    let end = converged ? "converged" : "not converged"
    verdict =
      "\(end) at iteration \(iterations): "
      + regions.map { name, summary in
        let before = summary.resolutionBefore
        return "\(name) \(before.isFinite ? Format.fixed(before, 2) : "?") → "
          + Format.resolution(summary.resolutionAfter)
      }.joined(separator: ", ") + " inside their masks"
    verdicts = regions.flatMap { name, summary in
      (summary.verdicts ?? []).map { verdict in
        var named = verdict
        named.sentence = "\(name): \(verdict.sentence)"
        return named
      }
    }
  }
}
