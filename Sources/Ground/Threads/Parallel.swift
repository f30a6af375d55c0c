import Dispatch
import Synchronization

/// Runs `body` for chunks of 0..<count on up to `threads` threads, and returns when all are done.
///
/// Chunks are handed out in order; what a chunk computes must not depend on the thread, so that the
/// results are the same for any number of threads. The second argument numbers the worker, from 0.
///
/// While the gate of the calling thread is closed, no chunk begins.
public func parallelFor(
  count: Int, chunk: Int, threads: Int, _ body: @Sendable (Range<Int>, Int) -> Void
) {
  let chunks = (count + chunk - 1) / chunk
  let workers = max(1, min(threads, chunks))
  let gate = Gate.current
  guard workers > 1 else {
    for index in 0..<chunks {
      gate?.wait()
      body(index * chunk..<min(count, (index + 1) * chunk), 0)
    }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= chunks { return }
      gate?.wait()
      body(index * chunk..<min(count, (index + 1) * chunk), worker)
    }
  }
}
