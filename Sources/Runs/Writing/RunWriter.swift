import CryoEM
import EMFiles
import Glibc
import Ground
import Jobs
import Refinement
import Synchronization

/// Writes a run folder while its refinement runs. Takes events from any thread.
///
/// Where the disk is full the engine waits inside `take` until there is room again, or until a stop is
/// asked for. Failures as network file systems have them for moments are waited for too, for
/// `patience`; what only tells of the progress, run.json and the events, waits for the next beat instead
/// and never ends the run. Any other failure to write is kept in `failure` for whoever runs the
/// refinement, which stops it.
public final class RunWriter: Sendable {
  public let folder: RunFolder
  let lock: RunLock
  let log: EventLog
  let state: Mutex<State>
  private let began = MonotonicClock.now
  /// Seconds for which data is written again and again where the file system fails.
  let patience: Double

  struct State {
    var manifest: RunManifest
    var meter = ProgressMeter()
    var failure: Problem?
    var keptMaps: [Int] = []
    /// What the iterations of this process took and reached, from the input as it came.
    var iterations: [RemainingTime.Iteration] = []
    /// How many times longer the preparation took than was expected.
    var slowness = 1.0
    /// What hinders the writing of data, and of run.json.
    var notice: String?
    var beatNotice: String?
    /// Iterations that were written and are not there any more, as far as it was said.
    var lost = Set<Int>()
    var isLost = false
    var isStopRequested: @Sendable () -> Bool = { false }
    var tell: @Sendable (String) -> Void = { _ in }
  }

  /// Makes a new run folder with the job as run, every path absolute and every default written out;
  /// those that follow the data as comments.
  ///
  /// It comes into being whole: what is killed before leaves a hidden folder beside.
  ///
  /// Throws a `Problem` where the folder exists already or cannot be made.
  ///
  /// - Parameter patience: seconds for which data is written again where the file system fails.
  public init(
    creating path: String, job: Job, data: DataFacts? = nil, manifest: RunManifest,
    patience: Double = 120
  ) throws(Problem) {
    self.patience = patience
    let exists = Problem(
      "\(path) exists already", whatToDo: "Choose another folder with --output, or remove it.")
    guard access(path, F_OK) != 0 else { throw exists }
    let above = FilePath.folder(of: path)
    try makeFolder(above)
    let name = FilePath.name(of: path)
    RunFolder.removeUnborn(named: name, in: above)
    let new = RunFolder(above + "/.\(name).\(getpid()).part")
    try FilePlace(new.path, within: above).makeFolder()
    for inside in [new.controlPath, new.iterationsPath, new.checkpointPath] { try new.make(inside) }
    try new.write(job.asRun.toml(given: data), to: new.jobPath)
    try new.write(manifest, to: new.manifestPath)
    let folder = RunFolder(path)
    let beside = try RunLock(new)
    guard access(path, F_OK) != 0, rename(new.path, path) == 0 else {
      beside.release()
      _ = try new.remove()
      throw exists
    }
    try FilePlace(path).flushFolder()
    lock = RunLock(beside, movedTo: folder)
    log = try EventLog(folder)
    self.folder = folder
    state = Mutex(State(manifest: manifest))
    note(.started, "Started by \(manifest.place)")
  }

  /// Goes on with the folder of a run that this process holds.
  init(
    resuming folder: RunFolder, lock: RunLock, manifest: RunManifest, patience: Double = 120
  ) throws(Problem) {
    self.folder = folder
    self.patience = patience
    self.lock = lock
    log = try EventLog(folder)
    var first = State(manifest: manifest)
    first.keptMaps = folder.iterations().filter { !folder.maps(of: $0).isEmpty }
    state = Mutex(first)
    heartbeat()
  }

  /// The manifest as it stands.
  public var manifest: RunManifest { state.withLock(\.manifest) }

  /// The first failure to write, if there was one.
  public var failure: Problem? { state.withLock(\.failure) }

  /// Lets a wait for room end when a stop is asked for, and tells of it.
  func whileFull(
    stopWhen: @escaping @Sendable () -> Bool, tell: @escaping @Sendable (String) -> Void
  ) {
    state.withLock {
      $0.isStopRequested = stopWhen
      $0.tell = tell
    }
  }

  /// Takes an event of the engine.
  public func take(_ event: RefinementEvent) {
    let now = WallClock.now
    if case .iteration(let metrics) = event {
      attempt { () throws(Problem) in try write(metrics) }
    }
    if let line = RunEvent(event, at: now) { write(line) }
    state.withLock { state in
      state.meter.take(event, at: MonotonicClock.now)
      state.manifest.progress = state.meter.progress
      switch event {
      case .stage(let stage, let iteration):
        let isAfter = stage == .final || stage == .writing
        state.manifest.iteration = isAfter ? max(0, iteration - 1) : iteration
      case .iteration(let metrics):
        state.manifest.take(metrics)
        state.estimate(after: metrics, active: activeSeconds(state.manifest))
      case .final(let metrics):
        state.manifest.take(metrics)
        state.manifest.remaining = nil
      case .progress, .artifacts, .rests, .warning, .log: break
      }
    }
    switch event {
    case .progress, .artifacts: break
    case .stage, .iteration, .final, .rests, .warning, .log: heartbeat()
    }
  }

  /// Takes how the regions of a run stand, of which the one that is known least well speaks for all.
  ///
  /// - Parameter whole: an iteration of all of them that has ended; nil while it goes on.
  func take(_ regions: [RunManifest.Region], whole: IterationMetrics?) {
    state.withLock { state in
      state.manifest.regions = regions
      state.manifest.startResolution = regions.compactMap(\.startResolution).max()
      let known = regions.compactMap(\.resolution)
      if regions.allSatisfy({ $0.iteration > 0 }) { state.manifest.resolution = known.max() }
      guard let whole else { return }
      state.manifest.iteration = whole.poseIteration
      state.manifest.particles = whole.particles
      state.estimate(after: whole, active: activeSeconds(state.manifest))
    }
    heartbeat()
  }

  /// Seconds that the run has taken, pauses left out.
  private func activeSeconds(_ manifest: RunManifest) -> Double {
    var now = manifest
    now.seconds = MonotonicClock.now - began + (manifest.secondsBefore ?? 0)
    now.heartbeat = WallClock.now
    return now.activeSeconds(at: now.heartbeat)
  }

  /// Adds a line to the events. Never waits: without room the line goes out later.
  public func note(_ kind: RunEvent.Kind, _ text: String, iteration: Int? = nil) {
    guard !isLost else { return }
    do throws(Problem) { try log.append(RunEvent(kind, text, iteration: iteration)) } catch {
      keep(error)
    }
  }

  /// Adds a line; waits for room.
  private func write(_ line: RunEvent) {
    guard !isLost else { return }
    do throws(Problem) { try log.append(line) } catch {
      guard !error.isPassing else { return }
      attempt { () throws(Problem) in try log.flush() }
    }
  }

  /// Writes run.json with the time, the memory and the progress of now. To be called every second or
  /// two, so that others see that the process lives.
  public func heartbeat() {
    guard !isLost else { return }
    guard lock.beat(notice: state.withLock { $0.notice ?? $0.beatNotice }) else {
      state.withLock { state in
        state.isLost = true
        state.failure = Problem(
          "\(folder.path) was taken over by another process",
          whatToDo: "Follow it with: fulcrum watch \(folder.path)")
      }
      return
    }
    replaceManifest { _ in }
  }

  /// Whether another process holds the folder now.
  var isLost: Bool { state.withLock(\.isLost) }

  /// Says that the run pauses or goes on.
  public func setPaused(_ isPaused: Bool) {
    state.withLock { $0.meter.setPaused(isPaused, at: MonotonicClock.now) }
    replaceManifest { manifest in
      manifest.status = isPaused ? .paused : .running
      let now = WallClock.now
      if let since = manifest.pausedSince {
        manifest.pausedSeconds = (manifest.pausedSeconds ?? 0) + max(0, now - since)
      }
      manifest.pausedSince = isPaused ? now : nil
    }
  }

  /// Says that the run may take another number of iterations than it was started with.
  public func setMaximumIterations(_ count: Int) {
    replaceManifest { $0.maximumIterations = count }
  }

  /// Ends the run: finished with the verdict, stopped, or failed with the reason.
  public func end(_ status: RunStatus, message: String) {
    guard !isLost else { return }
    nameLostIterations(upTo: manifest.iteration)
    note(status == .failed ? .error : .ended, message)
    if status == .finished {
      // It held for this run, which is over.
      folder.remove(.stopAfterIteration)
      removeOldMaps()
    }
    let change: (inout RunManifest) -> Void = {
      $0.status = status
      $0.message = message
      $0.ended = WallClock.now
      $0.progress = nil
    }
    replaceManifest(change)
    // A finished run waits for the room to say so; another ends without.
    if status == .finished {
      try? insist { () throws(Problem) in
        try log.flush()
        try folder.write(manifest, to: folder.manifestPath)
      }
    }
    lock.release()
  }

  private func replaceManifest(_ change: (inout RunManifest) -> Void) {
    // The lock is held while writing, so that an older manifest never replaces a newer one.
    state.withLock { state in
      change(&state.manifest)
      state.manifest.heartbeat = WallClock.now
      state.manifest.memory = ProcessFacts.residentMemory
      state.manifest.cpuSeconds =
        ProcessFacts.cpuSeconds + (state.manifest.cpuSecondsBefore ?? 0)
      state.manifest.seconds =
        MonotonicClock.now - began + (state.manifest.secondsBefore ?? 0)
      do throws(Problem) {
        try folder.write(state.manifest, to: folder.manifestPath)
        state.beatNotice = nil
      } catch {
        // The next beat tries again; the lock says what is the matter.
        if error.isFullDisk || error.isPassing {
          state.beatNotice = error.what
        } else if state.failure == nil {
          state.failure = error
        }
      }
    }
  }
}

extension RunWriter.State {
  /// Says what the run may still take when an iteration has ended.
  fileprivate mutating func estimate(after metrics: IterationMetrics, active: Double) {
    let iteration = RemainingTime.Iteration(metrics)
    if metrics.iteration == 0, let expected = manifest.expected, expected.preparation > 0 {
      slowness = max(0, active - iteration.seconds) / expected.preparation
    }
    iterations.append(iteration)
    manifest.remaining = RemainingTime(
      after: iterations, maximum: manifest.maximumIterations,
      extra: manifest.expected?.extraPasses ?? 0,
      final: manifest.expected.map { $0.final * slowness } ?? iteration.seconds, toldAt: active)
  }
}

extension RunManifest {
  fileprivate mutating func take(_ metrics: IterationMetrics) {
    iteration = metrics.poseIteration
    let now = metrics.fsc.resolution143
    if metrics.iteration == 0 { startResolution = now } else { resolution = now }
    particles = metrics.particles
  }
}
