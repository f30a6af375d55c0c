import Dispatch
import Glibc
import Synchronization

/// Writes what is said on standard output and standard error, in order, on a thread of its own.
///
/// Whoever reads may stop reading: a terminal after Ctrl-S, a pager, a full pipe, a link that froze. A
/// write then waits, perhaps for ever, and whoever writes with it. Nothing that computes, and nothing
/// that follows a signal, may do that: here it hands its words over and goes on.
public final class OutputQueue: Sendable {
  /// That of the program.
  public static let shared = OutputQueue()

  private struct State {
    var waiting: [(descriptor: Int32, bytes: [UInt8])] = []
    /// The latest picture of something that changes, such as a bar; only the last is worth showing.
    var frame: (descriptor: Int32, bytes: [UInt8])?
    var waitingBytes = 0
    /// Lines that were left out since the last that waits, and where they were to go.
    var leftOut = 0
    var leftOutDescriptor = STDOUT_FILENO
    var isWorking = false
    /// Counts what was written, to see whether anything moves.
    var moves = 0
  }

  private let state = Mutex(State())
  private let queue = DispatchQueue(label: "fulcrum.output")
  /// Bytes that wait at most before lines are left out.
  private let capacity: Int
  private let waits = Atomic(true)
  private let lastPatience = Mutex(60.0)

  public init(capacity: Int = 1 << 18) { self.capacity = capacity }

  /// From now on nobody waits for readers but the program's end, and that not for ever: something is
  /// computed.
  public func stopWaiting() { waits.store(false, ordering: .relaxed) }

  /// How long the program's end waits for readers in which nothing moves, seconds.
  public func limitLastWait(to seconds: Double) { lastPatience.withLock { $0 = seconds } }

  /// Waits before the program ends, a minute without any movement if nothing else was said.
  public func finish() { drain(patience: lastPatience.withLock { $0 }) }

  /// Hands text over; waits until it is written unless `stopWaiting` was called.
  public func write(_ bytes: [UInt8], to descriptor: Int32) {
    add(bytes, to: descriptor, mayBeLeftOut: false)
    if waits.load(ordering: .relaxed) { drain(patience: nil) }
  }

  /// Hands a line of progress over, which is left out where too many wait; never waits.
  public func writeProgress(_ bytes: [UInt8], to descriptor: Int32) {
    add(bytes, to: descriptor, mayBeLeftOut: true)
  }

  /// Hands over what replaces the frame before, if that was not shown yet; never waits.
  public func show(_ frame: [UInt8], on descriptor: Int32) {
    let mustStart = state.withLock { state in
      state.frame = (descriptor, frame)
      return Self.start(&state)
    }
    if mustStart { queue.async { self.work() } }
  }

  private func add(_ bytes: [UInt8], to descriptor: Int32, mayBeLeftOut: Bool) {
    let mustStart = state.withLock { state in
      // A frame from before the line would come after it.
      state.frame = nil
      if mayBeLeftOut, state.waitingBytes + bytes.count > capacity {
        state.leftOut += 1
        state.leftOutDescriptor = descriptor
        return false
      }
      if let notice = Self.notice(&state) { state.waiting.append(notice) }
      state.waiting.append((descriptor, bytes))
      state.waitingBytes += bytes.count
      return Self.start(&state)
    }
    if mustStart { queue.async { self.work() } }
  }

  /// What says that lines were left out; nil where none were.
  private static func notice(_ state: inout State) -> (descriptor: Int32, bytes: [UInt8])? {
    guard state.leftOut > 0 else { return nil }
    defer { state.leftOut = 0 }
    let text = "(\(state.leftOut) lines were left out here: nobody read them.)\n"
    return (state.leftOutDescriptor, Array(text.utf8))
  }

  private static func start(_ state: inout State) -> Bool {
    defer { state.isWorking = true }
    return !state.isWorking
  }

  /// Waits until everything is written.
  ///
  /// - Parameter patience: seconds for which nothing may move before it gives up; nil for ever.
  /// - Returns: whether everything is written.
  @discardableResult
  public func drain(patience: Double?) -> Bool {
    guard let patience else {
      queue.sync {}
      return true
    }
    var last = -1
    var quiet = 0.0
    while quiet <= patience {
      let (isWorking, moves) = state.withLock { ($0.isWorking, $0.moves) }
      guard isWorking else { return true }
      quiet = moves == last ? quiet + 0.002 : 0
      last = moves
      usleep(2000)
    }
    return false
  }

  /// Writes what waits, until nothing does.
  private func work() {
    while true {
      let next = state.withLock { state -> (descriptor: Int32, bytes: [UInt8])? in
        state.moves += 1
        if !state.waiting.isEmpty {
          let next = state.waiting.removeFirst()
          state.waitingBytes = max(0, state.waitingBytes - next.bytes.count)
          return next
        }
        if let notice = Self.notice(&state) { return notice }
        defer { state.frame = nil }
        state.isWorking = state.frame != nil
        return state.frame
      }
      guard let next else { return }
      put(next.bytes, to: next.descriptor)
    }
  }

  /// Writes bytes whole; gives up where nobody can read any more.
  private func put(_ bytes: [UInt8], to descriptor: Int32) {
    var done = 0
    while done < bytes.count {
      let count = bytes[done...].withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        // Somebody who shares the terminal has made it so.
        var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&waiting, 1, 1000)
        continue
      }
      if count <= 0 { return }
      done += count
      state.withLock { $0.moves += 1 }
    }
  }
}
