/// Carries messages between ranks. Used by one thread alone, on which it was made.
public protocol Transport {
  /// This rank, from 0, and how many there are.
  var rank: Int { get }
  var count: Int { get }
  /// What carries, in words.
  var title: String { get }
  /// Hands a message over; those from one rank to another arrive in their order. Returns at once, and
  /// holds the message until it is gone.
  func send(_ envelope: Envelope, to rank: Int)
  /// What has arrived since it was last asked; nil for nothing.
  ///
  /// - Parameter memory: where long messages are put.
  func receive(into memory: MessageMemory) -> Arrival?
  /// Whether all that was handed over is gone; what is gone is not held any more.
  var isIdle: Bool { get }
  /// Ends the connection in good order, with all ranks at the same time; nothing is carried any more.
  func close()
}

/// What a transport has got of a rank.
public enum Arrival {
  /// A part of a message, the rest of which is on its way.
  case part(from: Int)
  case whole(from: Int, Envelope)
}
