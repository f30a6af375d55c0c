/// Plays recorded work for a number of workers, as loops are run: whoever begins a loop takes the
/// workers that are free then, up to its share of those of the loop around it (`Crew`), chunks are
/// handed out in order, and whoever finds no chunk left is free.
public struct Schedule: Sendable {
  /// The workers.
  public let workers: Int
  /// Seconds from the beginning of a loop until a helper is at work.
  public let delay: Double

  public init(workers: Int, delay: Double = 10e-6) {
    (self.workers, self.delay) = (workers, delay)
  }

  /// Seconds until all of some work is done.
  public func elapsed(_ work: [WorkRecorder.Work]) -> Double {
    var play = Play(workers: workers, delay: delay)
    return play.run(work)
  }

  /// Seconds of the work on one worker.
  public static func total(_ work: [WorkRecorder.Work]) -> Double {
    work.reduce(0) { sum, part in
      switch part {
      case .serial(let seconds): sum + seconds
      case .loop(_, let chunks): sum + chunks.reduce(0) { $0 + total($1) }
      }
    }
  }
}

/// The state of a play.
private struct Play {
  /// A loop that has begun: its chunks, the next one, and who is at it.
  private final class Loop {
    let chunks: [[WorkRecorder.Work]]
    var next = 0
    var active: Int
    /// The workers that it and all inside of it should have.
    let workers: Int
    /// Who began it, waiting for the others.
    var owner: Worker?

    init(_ chunks: [[WorkRecorder.Work]], active: Int, workers: Int) {
      (self.chunks, self.active, self.workers) = (chunks, active, workers)
    }
  }

  private enum Frame {
    case work([WorkRecorder.Work], next: Int)
    case chunks(Loop)
  }

  private final class Worker {
    var frames: [Frame]
    let isFirst: Bool

    init(_ frames: [Frame], isFirst: Bool = false) {
      (self.frames, self.isFirst) = (frames, isFirst)
    }

    /// The innermost loop that it is at.
    var loop: Loop? {
      for case .chunks(let loop) in frames.reversed() { return loop }
      return nil
    }
  }

  private let workers: Int
  private var free: Int
  private let delay: Double
  /// Who goes on when, by time; equal times in the order in which they were put in.
  private var queue: [(time: Double, number: Int, worker: Worker)] = []
  private var number = 0

  init(workers: Int, delay: Double) {
    (self.workers, free, self.delay) = (workers, workers - 1, delay)
  }

  mutating func run(_ work: [WorkRecorder.Work]) -> Double {
    put(Worker([.work(work, next: 0)], isFirst: true), at: 0)
    var end = 0.0
    while let (time, _, worker) = take() {
      if step(worker, at: time) { end = time }
    }
    return end
  }

  /// Lets a worker go on until it has something to do for a while; whether all work is done.
  private mutating func step(_ worker: Worker, at time: Double) -> Bool {
    while let frame = worker.frames.popLast() {
      switch frame {
      case .work(let work, let next):
        guard next < work.count else { continue }
        worker.frames.append(.work(work, next: next + 1))
        switch work[next] {
        case .serial(let seconds):
          put(worker, at: time + seconds)
          return false
        case .loop(_, let chunks):
          let share = worker.loop.map { Crew.share(of: $0.workers, among: $0.active) } ?? workers
          let helpers = min(free, chunks.count - 1, share - 1)
          free -= helpers
          let loop = Loop(chunks, active: helpers + 1, workers: share)
          for _ in 0..<helpers { put(Worker([.chunks(loop)]), at: time + delay) }
          loop.owner = worker
          worker.frames.append(.chunks(loop))
        }
      case .chunks(let loop):
        if loop.next < loop.chunks.count {
          worker.frames.append(.chunks(loop))
          worker.frames.append(.work(loop.chunks[loop.next], next: 0))
          loop.next += 1
          continue
        }
        loop.active -= 1
        if loop.active > 0 {
          free += 1
          return false
        }
        // The last one at it; whoever began the loop goes on.
        guard let owner = loop.owner, owner !== worker else { continue }
        put(owner, at: time)
        return false
      }
    }
    return worker.isFirst
  }

  // MARK: A heap by time

  private mutating func put(_ worker: Worker, at time: Double) {
    queue.append((time, number, worker))
    number += 1
    var child = queue.count - 1
    while child > 0, isBefore(child, (child - 1) / 2) {
      queue.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  private mutating func take() -> (time: Double, number: Int, worker: Worker)? {
    guard let first = queue.first else { return nil }
    let last = queue.removeLast()
    guard !queue.isEmpty else { return first }
    queue[0] = last
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < queue.count && isBefore(child, least) { least = child }
      if least == parent { return first }
      queue.swapAt(parent, least)
      parent = least
    }
  }

  private func isBefore(_ one: Int, _ other: Int) -> Bool {
    (queue[one].time, queue[one].number) < (queue[other].time, queue[other].number)
  }
}
