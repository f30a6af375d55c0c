/// Bytes on their way between ranks: written once, and neither moved nor copied until they are sent, or
/// after they have arrived. Nothing changes them after they are written.
public final class Message: @unchecked Sendable {
  /// Where they are.
  let place: UnsafeMutableRawBufferPointer
  private let memory: MessageMemory

  /// Room for bytes that are still to be written.
  init(count: Int, memory: MessageMemory) {
    self.memory = memory
    place = memory.take(count)
  }

  /// - Parameter fill: writes all the bytes, whose room holds what it held before.
  public init(
    count: Int, memory: MessageMemory,
    fill: (UnsafeMutableRawBufferPointer) throws -> Void
  ) rethrows {
    self.memory = memory
    place = memory.take(count)
    try fill(place)
  }

  /// A copy of bytes.
  public convenience init(_ bytes: some Collection<UInt8>) {
    self.init(count: bytes.count, memory: MessageMemory()) { $0.copyBytes(from: bytes) }
  }

  public var count: Int { place.count }

  /// The bytes, for as long as `body` looks at them.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(place))
  }

  /// Whether another has the same bytes.
  public func isSame(as other: Message) -> Bool {
    withBytes { one in other.withBytes { one.elementsEqual($0) } }
  }

  /// A copy of the bytes.
  public var array: [UInt8] { Array(place) }

  deinit { memory.giveBack(place) }
}
