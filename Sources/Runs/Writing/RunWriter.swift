import CryoEM
import EMFiles
import Glibc
import Refinement
import Synchronization

/// Writes a run folder while its refinement runs. Takes events from any thread.
///
/// The engine must not fall over a full disk in the middle of its work: the first failure to write is
/// kept in `failure` for whoever runs the refinement, which stops it.
public final class RunWriter: Sendable {
  public let folder: RunFolder
  private let log: EventLog
  private let state: Mutex<State>

  private struct State {
    var manifest: RunManifest
    var meter = ProgressMeter()
    var written = 0.0
    var failure: Problem?
    var keptMaps: [Int] = []
  }

  /// Makes a new run folder with the job as run, every path absolute and every default written out.
  ///
  /// Throws a `Problem` where the folder exists already or cannot be made.
  public init(creating path: String, job: Job, manifest: RunManifest) throws(Problem) {
    let folder = RunFolder(path)
    guard access(path, F_OK) != 0 else {
      throw Problem(
        "\(path) exists already", whatToDo: "Choose another folder with --output, or remove it.")
    }
    for inside in [folder.path, folder.controlPath, folder.iterationsPath, folder.checkpointPath] {
      try makeFolder(inside)
    }
    try AtomicFile.write(job.asRun.toml(), to: folder.jobPath)
    try JSONFile.write(manifest, to: folder.manifestPath)
    log = try EventLog(path: folder.eventsPath)
    self.folder = folder
    state = Mutex(State(manifest: manifest))
    let of = "fulcrum \(manifest.version) on \(manifest.host)"
    note(.started, "Started by \(of), \(manifest.threads) threads")
  }

  /// The manifest as it stands.
  public var manifest: RunManifest { state.withLock(\.manifest) }

  /// The first failure to write, if there was one.
  public var failure: Problem? { state.withLock(\.failure) }

  /// Takes an event of the engine.
  public func take(_ event: RefinementEvent) {
    let now = WallClock.now
    attempt { () throws(Problem) in
      if case .iteration(let metrics) = event { try write(metrics) }
      if let line = RunEvent(event, at: now) { try log.append(line) }
    }
    state.withLock { state in
      state.meter.take(event, at: now)
      state.manifest.progress = state.meter.progress
      switch event {
      case .stage(_, let iteration): state.manifest.iteration = iteration
      case .iteration(let metrics): state.manifest.take(metrics)
      case .progress, .artifacts, .warning, .log: break
      }
    }
    switch event {
    case .progress, .artifacts: break
    case .stage, .iteration, .warning, .log: heartbeat()
    }
  }

  /// Adds a line to the events.
  public func note(_ kind: RunEvent.Kind, _ text: String) {
    attempt { () throws(Problem) in try log.append(RunEvent(kind, text)) }
  }

  /// Writes run.json with the time, the memory and the progress of now. To be called every second or
  /// two, so that others see that the process lives.
  public func heartbeat() {
    replaceManifest { _ in }
  }

  /// Says that the run pauses or goes on.
  public func setPaused(_ isPaused: Bool) {
    note(.control, isPaused ? "Paused" : "Resumed")
    replaceManifest { $0.status = isPaused ? .paused : .running }
  }

  /// Ends the run: finished with the verdict, stopped, or failed with the reason.
  public func end(_ status: RunStatus, message: String) {
    note(status == .failed ? .error : .ended, message)
    replaceManifest {
      $0.status = status
      $0.message = message
      $0.ended = WallClock.now
      $0.progress = nil
    }
  }

  /// Writes the half-maps of an iteration and removes those of iterations that are no longer kept.
  ///
  /// - Parameter origin: position of the maps' first voxel in the frame of the input map, Å.
  public func writeHalfMaps(
    a: Volume, b: Volume, origin: Vector3 = .zero, iteration: Int, keep: Int
  ) {
    guard keep > 0 else { return }
    let path = folder.iterationPath(iteration)
    attempt { () throws(Problem) in
      try makeFolder(path)
      try a.write(to: path + "/half_map_a.mrc", origin: origin)
      try b.write(to: path + "/half_map_b.mrc", origin: origin)
    }
    let old = state.withLock { state in
      state.keptMaps.append(iteration)
      let old = Array(state.keptMaps.dropLast(keep))
      state.keptMaps = Array(state.keptMaps.suffix(keep))
      return old
    }
    for iteration in old {
      for map in folder.maps(of: iteration) { unlink(map) }
    }
  }

  /// Writes a file of an iteration with whatever knows its format; `write` gets the path.
  public func writeIterationFile(
    _ name: String, iteration: Int, _ write: (String) throws(Problem) -> Void
  ) {
    let path = folder.iterationPath(iteration)
    attempt { () throws(Problem) in
      try makeFolder(path)
      try write(path + "/" + name)
    }
  }

  private func write(_ metrics: IterationMetrics) throws(Problem) {
    let path = folder.iterationPath(metrics.iteration)
    try makeFolder(path)
    try JSONFile.write(metrics, to: path + "/metrics.json")
  }

  private func replaceManifest(_ change: (inout RunManifest) -> Void) {
    // The lock is held while writing, so that an older manifest never replaces a newer one.
    state.withLock { state in
      change(&state.manifest)
      state.manifest.heartbeat = WallClock.now
      state.manifest.memory = ProcessFacts.residentMemory
      state.manifest.cpuSeconds = ProcessFacts.cpuSeconds
      do throws(Problem) {
        try JSONFile.write(state.manifest, to: folder.manifestPath)
      } catch { if state.failure == nil { state.failure = error } }
    }
  }

  private func attempt(_ write: () throws(Problem) -> Void) {
    do throws(Problem) { try write() } catch {
      state.withLock { if $0.failure == nil { $0.failure = error } }
    }
  }
}

extension RunManifest {
  fileprivate mutating func take(_ metrics: IterationMetrics) {
    iteration = metrics.iteration
    let now = metrics.fsc.resolution143
    if metrics.iteration == 0 { startResolution = now } else { resolution = now }
    particles = metrics.particles
    boxSize = metrics.boxSize
    pixelSize = metrics.pixelSize
  }
}

extension Volume {
  /// Writes the map as a 32-bit MRC file.
  func write(to path: String, origin: Vector3 = .zero) throws(Problem) {
    try MRCVolume.write(
      voxels, size: SIMD3(size, size, size), voxelSize: pixelSize, origin: SIMD3<Float>(origin),
      to: path)
  }
}
