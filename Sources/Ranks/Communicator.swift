import Dispatch
import Ground
import Synchronization

/// One rank's end of the conversation of all ranks.
///
/// All meet in exchanges, which each rank calls in the same order, on one thread. Between them rank 0
/// and every other tell each other twice a second that they live, and what they are asked for; whoever
/// is not heard of for eight seconds is gone, and the next exchange fails. A thread of its own carries
/// all that, so that MPI is called from one thread and is never waited for.
public final class Communicator: Sendable {
  /// This rank, from 0, and how many there are.
  public let rank: Int
  public let count: Int
  /// What carries the messages, in words.
  public let title: String
  /// The memory of long messages, those that arrive and those that are made with it.
  public let memory = MessageMemory()
  /// Nil for one rank alone.
  private let desk: Desk?
  private let meeting = Mutex(0)

  /// Seconds without a word after which a rank is gone.
  public static let patience = 8.0

  /// A rank without others.
  public static let alone = Communicator()

  private init() {
    (rank, count, title, desk) = (0, 1, "alone", nil)
  }

  /// Opens a transport on the thread that will use it.
  ///
  /// - Parameter patience: seconds without a word after which a rank is gone.
  /// - Throws: what opening it throws.
  public init(
    patience: Double = Communicator.patience,
    opening open: @escaping @Sendable () throws(Problem) -> any Transport
  ) throws(Problem) {
    let desk = Desk(memory: memory)
    let opened = Mutex<Result<(rank: Int, count: Int, title: String), Problem>?>(nil)
    let isOpen = DispatchSemaphore(value: 0)
    DispatchQueue(label: "fulcrum.ranks").async {
      do throws(Problem) {
        let transport = try open()
        opened.withLock { $0 = .success((transport.rank, transport.count, transport.title)) }
        isOpen.signal()
        var carrier = Carrier(transport: transport, desk: desk, patience: patience)
        carrier.run()
      } catch {
        opened.withLock { $0 = .failure(error) }
        isOpen.signal()
      }
    }
    isOpen.wait()
    let facts = try opened.withLock { $0 }?.get() ?? (0, 1, "")
    (rank, count, title) = facts
    self.desk = desk
  }

  /// Hands each rank a message, by their order, and returns what each has handed to this one.
  ///
  /// - Throws: why one of the ranks does not take part; all throw the same.
  public func exchange(_ messages: [Message]) throws(RankEnd) -> [Message] {
    guard let desk else { return messages }
    precondition(messages.count == count)
    let number = next()
    for other in 0..<count where other != rank {
      desk.post(Envelope(.attending, number: number, messages[other]), to: other)
    }
    var attendance = try desk.attendance(of: number, count: count - 1)
    attendance[rank] = .message(messages[rank])
    if let end = Self.end(attendance, count: count) { throw end }
    return (0..<count).map { rank in
      if case .message(let message)? = attendance[rank] { message } else { Message([]) }
    }
  }

  /// The same with copies of the bytes.
  public func exchange(_ messages: [[UInt8]]) throws(RankEnd) -> [[UInt8]] {
    guard desk != nil else { return messages }
    return try exchange(messages.map { Message($0) }).map(\.array)
  }

  /// What every rank brings, by their order.
  public func gather(_ message: Message) throws(RankEnd) -> [Message] {
    try exchange(Array(repeating: message, count: count))
  }

  /// The same with copies of the bytes.
  public func gather(_ bytes: [UInt8]) throws(RankEnd) -> [[UInt8]] {
    guard desk != nil else { return [bytes] }
    return try gather(Message(bytes)).map(\.array)
  }

  /// What rank 0 brings, on every rank; what others bring is not looked at.
  ///
  /// Each rank gets a part and hands it on, so that rank 0 sends everything once.
  public func broadcast(_ bytes: [UInt8]) throws(RankEnd) -> [UInt8] {
    guard count > 1 else { return bytes }
    var parts = [[UInt8]](repeating: [], count: count)
    if rank == 0 {
      parts = (0..<count).map {
        Array(bytes[bytes.count * $0 / count..<bytes.count * ($0 + 1) / count])
      }
    }
    let own = try exchange(parts)[0]
    return try gather(own).flatMap { $0 }
  }

  /// Comes to the next meeting to say that this rank goes no further; returns what all hear of it: the
  /// first failure, or that somebody was stopped.
  public func end(_ end: RankEnd) -> RankEnd {
    guard let desk else { return end }
    let number = next()
    for other in 0..<count where other != rank {
      switch end {
      case .stopped: desk.post(Envelope(.stopped, number: number, Message([])), to: other)
      case .failed(let problem):
        desk.post(Envelope(.failed, number: number, problem.message), to: other)
      }
    }
    do throws(RankEnd) {
      var attendance = try desk.attendance(of: number, count: count - 1)
      attendance[rank] = .end(end)
      return Self.end(attendance, count: count) ?? end
    } catch { return RankEnd.first(of: [end, error]) ?? end }
  }

  /// Tells rank 0 something outside of meetings.
  public func report(_ bytes: [UInt8]) { desk?.post(Envelope(.report, Message(bytes)), to: 0) }

  /// Sets who gets the reports from now on, one after the other on a thread of its own.
  public func takeReports(_ body: @escaping @Sendable (_ from: Int, _ bytes: [UInt8]) -> Void) {
    desk?.takeReports(body)
  }

  /// Returns when those who get the reports have had all that were made before the last meeting; later ones
  /// get lost.
  public func endReports() { desk?.endReports() }

  /// Sets what this rank tells: rank 0 the others, and they rank 0; asked for many times a second, on
  /// another thread.
  public func tell(_ signals: @escaping @Sendable () -> RankSignals) { desk?.tell(signals) }

  /// Sets who hears, on another thread, what a rank tells, and that all are to stop since one is gone.
  public func listen(_ body: @escaping @Sendable (_ from: Int, RankSignals) -> Void) {
    desk?.listen(body)
  }

  /// Whether all have met at least once.
  public var hasMet: Bool { meeting.withLock { $0 > 0 } }

  /// Ends the conversation in good order when all ranks have come here. After a failure of it nothing is
  /// waited for.
  public func close() {
    guard let desk else { return }
    let isWhole = (try? gather([])) != nil
    desk.close(isWhole: isWhole)
  }

  private func next() -> Int {
    meeting.withLock { number in
      defer { number += 1 }
      return number
    }
  }

  private static func end(_ attendance: [Int: Attendance], count: Int) -> RankEnd? {
    RankEnd.first(
      of: (0..<count).compactMap {
        if case .end(let end)? = attendance[$0] { end } else { nil }
      })
  }
}

/// What a rank brings to a meeting.
enum Attendance: Sendable {
  case message(Message)
  case end(RankEnd)
}
