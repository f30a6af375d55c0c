import Dispatch
import Glibc
import Ground
import Runs
import Synchronization

/// What asks a refinement without the screens to end: signals and the time limit, from the start of
/// the command on.
///
/// Before anything is written the program ends at once. While a run folder comes into being a request
/// waits: there is a whole folder or none. Later the refinement is asked to save.
final class StopRequests: Sendable {
  /// Takes a request, and how many came before it.
  typealias Handler = @Sendable (_ reason: StopReason, _ earlier: Int) -> Void

  private enum Phase {
    case looking
    case making
    case refining(Handler)
    /// The run is over; the program ends with this status as soon as what it says is written.
    case over(Int32)
  }

  private struct State {
    var phase = Phase.looking
    var waiting: [StopReason] = []
    var count = 0
  }

  /// Seconds that a folder may take to come into being once somebody wants to end.
  private static let patience = 3.5

  private let state = Mutex(State())
  /// What to say after the reason where nothing was written yet.
  private let early: String
  /// What ending before anything is written takes, the last thing that is done.
  private let leave: @Sendable () -> Void

  /// Listens from now on.
  ///
  /// - Parameters:
  ///   - timeLimit: counts from here.
  ///   - early: the rest of the last words where nothing was written yet.
  ///   - leave: what ending then takes besides.
  init(timeLimit: TimeLimit?, early: String, leave: @escaping @Sendable () -> Void = {}) {
    self.early = early
    self.leave = leave
    // Something is computed from here on: nothing waits for whoever reads.
    OutputQueue.shared.stopWaiting()
    // A terminal that goes away ends nothing.
    signal(SIGHUP, SIG_IGN)
    StopSignals.listen { [self] signal, _ in take(.signal(signal)) }
    guard let timeLimit else { return }
    let queue = DispatchQueue(label: "fulcrum.time-limit")
    queue.asyncAfter(deadline: .now() + timeLimit.seconds) { [self] in take(.timeLimit) }
  }

  /// From now on something is written.
  func beginMaking() { state.withLock { $0.phase = .making } }

  /// From now on `handler` takes the requests, and first those that have waited.
  func hand(to handler: @escaping Handler) {
    let waiting = state.withLock { state in
      defer { state.waiting = [] }
      state.phase = .refining(handler)
      return state.waiting
    }
    for (index, reason) in waiting.enumerated() { handler(reason, index) }
  }

  /// From now on a request ends the program at once: only what it says last is still to be written.
  func end(with status: Int32) { state.withLock { $0.phase = .over(status) } }

  private func take(_ reason: StopReason) {
    let next = state.withLock { state -> (handler: Handler, earlier: Int)? in
      defer { state.count += 1 }
      switch state.phase {
      case .looking:
        // Under the lock: nothing begins to be written meanwhile.
        printOut("\(reason.text) \(early)")
        OutputQueue.shared.drain(patience: 0.5)
        // Last, since what is taken meanwhile would stay.
        leave()
        _exit(reason.exitStatus)
      case .making:
        state.waiting.append(reason)
        if state.waiting.count == 1 { endIfStillMaking(reason) }
        return nil
      case .refining(let handler): return (handler, state.count)
      case .over(let status): _exit(status)
      }
    }
    next?.handler(reason, next?.earlier ?? 0)
  }

  /// A disk that does not answer does not hold the end up.
  private func endIfStillMaking(_ reason: StopReason) {
    DispatchQueue(label: "fulcrum.stop").asyncAfter(deadline: .now() + Self.patience) { [self] in
      state.withLock { state in
        guard case .making = state.phase else { return }
        printOut("\(reason.text); the run folder could not be written in time.")
        OutputQueue.shared.drain(patience: 0.5)
        _exit(reason.exitStatus)
      }
    }
  }
}
