import Dispatch
import Glibc
import Ground
import Synchronization

/// Refines the runs of a sweep, a few at a time, each in a process of its own, as `fulcrum resume` does it:
/// what kills one leaves the others, and a run whose process outlives this one is waited for.
public final class SweepRunner: Sendable {
  /// What happens to a run.
  public enum Event: Sendable {
    case began(RunFolder)
    /// It goes on in another process, and is waited for.
    case waits(RunFolder)
    case ended(RunFolder)
    /// The choice of those that go on in a search may be chance; why.
    case doubt(String)
  }

  private struct State {
    var next = 0
    var children: [pid_t: ChildProcess] = [:]
    var reason: StopReason?
  }

  private let folders: [RunFolder]
  private let jobs: Int
  private let threads: Int
  private let observe: @Sendable (Event) -> Void
  private let state = Mutex(State())
  /// How the runs stood when this began.
  private let statuses: [RunStatus?]

  /// - Parameters:
  ///   - jobs: how many refine at a time, each with so many threads.
  ///   - observe: gets what happens, from any thread.
  public init(
    _ folders: [RunFolder], jobs: Int, threads: Int, observe: @escaping @Sendable (Event) -> Void
  ) {
    statuses = folders.map { (try? $0.manifest())?.status }
    (self.folders, self.jobs, self.threads, self.observe) = (folders, jobs, threads, observe)
  }

  /// Refines until all have ended, or a stop was asked for; returns why it was stopped.
  public func run() -> StopReason? {
    let group = DispatchGroup()
    for _ in 0..<min(jobs, folders.count) {
      DispatchQueue.global().async(group: group) { [self] in
        while let (folder, status) = next() { refine(folder, status) }
      }
    }
    group.wait()
    return state.withLock(\.reason)
  }

  /// Asks all that refine to save their state and end, and begins no more; the second time it ends them
  /// at once.
  public func stop(_ reason: StopReason) {
    let (children, isFirst) = state.withLock { state in
      defer { state.reason = state.reason ?? reason }
      return (Array(state.children.values), state.reason == nil)
    }
    for child in children { child.signalGroup(isFirst ? SIGTERM : SIGKILL) }
  }

  private var isStopping: Bool { state.withLock { $0.reason != nil } }

  private func next() -> (RunFolder, RunStatus?)? {
    state.withLock { state in
      guard state.reason == nil, state.next < folders.count else { return nil }
      defer { state.next += 1 }
      return (folders[state.next], statuses[state.next])
    }
  }

  private func refine(_ folder: RunFolder, _ before: RunStatus?) {
    waitWhileItGoesOn(folder)
    guard !isStopping, let manifest = try? folder.manifest(), manifest.status != .finished else {
      return
    }
    // Somebody has taken it out meanwhile.
    if manifest.status == .stopped, before != .stopped { return }
    observe(.began(folder))
    do throws(ChildProcess.StartFailure) {
      let child = try ChildProcess(
        [ProcessFacts.program, "resume", "--threads", "\(threads)", folder.path],
        output: .file(folder.batchLogPath), ownGroup: true)
      let isLate = state.withLock { state in
        state.children[child.processID] = child
        return state.reason != nil
      }
      if isLate { child.signalGroup(SIGTERM) }
      child.wait()
      state.withLock { $0.children[child.processID] = nil }
    } catch {}
    // Another may have taken it up first.
    waitWhileItGoesOn(folder)
    observe(.ended(folder))
  }

  /// Waits for a run that another process refines.
  private func waitWhileItGoesOn(_ folder: RunFolder) {
    var isTold = false
    while !isStopping, let manifest = try? folder.manifest(), folder.status(of: manifest).isLive {
      if !isTold { observe(.waits(folder)) }
      isTold = true
      usleep(250_000)
    }
  }

  /// What the process of a run has said last of why it could not go on; nil for nothing.
  public static func complaint(of folder: RunFolder) -> String? {
    guard let file = try? folder.input(folder.batchLogPath), file.size < 1 << 20,
      let bytes = try? file.bytes(at: 0, count: file.size)
    else { return nil }
    let prefix = "error: "
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .last { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}
