/// Carries messages between ranks. Used by one thread alone, on which it was made.
public protocol Transport {
  /// This rank, from 0, and how many there are.
  var rank: Int { get }
  var count: Int { get }
  /// What carries, in words.
  var title: String { get }
  /// Hands a message over; those from one rank to another arrive in their order. Returns at once.
  func send(_ message: [UInt8], to rank: Int)
  /// The next message that has arrived; nil where there is none.
  func receive() -> (from: Int, message: [UInt8])?
  /// Whether all that was handed over is gone.
  var isIdle: Bool { get }
  /// Ends the connection in good order, with all ranks at the same time; nothing is carried any more.
  func close()
}
