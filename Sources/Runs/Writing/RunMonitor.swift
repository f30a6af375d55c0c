import Dispatch
import Synchronization

/// The pulse of a run: refreshes run.json and looks for requests in control/, once a second, while
/// the engine computes on other threads.
public final class RunMonitor: Sendable {
  private let writer: RunWriter
  private let interval: Double
  private let handle: @Sendable (ControlRequest) -> Void
  private let queue = DispatchQueue(label: "fulcrum.run-monitor")
  private let state = Mutex((isStopped: false, isPaused: false))

  /// Begins; `handle` is called on a thread of its own for each request, pause and resume included.
  public init(
    of writer: RunWriter, interval: Double = 1,
    handle: @escaping @Sendable (ControlRequest) -> Void
  ) {
    self.writer = writer
    self.interval = interval
    self.handle = handle
    beat(after: interval)
  }

  /// Ends the pulse. No beat is under way when it returns, so that nothing writes after the run's end.
  public func stop() {
    queue.sync { state.withLock { $0.isStopped = true } }
  }

  private func beat(after seconds: Double) {
    queue.asyncAfter(deadline: .now() + seconds) { [weak self] in
      guard let self, !state.withLock(\.isStopped) else { return }
      look()
      beat(after: interval)
    }
  }

  private func look() {
    for request in writer.folder.takeRequests() { handle(request) }
    let pause = writer.folder.isPauseRequested
    let hasChanged = state.withLock { state in
      defer { state.isPaused = pause }
      return state.isPaused != pause
    }
    if hasChanged {
      writer.setPaused(pause)
      handle(pause ? .pause : .resume)
    }
    writer.heartbeat()
  }
}
