import Dispatch
import Ground
import Ranks
import Synchronization
import TestSupport
import Testing

/// Ranks that are threads of this process.
@Suite struct CommunicatorTests {
  @Test(arguments: [1, 2, 3, 8])
  func everyRankGetsWhatTheOthersHandIt(_ count: Int) throws {
    let results = onRanks(count) { ranks in
      try ranks.exchange((0..<ranks.count).map { [UInt8(10 * ranks.rank + $0)] })
    }
    for (rank, result) in results.enumerated() {
      #expect(try result.get() == (0..<count).map { [UInt8(10 * $0 + rank)] })
    }
  }

  @Test func messagesOfManyPartsArriveWhole() throws {
    // Two parts and a rest, different from rank to rank and from part to part.
    @Sendable func message(_ rank: Int) -> [UInt8] {
      (0..<91).flatMap { [UInt8](repeating: UInt8(2 * $0 + rank), count: 99_991) }
    }
    let results = onRanks(3) { ranks in try ranks.gather(message(ranks.rank)) }
    let expected = (0..<3).map(message)
    for result in results { #expect(try result.get() == expected) }
  }

  @Test(arguments: [0, 1, 2, 7, 1000])
  func whatRankNullBroadcastsIsEverywhere(_ size: Int) throws {
    let results = onRanks(4) { ranks in
      try ranks.broadcast(ranks.rank == 0 ? (0..<size).map { UInt8($0 % 251) } : [])
    }
    for result in results { #expect(try result.get() == (0..<size).map { UInt8($0 % 251) }) }
  }

  @Test func aFailureOfOneIsToldByAll() {
    let results = onRanks(3) { ranks -> RankEnd? in
      _ = try ranks.gather([1])
      if ranks.rank == 2 {
        return ranks.end(.failed(Problem("no image", whatToDo: "Bring it.")))
      }
      if ranks.rank == 1 { return ranks.end(.stopped) }
      do throws(RankEnd) {
        _ = try ranks.gather([2])
        return nil
      } catch { return error }
    }
    for result in results {
      #expect((try? result.get()) == .failed(Problem("no image", whatToDo: "Bring it.")))
    }
  }

  @Test func aRankThatIsGoneEndsTheOthers() throws {
    let ranks = LocalRanks(count: 3)
    let found = Mutex<[Int: (end: RankEnd?, wasToldToStop: Bool)]>([:])
    let group = DispatchGroup()
    // Rank 2 never comes.
    for rank in 0..<2 {
      DispatchQueue(label: "rank").async(group: group) {
        guard
          let communicator = try? Communicator(
            patience: 5, opening: { () throws(Problem) in ranks.transport(of: rank) })
        else { return }
        let isStopping = Atomic(false)
        communicator.listen { _, signals in
          if signals.isStopping { isStopping.store(true, ordering: .relaxed) }
        }
        var end: RankEnd?
        do throws(RankEnd) { _ = try communicator.gather([]) } catch { end = error }
        found.withLock { $0[rank] = (end, isStopping.load(ordering: .relaxed)) }
        // Rank 1 watches rank 0 alone, which lives until it has told why.
        communicator.close()
      }
    }
    group.wait()
    let results = found.withLock { $0 }
    for rank in 0..<2 {
      let result = try #require(results[rank])
      #expect(result.wasToldToStop)
      guard case .failed(let problem)? = result.end else {
        Issue.record("rank \(rank) ended with \(String(describing: result.end))")
        continue
      }
      #expect(problem.what == "rank 2 of 3 does not answer any more")
    }
  }

  @Test func signalsAndReportsReachTheirRanks() throws {
    let results = onRanks(3) { ranks -> [Int] in
      let seen = Mutex<Set<Int>>([])
      if ranks.rank == 0 {
        ranks.tell { RankSignals(isPaused: true) }
        ranks.takeReports { from, bytes in
          if bytes == [7, UInt8(from)] { _ = seen.withLock { $0.insert(from) } }
        }
      }
      // Reports to nobody are lost.
      _ = try ranks.gather([])
      if ranks.rank > 0 {
        ranks.listen { from, signals in
          if signals == RankSignals(isPaused: true) { _ = seen.withLock { $0.insert(from) } }
        }
        ranks.report([7, UInt8(ranks.rank)])
      }
      // All have what they wait for, or the test does not end.
      let wanted = ranks.rank == 0 ? 2 : 1
      while try ranks.gather([seen.withLock { $0.count } < wanted ? 1 : 0]).contains([1]) {}
      return seen.withLock { $0.sorted() }
    }
    #expect(try results.map { try $0.get() } == [[1, 2], [0], [0]])
  }
}
