import Dispatch
import Glibc
import Ground
import Jobs
import Runs
import Surface
import Synchronization
import Terminal

/// The refinements that were started in the screens; they run on threads of this process and tell
/// what they do through their run folders.
final class EngineRoom: Sendable {
  private struct State {
    var running: [RunSession] = []
    var lastOutcome: RunStatus?
    var endingReason: StopReason?
    var isListening = false
    /// The screens are gone, and what was followed after them has ended.
    var isOver = false
    var ended: @Sendable () -> Void = {}
  }
  private let state = Mutex(State())
  /// Where new runs go.
  private let folder: String
  private let endCommand: EndCommand?

  init(folder: String, endCommand: EndCommand?) {
    self.folder = folder
    self.endCommand = endCommand
  }

  /// Refinements that run in this process.
  var runningSessions: Int { state.withLock { $0.running.count } }
  /// How the last one ended; nil before.
  var lastOutcome: RunStatus? { state.withLock { $0.lastOutcome } }

  /// Looks at the files of a job.
  func check(_ job: Job) -> CheckReport {
    do {
      let prepared = try prepare(job)
      let estimate = prepared.estimate
      let lines =
        prepared.notes + [
          "Run folder: \(prepared.outputFolder)",
          "Time: \(Format.duration(estimate.seconds)) on "
            + "\(Format.counted(prepared.input.settings.threads, "thread")), "
            + "\(Format.bytes(estimate.memory)) of memory, "
            + "\(Format.bytes(estimate.disk)) on disk.",
        ]
      return CheckReport(job: job, findings: prepared.warnings, lines: lines)
    } catch { return CheckReport(job: job, findings: error.findings, lines: []) }
  }

  private func prepare(_ job: Job) throws(JobProblems) -> PreparedInput {
    let output =
      job[Parameter.output.folder].map { job.resolved($0) }
      ?? RunCatalogue.freeFolder(named: job.name, in: folder)
    return try PreparedInput(job: job, outputFolder: FilePath.absolute(output))
  }

  /// Starts a refinement and returns its run folder.
  func start(_ job: Job, parent: RunManifest.Parent?) throws -> String {
    let prepared: PreparedInput
    do { prepared = try prepare(job) } catch { throw error.problems }
    return launch(try RunSession(prepared, parent: parent, endCommand: endCommand))
  }

  /// Hands a refinement to a scheduler and returns its run folder.
  func submit(_ job: Job, parent: RunManifest.Parent?, to lane: Lane) throws -> String {
    let prepared: PreparedInput
    do { prepared = try prepare(job) } catch { throw error.problems }
    return try RunQueue.submit(prepared, parent: parent, to: lane).path
  }

  /// Lets a refinement wait for cores and memory, which its queue's worker looks after; returns its run
  /// folder, and what is to be said.
  func enqueue(_ job: Job, parent: RunManifest.Parent?) throws -> (folder: String, text: String) {
    let prepared: PreparedInput
    do { prepared = try prepare(job) } catch { throw error.problems }
    let queue = LocalQueue(in: folder)
    let room = queue.room(QueueDesk.machineRoom)
    let run = try queue.add(prepared, parent: parent, room: room)
    guard !queue.isStopped else {
      return (run.path, "\(run.name) waits; the queue is stopped, P starts it")
    }
    try queue.startWorker()
    return (run.path, "\(run.name) waits for its turn; w watches all that go on")
  }

  /// Goes on with a run that was interrupted or stopped.
  func resume(_ folder: String) throws {
    _ = launch(try RunSession(resuming: folder, endCommand: endCommand))
  }

  private func launch(_ session: RunSession) -> String {
    OutputQueue.shared.stopWaiting()
    let isFirst = state.withLock { state in
      state.running.append(session)
      defer { state.isListening = true }
      return !state.isListening
    }
    if isFirst { listen() }
    DispatchQueue(label: "fulcrum.refinement").async { [self] in
      let outcome = session.run { _ in }
      state.withLock { state in
        state.running.removeAll { $0 === session }
        state.lastOutcome = outcome.status
      }
      ended()
    }
    return session.folder.path
  }

  /// Called, on any thread, when a refinement has ended.
  private var ended: @Sendable () -> Void { state.withLock(\.ended) }

  /// Sets what is called, on any thread, when a refinement has ended.
  func whenOneEnds(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.ended = body } }

  /// Why the program ends with its refinements, a signal or their time limit; nil for neither.
  var endingReason: StopReason? { state.withLock(\.endingReason) }

  /// From the first refinement on, signals stop what runs here, which then can be resumed; the program
  /// ends when all have come to a halt, after four seconds at the latest.
  private func listen() {
    StopSignals.listen { [self] signal, count in
      let reason = StopReason.signal(signal)
      if signal == SIGINT, count > 1 { TerminalScreen.leave(with: reason.exitStatus) }
      stopAll(reason)
    }
  }

  /// Stops what runs here, and with it the program.
  func stopAll(_ reason: StopReason) {
    let (sessions, outcome) = state.withLock { state in
      if !state.isOver { state.endingReason = reason }
      return (state.running, state.isOver ? state.lastOutcome : nil)
    }
    // Only what is said last is still to be written, and nobody reads it.
    if let outcome { TerminalScreen.leave(with: outcome == .finished ? 0 : 1) }
    for session in sessions {
      session.stop(reason, within: 3.5) { TerminalScreen.leave(with: reason.exitStatus) }
    }
    // A terminal that takes nothing holds the screens up, but not the program.
    DispatchQueue(label: "fulcrum.end").asyncAfter(deadline: .now() + 5) {
      TerminalScreen.leave(with: reason.exitStatus)
    }
    if sessions.isEmpty { ended() }
  }

  /// Stops what runs here after some seconds.
  func stopAll(after seconds: Double) {
    DispatchQueue(label: "fulcrum.time-limit").asyncAfter(deadline: .now() + seconds) { [self] in
      stopAll(.timeLimit)
    }
  }

  /// Waits until all refinements have ended, with their events as lines on standard output. Ctrl-C
  /// stops them.
  func followPlainly(isSilent: Bool) {
    let sessions = state.withLock { $0.running }
    if !isSilent {
      let folders = sessions.map(\.folder.path).joined(separator: ", ")
      Self.say("The refinement goes on in \(folders.plainLine); Ctrl-C stops it.")
    }
    // The screens had the signals until now. From here on the terminal may go away without harm.
    StopSignals.catchSignals()
    signal(SIGHUP, SIG_IGN)
    var next = sessions.map { _ in 0 }
    while true {
      let isOver = runningSessions == 0
      for (index, session) in sessions.enumerated() where !isSilent {
        let page = session.folder.events(from: next[index])
        // What the screens have shown already is not said again.
        if next[index] > 0 { for event in page.events { Self.say(event.text.plainLine) } }
        next[index] = page.next
      }
      if isOver { break }
      usleep(300_000)
    }
    state.withLock { $0.isOver = true }
  }

  /// Prints a line; never waits for whoever reads.
  private static func say(_ line: String) {
    OutputQueue.shared.writeProgress(Array((line + "\n").utf8), to: STDOUT_FILENO)
  }
}

extension RunSession.Outcome {
  /// The outcome as a status.
  var status: RunStatus {
    switch self {
    case .finished: .finished
    case .stopped: .stopped
    case .failed: .failed
    }
  }
}
