import Dispatch
import Synchronization

/// The pulse of a run: refreshes run.json and looks for requests in control/, once a second, while
/// the engine computes on other threads. Every request is acknowledged in the events.
public final class RunMonitor: Sendable {
  private let writer: RunWriter
  private let interval: Double
  private let handle: @Sendable (ControlRequest) -> [RunEvent]
  private let queue = DispatchQueue(label: "fulcrum.run-monitor")
  private let state = Mutex(State())

  private struct State {
    var isStopped = false
    var isPaused = false
    var isLastIteration = false
    var strays = Set<String>()
  }

  /// Begins, with a first look before it returns: what was asked of a run before it was interrupted
  /// still holds.
  ///
  /// - Parameter handle: called for each request, pause and resume included, on a thread of its own
  ///   after the first look; returns what became of it, for the events.
  public init(
    of writer: RunWriter, interval: Double = 1,
    handle: @escaping @Sendable (ControlRequest) -> [RunEvent]
  ) {
    self.writer = writer
    self.interval = interval
    self.handle = handle
    dropOldStop()
    look()
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

  /// A stop that was asked of a process before this one.
  private func dropOldStop() {
    let folder = writer.folder
    for request in folder.waitingRequests() where request.kind == .stop {
      folder.remove(.stop)
      writer.note(.control, "A stop from before the start is left aside (\(request.origin))")
    }
  }

  private func look() {
    let folder = writer.folder
    let requests = folder.waitingRequests()
    for request in requests {
      switch request.kind {
      case .pause: break
      case .stop:
        acknowledge(request)
        folder.remove(request.kind)
      case .parameters:
        acknowledge(request)
        folder.remove(request.kind)
      case .stopAfterIteration:
        let isNew = state.withLock { state in
          defer { state.isLastIteration = true }
          return !state.isLastIteration
        }
        if isNew { acknowledge(request) }
      }
    }
    followPause(requests.first { $0.kind == .pause })
    nameStrays()
    writer.heartbeat()
  }

  private func acknowledge(_ request: ReceivedRequest) {
    switch request.content {
    case .success(let content):
      let answers = handle(content)
      writer.note(.control, "\(content.title) (\(request.origin))")
      for answer in answers { writer.note(answer.kind, answer.text) }
    case .failure(let problems):
      let reasons = problems.all.map(\.what).joined(separator: "; ")
      writer.note(
        .warning,
        "The request \(request.kind.fileName) (\(request.origin)) cannot be followed: \(reasons)")
    }
  }

  private func followPause(_ request: ReceivedRequest?) {
    let pause = request != nil
    let hasChanged = state.withLock { state in
      defer { state.isPaused = pause }
      return state.isPaused != pause
    }
    guard hasChanged else { return }
    writer.setPaused(pause)
    _ = handle(pause ? .pause : .resume)
    writer.note(.control, pause ? "Paused (\(request?.origin ?? ""))" : "Goes on")
  }

  /// Misspelt requests that are named; others may leave any number.
  private static let strayLimit = 20

  /// A request that is misspelt is not followed, and said to be so, once.
  private func nameStrays() {
    for name in writer.folder.strayRequests()
    where state.withLock({
      $0.strays.count < Self.strayLimit && $0.strays.insert(name).inserted
    }) {
      let known = ControlRequest.Kind.allCases.map(\.fileName).joined(separator: ", ")
      writer.note(
        .warning, "control/\(name.printable): there is no such request; known are \(known)")
    }
  }
}

extension ControlRequest {
  /// The request as the events have it.
  var title: String {
    switch self {
    case .pause: "Pause"
    case .resume: "Go on"
    case .stop: "Stop"
    case .stopAfterIteration: "Stop after this iteration"
    case .parameters: "New parameters"
    }
  }
}

extension String {
  /// The text without control characters.
  var printable: String {
    String(
      String.UnicodeScalarView(unicodeScalars.map { $0.value < 32 || $0.value == 127 ? "?" : $0 }))
  }
}
