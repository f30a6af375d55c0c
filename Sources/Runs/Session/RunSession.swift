import Dispatch
import Ground
import Jobs
import Ranks
import Refinement
import Report
import Synchronization

/// A refinement and its run folder: starts the engine on what the preflight prepared, and writes what
/// comes out. Used with a screen and without one.
public final class RunSession: Sendable {
  /// The run folder.
  public let folder: RunFolder
  /// The reins of the refinement.
  public let control = RefinementControl()
  private let prepared: PreparedInput
  private let writer: RunWriter
  private let regions: RegionWriters
  private let checkpoints: RunCheckpoints
  private let endCommand: EndCommand?
  private let ranks: Communicator
  /// The job with what was changed while it runs.
  private let changedJob: Mutex<Job>
  private let state = Mutex(State())

  /// Seconds between two savings of what a search has found; each iteration is saved besides.
  public static let usualInterval = 60.0

  private struct State {
    var reason: StopReason?
    var hasEnded = false
  }

  /// How a session ended.
  public enum Outcome: Sendable {
    case finished(RunSummary)
    /// Stopped before a result; the run can be resumed.
    case stopped(StopReason)
    case failed(Problem)
  }

  /// Makes the run folder, with what the preflight noted in its events.
  ///
  /// - Parameters:
  ///   - interval: seconds between two savings of what a search has found.
  ///   - ranks: those that refine together; this one leads.
  ///   - endCommand: run when the refinement has ended, whatever became of it.
  /// - Throws: a `Problem` where the folder exists or cannot be made.
  public init(
    _ prepared: PreparedInput, parent: RunManifest.Parent? = nil,
    interval: Double = RunSession.usualInterval, ranks: Communicator = .alone,
    endCommand: EndCommand? = nil
  ) throws(Problem) {
    self.prepared = prepared
    self.ranks = ranks
    self.endCommand = endCommand
    writer = try RunDraft(prepared, parent: parent).make()
    folder = writer.folder
    changedJob = Mutex(prepared.job.asRun)
    regions = try RegionWriters(prepared, of: writer)
    checkpoints = Self.checkpoints(of: writer, interval: interval)
  }

  /// Goes on with a run that was interrupted, stopped, or has failed.
  ///
  /// - Parameters:
  ///   - threads: threads that compute; nil for as many as the job says.
  ///   - ignoringTimes: whether input files that were only written to again are taken for the same.
  ///   - takingOver: whether the folder is taken from a holder of whom it cannot be told that it lives.
  ///   - interval: seconds between two savings of what a search has found.
  ///   - ranks: those that refine together; this one leads.
  ///   - endCommand: run when the refinement has ended, whatever became of it.
  ///   - beforeWriting: called when everything was looked at, before the run folder is changed.
  /// - Throws: every problem at once: a run that goes on elsewhere or has finished, input that has
  ///   changed, a checkpoint that is damaged or not this run's.
  public init(
    resuming path: String, threads: Int? = nil, ignoringTimes: Bool = false,
    takingOver: Bool = false, interval: Double = RunSession.usualInterval,
    ranks: Communicator = .alone, endCommand: EndCommand? = nil, beforeWriting: () -> Void = {}
  ) throws(Problems) {
    let found = try Self.resumable(
      RunFolder(path), threads: threads, ignoringTimes: ignoringTimes, takingOver: takingOver,
      beforeWriting: beforeWriting)
    self.endCommand = endCommand
    self.ranks = ranks
    prepared = found.prepared
    writer = found.writer
    folder = writer.folder
    changedJob = Mutex(found.changedJob ?? found.prepared.job)
    do throws(Problem) { regions = try RegionWriters(found.prepared, of: writer) } catch {
      writer.end(.failed, message: error.what)
      throw Problems([error])
    }
    checkpoints = Self.checkpoints(of: writer, interval: interval)
    // What was asked for before the interruption and not taken yet; what was taken is the same again.
    if let job = found.changedJob, let settings = settingsOfRegions(of: job) {
      control.changeSettings(settings)
    }
  }

  private static func checkpoints(
    of writer: RunWriter, interval: Double
  ) -> RunCheckpoints {
    RunCheckpoints(
      writer.folder, run: writer.manifest.identifier ?? "", interval: interval
    ) {
      (write) throws(Problem) in try writer.insist(write)
    }
  }

  /// What a stop finds.
  public enum Stopping: Sendable {
    /// The refinement, which saves its state and ends.
    case refinement
    /// The run has ended; its command at the end worked still, and is ended.
    case endCommand
    /// Nothing that goes on.
    case nothing
  }

  /// Asks the refinement to stop; what is done so far is in the checkpoint. After its end, the command at
  /// the end is ended.
  ///
  /// - Parameter seconds: when the engine has not come to a halt after them, the run is ended as it
  ///   is and `otherwise` called: the last checkpoint is whole at any time.
  /// - Returns: what there was to stop.
  @discardableResult
  public func stop(
    _ reason: StopReason, within seconds: Double? = nil,
    otherwise: @escaping @Sendable () -> Void = {}
  ) -> Stopping {
    state.withLock { if $0.reason == nil { $0.reason = reason } }
    control.requestStop()
    if isWrittenDown.withLock({ $0 }) { return endCommandNow() ? .endCommand : .nothing }
    guard let seconds else { return .refinement }
    let queue = DispatchQueue(label: "fulcrum.stop")
    queue.asyncAfter(deadline: .now() + seconds) { [self] in
      guard takeEnd() else { return }
      regions.end(.stopped, message: reason.text)
      writer.end(.stopped, message: reason.text)
      otherwise()
    }
    // A disk that does not answer does not hold the end up.
    DispatchQueue(label: "fulcrum.stop-at-last").asyncAfter(deadline: .now() + seconds + 0.7) {
      [self] in
      if !state.withLock(\.hasEnded) || !isWrittenDown.withLock({ $0 }) { otherwise() }
    }
    return .refinement
  }

  /// Ends the command at the end with all that it has started; returns whether there was one.
  @discardableResult
  public func endCommandNow() -> Bool {
    endCommand != nil && commandUnderway.end()
  }

  /// Whether the end is this caller's to write down.
  private func takeEnd() -> Bool {
    state.withLock { state in
      defer { state.hasEnded = true }
      return !state.hasEnded
    }
  }

  private let isWrittenDown = Mutex(false)
  private let commandUnderway = CommandUnderway()

  /// Refines, on this thread and the engine's, until the end; `observe` sees every event.
  public func run(observe: @escaping @Sendable (RefinementEvent) -> Void) -> Outcome {
    writer.whileFull(
      stopWhen: { [control] in control.isStopRequested }, tell: { observe(.warning($0)) })
    let monitor = RunMonitor(of: writer) { [self] request in
      switch request {
      case .pause: control.pause()
      case .resume: control.resume()
      case .stop: stop(.user)
      case .stopAfterIteration: control.requestStopAfterIteration()
      case .parameters(let changes):
        let events = change(changes)
        events.forEach(observe)
        return events.compactMap { RunEvent($0, at: WallClock.now) }
      }
      return []
    }
    let outcome = refineAndWrite(observe: observe)
    monitor.stop()
    guard takeEnd() else { return outcome }
    switch outcome {
    case .finished(let summary): writer.end(.finished, message: summary.message)
    case .stopped(let reason):
      regions.end(.stopped, message: reason.text)
      writer.end(.stopped, message: reason.text)
    case .failed(let problem):
      regions.end(.failed, message: problem.what)
      writer.end(.failed, message: problem.what)
    }
    isWrittenDown.withLock { $0 = true }
    do throws(Problem) {
      try endCommand?.run(for: folder, underway: commandUnderway)
    } catch {
      writer.note(.warning, error.what)
      observe(.warning(error.what))
    }
    return outcome
  }

  /// The settings of the regions of a changed job; nil where one of them is wrong.
  private func settingsOfRegions(of job: Job) -> [RefinementSettings]? {
    let parts =
      prepared.regions.isEmpty
      ? [(job, prepared.data)]
      : prepared.regions.enumerated().map { (job.ofRegion($0), $1.data) }
    let settings = parts.compactMap { try? $0.validated(given: $1).settings }
    return settings.count == parts.count ? settings : nil
  }

  /// Hands new parameters to the refinement for its next iteration; tells what became of each.
  private func change(_ changes: Job) -> [RefinementEvent] {
    var events: [RefinementEvent] = []
    var job = changedJob.withLock { $0 }
    for (key, value) in changes.values.sorted(by: { $0.key < $1.key }) {
      if Parameter.named(key)?.changesWhileRunning == true {
        job[key] = value
        events.append(.log("\(key) = \(value.text) from the next iteration on"))
      } else {
        events.append(.warning("\(key) cannot change while a refinement runs; it stays as it was"))
      }
    }
    do {
      let settings = try job.validated(given: prepared.data).settings
      // A process that is killed before the next iteration does not forget it.
      try folder.write(job.toml(given: prepared.data), to: folder.changesPath)
      control.changeSettings(settingsOfRegions(of: job) ?? [settings])
      changedJob.withLock { [job] in $0 = job }
      writer.setMaximumIterations(settings.maximumIterations)
      return events
    } catch {
      let problems = (error as? Problems)?.all ?? [error as? Problem].compactMap { $0 }
      return problems.map { .warning($0.what + ": the parameters stay as they were") }
    }
  }

  private func refineAndWrite(
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

extension RefinementControl {
  /// Hands settings to the next iteration of each region, as far as a running refinement takes them.
  fileprivate func changeSettings(_ settings: [RefinementSettings]) {
    changeSettings(ofRegions: { region, now in
      settings.indices.contains(region) ? now.takingOver(settings[region]) : now
    })
  }
}
