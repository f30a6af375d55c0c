import Synchronization

/// The memory of messages. While it is kept, what one message leaves is taken for the next: a page that a
/// process touches for the first time costs more than what is written to it.
public final class MessageMemory: Sendable {
  private let state = Mutex(State())

  private struct State {
    var keepers = 0
    /// Whole blocks that nobody uses.
    nonisolated(unsafe) var free: [UnsafeMutableRawBufferPointer] = []
  }

  public init() {}

  /// Keeps what messages leave until `body` ends.
  public func kept<Result>(_ body: () throws -> Result) rethrows -> Result {
    state.withLock { $0.keepers += 1 }
    defer {
      state.withLock { state in
        state.keepers -= 1
        guard state.keepers == 0 else { return }
        for block in state.free { block.deallocate() }
        state.free = []
      }
    }
    return try body()
  }

  /// Room for so many bytes, of a block that may be longer.
  func take(_ count: Int) -> UnsafeMutableRawBufferPointer {
    let size = Self.size(count)
    let block = state.withLock { state -> UnsafeMutableRawBufferPointer? in
      nonisolated(unsafe) let found = state.free.firstIndex { $0.count == size }
        .map { state.free.remove(at: $0) }
      return found
    }
    return UnsafeMutableRawBufferPointer(
      rebasing: (block ?? .allocate(byteCount: size, alignment: 64))[0..<count])
  }

  func giveBack(_ room: UnsafeMutableRawBufferPointer) {
    let block = UnsafeMutableRawBufferPointer(
      start: room.baseAddress, count: Self.size(room.count))
    state.withLock { state in
      if state.keepers > 0 { state.free.append(block) } else { block.deallocate() }
    }
  }

  /// Sizes are few, so that messages of about the same length take each other's place: an eighth of the
  /// power of two below apart, and pages at least.
  static func size(_ count: Int) -> Int {
    let step = max(4096, 1 << max(0, (Int.bitWidth - 1 - max(1, count).leadingZeroBitCount) - 3))
    return max(1, (count + step - 1) / step) * step
  }

  deinit {
    state.withLock { state in for block in state.free { block.deallocate() } }
  }
}
