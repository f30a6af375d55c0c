import CryoEM
import Dispatch
import Synchronization

/// Runs `body` for chunks of 0..<count on up to `threads` threads, and returns when all are done.
///
/// Chunks are handed out in order; what a chunk computes must not depend on the thread, so that the
/// results are the same for any number of threads. The second argument numbers the worker, from 0.
///
/// While the refinement that the calling thread works for is held, no chunk begins.
public func parallelFor(
  count: Int, chunk: Int, threads: Int, _ body: @Sendable (Range<Int>, Int) -> Void
) {
  let chunks = (count + chunk - 1) / chunk
  let workers = max(1, min(threads, chunks))
  let control = RefinementControl.current
  guard workers > 1 else {
    for index in 0..<chunks {
      control?.waitWhilePaused()
      body(index * chunk..<min(count, (index + 1) * chunk), 0)
    }
    return
  }
  let next = Atomic(0)
  DispatchQueue.concurrentPerform(iterations: workers) { worker in
    while true {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      if index >= chunks { return }
      control?.waitWhilePaused()
      body(index * chunk..<min(count, (index + 1) * chunk), worker)
    }
  }
}

/// A scheduler for measurements that share their work between up to `threads` threads.
func scheduler(threads: Int) -> Scheduler {
  { count, body in
    parallelFor(count: count, chunk: 1, threads: threads) { range, _ in range.forEach(body) }
  }
}
