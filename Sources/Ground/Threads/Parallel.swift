import Dispatch
import Synchronization

/// Runs `body` for chunks of 0..<count on up to `threads` threads, and returns when all are done; inside
/// of other work, on its share of the crew as far as it is free.
///
/// Chunks are handed out in order; what a chunk computes must not depend on the thread, so that the
/// results are the same for any number of threads. The second argument numbers the worker, from 0.
///
/// While the gate of the calling thread is closed, no chunk begins.
public func parallelFor(
  count: Int, chunk: Int, threads: Int, name: StaticString = #function,
  _ body: @Sendable (Range<Int>, Int) -> Void
) {
  loop(
    count: count, chunk: chunk, crew: Crew.current ?? Crew(threads: threads), name: name, body)
}

/// Runs `body` for chunks of 0..<count on the free threads of the crew of the work that this is part of,
/// and returns when all are done; one after the other where there is no crew.
///
/// What a chunk computes must not depend on the thread.
public func inParallel(
  _ count: Int, chunk: Int = 1, name: StaticString = #function,
  _ body: @Sendable (Range<Int>) -> Void
) {
  loop(count: count, chunk: chunk, crew: Crew.current, name: name) { range, _ in body(range) }
}

/// What `body` makes of each chunk of 0..<count, in order; made as `inParallel` does.
public func inParts<Part: Sendable>(
  _ count: Int, chunk: Int = 1, name: StaticString = #function,
  _ body: @Sendable (Range<Int>) -> Part
) -> [Part] {
  let parts = Collected<Part>(count: (count + chunk - 1) / chunk)
  inParallel(count, chunk: chunk, name: name) { range in
    parts[range.lowerBound / chunk] = body(range)
  }
  return parts.filled
}

private func loop(
  count: Int, chunk: Int, crew: Crew?, name: StaticString,
  _ body: @Sendable (Range<Int>, Int) -> Void
) {
  let chunks = (count + chunk - 1) / chunk
  guard chunks > 1 else {
    Gate.current?.wait()
    if count > 0 { body(0..<count, 0) }
    return
  }
  let gate = Gate.current
  @Sendable func run(_ index: Int, _ worker: Int) {
    gate?.wait()
    body(index * chunk..<min(count, (index + 1) * chunk), worker)
  }
  if let recorder = WorkRecorder.current {
    recorder.loop(name, chunks: chunks) { run($0, 0) }
    return
  }
  let helpers = crew?.take(chunks - 1) ?? 0
  guard helpers > 0, let crew else {
    for index in 0..<chunks { run(index, 0) }
    return
  }
  let next = Atomic(0)
  let inside = crew.inside(helpers: helpers)
  DispatchQueue.concurrentPerform(iterations: helpers + 1) { worker in
    Crew.$current.withValue(inside) {
      Gate.$current.withValue(gate) {
        while true {
          let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
          if index >= chunks { break }
          run(index, worker)
        }
      }
    }
    inside.leave()
  }
}
