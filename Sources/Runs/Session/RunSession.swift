import CryoEM
import EMFiles
import Refinement
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

  /// How a session ended.
  public enum Outcome: Sendable {
    case finished(RunSummary)
    /// Stopped by the user before a result.
    case stopped
    case failed(Problem)
  }

  /// Makes the run folder, with what the preflight noted in its events.
  ///
  /// Throws a `Problem` where the folder exists or cannot be made.
  public init(_ prepared: PreparedInput, parent: RunManifest.Parent? = nil) throws(Problem) {
    self.prepared = prepared
    let settings = prepared.input.settings
    let path = prepared.outputFolder
    let manifest = RunManifest(
      name: FilePath.name(of: path), particles: prepared.input.particles.count,
      boxSize: prepared.input.map.size, pixelSize: prepared.input.map.pixelSize,
      threads: settings.threads, maximumIterations: settings.maximumIterations, parent: parent)
    writer = try RunWriter(creating: path, job: prepared.job, manifest: manifest)
    folder = writer.folder
    for warning in prepared.warnings { writer.note(.warning, warning.what) }
    for note in prepared.notes { writer.note(.log, note) }
  }

  /// Refines, on this thread and the engine's, until the end; `observe` sees every event.
  public func run(observe: @escaping @Sendable (RefinementEvent) -> Void) -> Outcome {
    let monitor = RunMonitor(of: writer) { [self] request in
      switch request {
      case .pause: control.pause()
      case .resume: control.resume()
      case .stop: control.requestStop()
      case .stopAfterIteration: control.requestStopAfterIteration()
      case .parameters(let changes):
        for event in change(changes) {
          writer.take(event)
          observe(event)
        }
      }
    }
    let outcome = refineAndWrite(observe: observe)
    monitor.stop()
    switch outcome {
    case .finished(let summary): writer.end(.finished, message: summary.verdict)
    case .stopped: writer.end(.stopped, message: "Stopped by the user")
    case .failed(let problem): writer.end(.failed, message: problem.what)
    }
    return outcome
  }

  /// The job with what was changed while it runs.
  private let changedJob = Mutex<Job?>(nil)

  /// Hands new parameters to the refinement for its next iteration; tells what became of each.
  private func change(_ changes: Job) -> [RefinementEvent] {
    var events: [RefinementEvent] = []
    var job = changedJob.withLock { $0 } ?? prepared.job
    for (key, value) in changes.values.sorted(by: { $0.key < $1.key }) {
      if RefinementSettings.keysOfRunningChange.contains(key) {
        try? job.set(key, to: value.text)
        events.append(.log("\(key) = \(value.text) from the next iteration on"))
      } else {
        events.append(.warning("\(key) cannot change while a refinement runs; it stays as it was"))
      }
    }
    do {
      let settings = try job.validated().settings
      control.changeSettings { $0.takingOver(settings) }
      changedJob.withLock { [job] in $0 = job }
      return events
    } catch { return error.all.map { .warning($0.what + ": the parameters stay as they were") } }
  }

  private func refineAndWrite(
    observe: @escaping @Sendable (RefinementEvent) -> Void
  ) -> Outcome {
    do {
      let result = try refine(prepared.input, control: control) { [self] event in
        if case .artifacts(let artifacts) = event { keep(artifacts) }
        writer.take(event)
        observe(event)
        // A run that cannot be written down is not worth going on with.
        if writer.failure != nil { control.requestStop() }
      }
      if let failure = writer.failure { return .failed(failure) }
      let summary = RunSummary(
        of: result, input: prepared.input, manifest: writer.manifest)
      try writer.writeFinal(result, summary: summary, prepared: prepared)
      return .finished(summary)
    } catch {
      if let failure = writer.failure { return .failed(failure) }
      switch error {
      case is RefinementStopped: return .stopped
      case let problem as Problem: return .failed(problem)
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

  /// Writes the poses of an iteration, and its half-maps while they are kept.
  private func keep(_ artifacts: IterationArtifacts) {
    if artifacts.iteration > 0 {
      let file = prepared.particleFile
      writer.writeIterationFile(
        "poses." + file.format.rawValue, iteration: artifacts.iteration
      ) { path throws(Problem) in
        try file.write(poses: artifacts.poses, halfSets: prepared.newHalfSets, to: path)
      }
    }
    let (map, part) = (prepared.input.map, artifacts.halfMapA)
    let corner =
      artifacts.centre + Double(map.size / 2) * map.pixelSize - Double(part.size / 2)
      * part.pixelSize
    writer.writeHalfMaps(
      a: artifacts.halfMapA, b: artifacts.halfMapB, origin: corner,
      iteration: artifacts.iteration, keep: prepared.keepIterations)
  }
}
