import Dispatch
import Ground
import Synchronization

/// Where the thread that carries messages and those that write and await them meet.
final class Desk: Sendable {
  /// Where long messages are put that arrive.
  let memory: MessageMemory
  private let state = Mutex(State())
  private let arrived = DispatchSemaphore(value: 0)
  private let posted = DispatchSemaphore(value: 0)
  private let isOver = DispatchSemaphore(value: 0)
  private let reports = DispatchQueue(label: "fulcrum.reports")

  private struct State {
    var outbox: [(to: Int, envelope: Envelope)] = []
    var meetings: [Int: [Int: Attendance]] = [:]
    var takeReport: (@Sendable (Int, [UInt8]) -> Void)?
    var signals: @Sendable () -> RankSignals = { RankSignals() }
    var hear: @Sendable (Int, RankSignals) -> Void = { _, _ in }
    var failure: Problem?
    var ending: Ending?
  }

  init(memory: MessageMemory) { self.memory = memory }

  /// How the conversation ends.
  enum Ending { case whole, broken }

  // MARK: For those who write and await

  func post(_ envelope: Envelope, to rank: Int) {
    state.withLock { $0.outbox.append((rank, envelope)) }
    posted.signal()
  }

  /// What `count` others bring to a meeting, when all have come.
  ///
  /// - Throws: that one is gone.
  func attendance(of number: Int, count: Int) throws(RankEnd) -> [Int: Attendance] {
    while true {
      let (found, failure) = state.withLock { state -> ([Int: Attendance]?, Problem?) in
        if state.meetings[number, default: [:]].count == count {
          return (state.meetings.removeValue(forKey: number) ?? [:], nil)
        }
        return (nil, state.failure)
      }
      if let found { return found }
      if let failure { throw .failed(failure) }
      _ = arrived.wait(timeout: .now() + 0.2)
    }
  }

  func takeReports(_ body: @escaping @Sendable (Int, [UInt8]) -> Void) {
    state.withLock { $0.takeReport = body }
  }

  func endReports() {
    reports.sync {}
    state.withLock { $0.takeReport = nil }
  }

  func tell(_ signals: @escaping @Sendable () -> RankSignals) {
    state.withLock { $0.signals = signals }
  }

  func listen(_ body: @escaping @Sendable (Int, RankSignals) -> Void) {
    state.withLock { $0.hear = body }
  }

  /// Waits until what was posted is gone and the transport is closed, or only for the former.
  func close(isWhole: Bool) {
    state.withLock { $0.ending = isWhole ? .whole : .broken }
    // A rank that is gone takes nothing, and is not waited for.
    if isWhole { isOver.wait() } else { _ = isOver.wait(timeout: .now() + 1) }
  }

  // MARK: For the thread that carries

  func takeOutbox() -> [(to: Int, envelope: Envelope)] {
    state.withLock { state in
      defer { state.outbox = [] }
      return state.outbox
    }
  }

  /// Returns when something was posted since the last time, or the time is over.
  func waitForPost(microseconds: Int) {
    _ = posted.wait(timeout: .now() + .microseconds(microseconds))
  }

  var ending: Ending? { state.withLock { $0.outbox.isEmpty ? $0.ending : nil } }
  var signals: RankSignals { state.withLock(\.signals)() }

  func attend(_ number: Int, rank: Int, _ attendance: Attendance) {
    state.withLock { $0.meetings[number, default: [:]][rank] = attendance }
    arrived.signal()
  }

  func report(_ bytes: [UInt8], from rank: Int) {
    // Whoever takes them may have to wait for a disk.
    reports.async { [self] in state.withLock(\.takeReport)?(rank, bytes) }
  }

  func hear(_ signals: RankSignals, from rank: Int) { state.withLock(\.hear)(rank, signals) }

  /// A rank is gone; everybody here is to stop. Returns whether that is new.
  @discardableResult
  func fail(_ problem: Problem, rank: Int) -> Bool {
    guard state.withLock({ $0.failure == nil }) else { return false }
    // Told before anybody can come back from a meeting with it.
    hear(RankSignals(isStopping: true), from: rank)
    state.withLock { $0.failure = problem }
    arrived.signal()
    return true
  }

  func over() { isOver.signal() }
}
