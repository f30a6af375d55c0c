import Synchronization

/// Ranks that are threads of one process.
public final class LocalRanks: Sendable {
  /// How many there are.
  public let count: Int
  private let inboxes: Mutex<[Inbox]>

  /// The messages to a rank that it has not received.
  private struct Inbox {
    var messages: [(from: Int, message: [UInt8])] = []
    var next = 0
  }

  public init(count: Int) {
    self.count = count
    inboxes = Mutex(Array(repeating: Inbox(), count: count))
  }

  /// The end of a rank.
  public func transport(of rank: Int) -> any Transport { End(rank: rank, ranks: self) }

  private func add(_ message: [UInt8], from sender: Int, to receiver: Int) {
    inboxes.withLock { $0[receiver].messages.append((sender, message)) }
  }

  private func next(of receiver: Int) -> (from: Int, message: [UInt8])? {
    inboxes.withLock { inboxes in
      let next = inboxes[receiver].next
      guard next < inboxes[receiver].messages.count else { return nil }
      let found = inboxes[receiver].messages[next]
      inboxes[receiver].messages[next].message = []
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

    func send(_ message: [UInt8], to rank: Int) { ranks.add(message, from: self.rank, to: rank) }
    func receive() -> (from: Int, message: [UInt8])? { ranks.next(of: rank) }
    var isIdle: Bool { true }
    func close() {}
  }
}
