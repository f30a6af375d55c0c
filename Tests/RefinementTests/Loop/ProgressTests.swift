import Synchronization
import TestSupport
import Testing

@testable import Refinement

/// What a refinement tells of how far its stages are.
@Suite struct ProgressTests {
  /// Every stage tells shares that never fall, comes near its end, and tells something before its
  /// middle where it has many particles.
  @Test func stagesTellHowFarTheyAre() throws {
    let refinement = TwoBodyRefinement(count: 400)
    let told = Mutex<[(stage: RefinementEvent.Stage, shares: [Double], last: Int)]>([])
    _ = try refinement.refined { event in
      told.withLock { told in
        switch event {
        case .stage(let stage, _): told.append((stage, [], 0))
        case .progress(let stage, let done, let total, let share):
          #expect(stage == told.last?.stage)
          let share = share ?? Double(done) / Double(max(1, total))
          #expect((0...1).contains(share))
          told[told.count - 1].shares.append(share)
          told[told.count - 1].last = max(told[told.count - 1].last, done)
        default: break
        }
      }
    }
    let stages = told.withLock { $0 }
    #expect(Set(stages.map(\.stage)) == [.packing, .reconstruction, .search, .filtering, .final])
    for stage in stages {
      // What follows the last step told has a share of its own, a large one in so small a set.
      let isAllParticles = stage.stage == .search || stage.stage == .reconstruction
      #expect((stage.shares.max() ?? 0) > (isAllParticles ? 0.85 : 0.3), "\(stage.stage)")
      #expect((stage.shares.min() ?? 1) < 0.5, "\(stage.stage)")
      if stage.stage != .filtering { #expect(stage.last == 400, "\(stage.stage)") }
    }
  }

  /// Parts count by their costs, in any order, and what was told is never taken back.
  @Test func partsCountByTheirCosts() {
    let told = Mutex<[Double]>([])
    let progress = StageProgress(.final, particles: 10, costs: [6, 3, 1]) { event in
      if case .progress(.final, _, 10, let share?) = event { told.withLock { $0.append(share) } }
    }
    progress.tell(0.5, of: 0, done: 5)
    progress.tell(1, of: 1)
    progress.tell(0.25, of: 0)
    progress.tell(2, of: 0, done: 10)
    progress.tell(1, of: 2)
    let expected = [0.3, 0.6, 0.6, 0.9, 1]
    let shares = told.withLock { $0 }
    #expect(shares.count == expected.count)
    for (share, wanted) in zip(shares, expected) { #expect(abs(share - wanted) < 1e-12) }
  }
}
