import Dispatch
import Glibc
import Ground
import Synchronization

/// The process that starts the runs of a queue when there is room for them, each in a process of its own,
/// as `fulcrum resume` does it. What kills it leaves those that go on; the next worker finds them by their
/// folders, and goes on with those that died with it.
public final class QueueWorker: Sendable {
  /// What happens, for whoever keeps a record.
  public enum Event: Sendable {
    case began(RunFolder)
    case ended(RunFolder, RunStatus)
    case takenOver(Int32)
  }

  private struct State {
    /// Runs that this process has started and that have not ended, by their folders.
    var started: [String: RunManifest.Turn] = [:]
    var isStopped = false
  }

  private let queue: LocalQueue
  private let room: QueueRoom
  private let observe: @Sendable (Event) -> Void
  private let state = Mutex(State())
  /// What starts a run: words before its folder, and after the number of threads.
  private let program: String

  public init(
    _ queue: LocalQueue, room: QueueRoom, program: String = ProcessFacts.program,
    observe: @escaping @Sendable (Event) -> Void = { _ in }
  ) {
    (self.queue, self.room, self.program, self.observe) = (queue, room, program, observe)
  }

  /// Works until nothing waits and all that it has started has ended, or the queue is stopped; then
  /// what goes on is left alone.
  ///
  /// - Throws: `Problem` where another works already.
  public func run() throws(Problem) {
    try queue.make()
    if case .dead(let holder) = queue.worker() { observe(.takenOver(holder.processID)) }
    try work()
    // Whoever has added a run just before the end has seen a worker, and has started none.
    while !isStopped, queue.lacksWorker { try work() }
  }

  private func work() throws(Problem) {
    let lock = try RunLock(queue.place)
    defer { lock.release() }
    queue.takeBackInterrupted()
    var lastBeat = -1e9
    var known = KnownManifests()
    while !isStopped {
      if MonotonicClock.now - lastBeat > 1 {
        // Whoever has taken the queue over goes on with it.
        guard lock.beat(notice: nil) else { return }
        lastBeat = MonotonicClock.now
      }
      let members = LocalQueue.members(known.manifests(in: queue.runs))
      if !startNext(of: members), isIdle(members) { return }
      usleep(200_000)
    }
  }

  /// Begins no more, and ends; what goes on is left alone.
  public func stop() { state.withLock { $0.isStopped = true } }

  private var isStopped: Bool { state.withLock(\.isStopped) || queue.isStopped }

  /// Whether there is nothing to start and nothing to wait for.
  private func isIdle(_ members: [LocalQueue.Member]) -> Bool {
    state.withLock(\.started.isEmpty) && !members.contains { $0.place != nil }
  }

  /// Starts the run that may begin next, where one may. Returns whether it did.
  private func startNext(of members: [LocalQueue.Member]) -> Bool {
    let started = state.withLock(\.started)
    // One that was started and has not taken its folder yet still looks as if it waited.
    // What goes on elsewhere, in a folder that machines share, takes nothing of this one.
    let others = members.filter {
      $0.status.isLive && started[$0.folder.path] == nil && $0.manifest.host == Machine.host
    }.map(\.turn)
    let room = queue.room(room)
    var waiting = members.filter { $0.place != nil && started[$0.folder.path] == nil }
    for index in waiting.indices { waiting[index].turn = room.share(of: waiting[index].turn) }
    guard let place = room.next(of: waiting.map(\.turn), beside: Array(started.values) + others)
    else { return false }
    let next = waiting[place]
    state.withLock { $0.started[next.folder.path] = next.turn }
    observe(.began(next.folder))
    DispatchQueue.global().async { [self] in
      refine(next)
      _ = state.withLock { $0.started.removeValue(forKey: next.folder.path) }
    }
    return true
  }

  private func refine(_ member: LocalQueue.Member) {
    let folder = member.folder
    do throws(ChildProcess.StartFailure) {
      let child = try ChildProcess(
        [program, "resume", "--threads", "\(member.turn.threads)", folder.path],
        output: .file(folder.batchLogPath), ownGroup: true)
      child.wait()
    } catch {}
    guard let manifest = try? folder.manifest() else { return }
    let status = folder.status(of: manifest)
    // Of a queue that is stopped now, somebody has put it back meanwhile.
    if status == .queued, !isStopped {
      // It could not even begin: by itself it would try for ever.
      let reason = SweepRunner.complaint(of: folder) ?? "it could not be started"
      try? RunQueue.stop(folder, as: .failed, message: reason)
    }
    observe(.ended(folder, status == .queued && !isStopped ? .failed : status))
  }
}

/// The manifests of a folder's runs, of which only those are read again that have changed.
private struct KnownManifests {
  private var known: [RunFolder: (place: RunCatalogue.Place, manifest: RunManifest)] = [:]

  mutating func manifests(in runs: String) -> [(folder: RunFolder, manifest: RunManifest)] {
    var found: [RunFolder: (place: RunCatalogue.Place, manifest: RunManifest)] = [:]
    for place in RunCatalogue.places(in: runs) {
      if let before = known[place.folder], before.place == place {
        found[place.folder] = before
      } else if let manifest = try? place.folder.manifest() {
        found[place.folder] = (place, manifest)
      }
    }
    known = found
    return found.values.map { ($0.place.folder, $0.manifest) }
  }
}
