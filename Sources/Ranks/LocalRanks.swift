import Synchronization

/// Ranks that are threads of one process.
public final class LocalRanks: Sendable {
  /// How many there are.
  public let count: Int
  private let inboxes: Mutex<[Inbox]>

  /// The messages to a rank that it has not received.
  private struct Inbox {
    var messages: [(from: Int, envelope: Envelope)?] = []
    var next = 0
  }

  public init(count: Int) {
    self.count = count
    inboxes = Mutex(Array(repeating: Inbox(), count: count))
  }

  /// The end of a rank.
  public func transport(of rank: Int) -> any Transport { End(rank: rank, ranks: self) }

  private func add(_ envelope: Envelope, from sender: Int, to receiver: Int) {
    inboxes.withLock { $0[receiver].messages.append((sender, envelope)) }
  }

  private func next(of receiver: Int) -> (from: Int, envelope: Envelope)? {
    inboxes.withLock { inboxes in
      let next = inboxes[receiver].next
      guard next < inboxes[receiver].messages.count else { return nil }
      let found = inboxes[receiver].messages[next]
      inboxes[receiver].messages[next] = nil
      inboxes[receiver].next = next + 1
      if next + 1 == inboxes[receiver].messages.count { inboxes[receiver] = Inbox() }
      return found
    }
  }

  private struct End: Transport {
    let rank: Int
    let ranks: LocalRanks
    var count: Int { ranks.count }
    var title: String { "threads of one process" }

    func send(_ envelope: Envelope, to rank: Int) { ranks.add(envelope, from: self.rank, to: rank) }
    func receive(into memory: MessageMemory) -> Arrival? {
      ranks.next(of: rank).map { .whole(from: $0.from, $0.envelope) }
    }
    var isIdle: Bool { true }
    func close() {}
  }
}
