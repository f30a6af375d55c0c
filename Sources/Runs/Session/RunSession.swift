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
  let prepared: PreparedInput
  let writer: RunWriter
  let regions: RegionWriters
  let checkpoints: RunCheckpoints
  private let endCommand: EndCommand?
  let ranks: Communicator
  /// The job with what was changed while it runs.
  let changedJob: Mutex<Job>
  let state = Mutex(State())

  /// Seconds between two savings of what a search has found; each iteration is saved besides.
  public static let usualInterval = 60.0

  struct State {
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
}
