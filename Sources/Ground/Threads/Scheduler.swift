/// Runs body(0) … body(count − 1), in any order and perhaps at the same time, and returns when all are
/// done. What is computed does not depend on it; a caller with threads passes its own.
public typealias Scheduler = (_ count: Int, _ body: @Sendable (Int) -> Void) -> Void

/// The scheduler of one thread.
public func oneAfterTheOther(_ count: Int, _ body: @Sendable (Int) -> Void) {
  for index in 0..<count { body(index) }
}

/// A scheduler for work that is shared between up to `threads` threads.
public func scheduler(threads: Int) -> Scheduler {
  { count, body in
    parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
  }
}
