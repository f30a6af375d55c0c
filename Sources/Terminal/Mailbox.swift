import Glibc
import Synchronization

/// A pipe to this process itself, so that `poll` wakes when another thread or a signal handler has
/// something to say.
public final class WakePipe: Sendable {
  /// The end to poll, and the end to write to.
  public let reading: Int32, writing: Int32

  /// Opens the pipe; both ends never block and are closed on exec. Without descriptors to be had it
  /// is a pipe that never wakes.
  public init() {
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) != 0 { ends = [-1, -1] }
    for end in ends where end >= 0 {
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    if reading >= 0 { close(reading) }
    if writing >= 0 { close(writing) }
  }

  /// Wakes whoever polls.
  public func wake() {
    var byte: UInt8 = 0x4D  // M, for mail
    _ = write(writing, &byte, 1)
  }

  /// Takes all bytes out: which signals came, as the letters of the handlers.
  func drain() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(reading, &buffer, buffer.count)
      guard count > 0 else { return all }
      all += buffer[..<count]
    }
  }
}

/// A place for one value between threads: the newest wins, and the reader is woken.
public final class Mailbox<Value: Sendable>: Sendable {
  private let content = Mutex<Value?>(nil)
  private let pipe: WakePipe

  /// A mailbox that wakes the reader of `pipe`.
  public init(waking pipe: WakePipe) { self.pipe = pipe }

  /// Puts a value in place of the one that was not taken yet.
  public func put(_ value: Value) {
    let wasEmpty = content.withLock { content in
      defer { content = value }
      return content == nil
    }
    if wasEmpty { pipe.wake() }
  }

  /// Joins a value with the one that was not taken yet.
  public func update(_ change: @Sendable (inout Value?) -> Void) {
    let wasEmpty = content.withLock { content in
      defer { change(&content) }
      return content == nil
    }
    if wasEmpty { pipe.wake() }
  }

  /// Takes the value out; nil when there is none.
  public func take() -> Value? {
    content.withLock { content in
      defer { content = nil }
      return content
    }
  }
}
