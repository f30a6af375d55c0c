import Synchronization
import Testing

@testable import Ground

/// What recorded work takes on more workers, against what can be said by hand.
struct ScheduleTests {
  private typealias Work = WorkRecorder.Work

  private func loop(_ costs: [Double]) -> Work {
    .loop(name: "loop", chunks: costs.map { [.serial($0)] })
  }

  /// Eight pieces of one second and then one of three, between two serial seconds.
  @Test(arguments: [(1, 13.0), (2, 9), (3, 7), (4, 7), (100, 5)])
  func piecesAreHandedOutInOrder(workers: Int, expected: Double) {
    let work: [Work] = [.serial(1), loop(Array(repeating: 1, count: 8) + [3]), .serial(1)]
    #expect(Schedule(workers: workers, delay: 0).elapsed(work) == expected)
    #expect(Schedule.total(work) == 13)
  }

  /// Loops within loops take only workers that are free, and free ones help where there are loops.
  @Test func loopsWithinLoopsShareTheWorkers() {
    let inner = loop(Array(repeating: 1, count: 8))
    let work: [Work] = [.loop(name: "outer", chunks: [[inner], [inner]])]
    #expect(Schedule(workers: 1, delay: 0).elapsed(work) == 16)
    #expect(Schedule(workers: 2, delay: 0).elapsed(work) == 8)
    // The outer loop takes one helper, and each of its chunks' loops one of the two others.
    #expect(Schedule(workers: 4, delay: 0).elapsed(work) == 4)
    #expect(Schedule(workers: 3, delay: 0).elapsed(work) == 8)
    #expect(Schedule(workers: 16, delay: 0).elapsed(work) == 1)
  }

  /// Who is left of a loop may have the threads of those who are done.
  @Test func sharesGrowAsPiecesEnd() {
    let inner = loop([1, 1])
    // One second beside the long piece, whose own loop begins after the short one has ended.
    let work: [Work] = [.loop(name: "outer", chunks: [[.serial(2), inner], [.serial(1)]])]
    #expect(Schedule(workers: 2, delay: 0).elapsed(work) == 3)
    // Begun together, both have one of two threads.
    let together: [Work] = [.loop(name: "outer", chunks: [[inner], [inner]])]
    #expect(Schedule(workers: 2, delay: 0).elapsed(together) == 2)
    #expect(Schedule(workers: 3, delay: 0).elapsed(together) == 2)
    #expect(Schedule(workers: 4, delay: 0).elapsed(together) == 1)
  }

  @Test func helpersComeLate() {
    #expect(Schedule(workers: 2, delay: 0.5).elapsed([loop([1, 1])]) == 1.5)
  }

  /// A recorder sees loops in loops as they are written, and every chunk once.
  @Test func recordsLoops() throws {
    let recorder = WorkRecorder()
    let seen = Mutex<[Int]>([])
    WorkRecorder.$current.withValue(recorder) {
      recorder.begin("one")
      parallelFor(count: 10, chunk: 4, threads: 8, name: "outer") { range, _ in
        seen.withLock { $0 += Array(range) }
        inParallel(3, name: "inner") { _ in }
      }
      recorder.begin("two")
      inParallel(1) { _ in }
    }
    #expect(seen.withLock { $0 } == Array(0..<10))
    let stages = recorder.finished()
    #expect(stages.map(\.name).suffix(2) == ["one", "two"])
    let loops = stages[stages.count - 2].work.compactMap { work -> [[Work]]? in
      if case .loop("outer", let chunks) = work { chunks } else { nil }
    }
    let chunks = try #require(loops.first)
    #expect(loops.count == 1 && chunks.count == 3)
    for chunk in chunks {
      let inner = chunk.compactMap { work -> Int? in
        if case .loop("inner", let chunks) = work { chunks.count } else { nil }
      }
      #expect(inner == [3])
    }
    // A loop of one chunk is no loop.
    let loopsOfTwo = stages[stages.count - 1].work.filter {
      if case .loop = $0 { true } else { false }
    }
    #expect(loopsOfTwo.isEmpty)
  }
}

/// A crew never has more threads at work than it was made for.
struct CrewTests {
  @Test(arguments: [1, 2, 3, 8])
  func nestedLoopsKeepWithinTheCrew(threads: Int) {
    let active = Mutex((now: 0, most: 0))
    let sum = Mutex(0)
    parallelFor(count: 12, chunk: 1, threads: threads) { outer, _ in
      inParallel(9) { inner in
        active.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        for i in outer { for j in inner { sum.withLock { $0 += 100 * i + j } } }
        active.withLock { $0.now -= 1 }
      }
    }
    // Σ 100 i over 12 × 9 pairs, and Σ j.
    let expected = 59_400 + 432
    #expect(sum.withLock { $0 } == expected)
    #expect(active.withLock { $0.most } <= threads)
  }

  /// Each piece of a loop has its part of the threads, whoever begins first; and more once others are done.
  @Test func piecesShareTheThreads() {
    let crew = Crew(threads: 16)
    #expect(crew.take(3) == 3)
    let four = crew.inside(helpers: 3)
    #expect(four.take(10) == 3)
    #expect(four.take(10) == 3)
    let one = four.inside(helpers: 3)
    #expect(one.take(10) == 0)
    four.leave()
    four.leave()
    #expect(four.take(10) == 7)
  }

  /// Helpers come back after a loop.
  @Test func helpersComeBack() {
    let crew = Crew(threads: 5)
    Crew.$current.withValue(crew) {
      for _ in 0..<50 { inParallel(8) { _ in inParallel(3) { _ in } } }
    }
    #expect(crew.take(10) == 4)
  }
}
