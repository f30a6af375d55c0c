import Dispatch
import Glibc
import Ground
import Synchronization
import TestSupport
import Testing

@testable import Refinement

/// A refinement that is held does nothing, wherever it is.
@Suite struct PauseTests {
  /// A chunk that holds the refinement is the last one until it goes on.
  @Test(arguments: [1, 3]) func chunksWait(_ threads: Int) {
    let control = RefinementControl()
    let goesOn = Atomic(false)
    let early = Atomic(0)
    let done = Atomic(0)
    Gate.$current.withValue(control.gate) {
      parallelFor(count: 40, chunk: 1, threads: threads) { range, _ in
        if range.lowerBound == 0 {
          control.pause()
          DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) {
            goesOn.store(true, ordering: .sequentiallyConsistent)
            control.resume()
          }
        } else if range.lowerBound >= threads, !goesOn.load(ordering: .sequentiallyConsistent) {
          // Of those under way when the pause came, there are no more than threads.
          early.add(1, ordering: .relaxed)
        }
        done.add(1, ordering: .relaxed)
      }
    }
    #expect(done.load(ordering: .relaxed) == 40)
    #expect(early.load(ordering: .relaxed) <= (threads == 1 ? 0 : threads * 2))
    #expect(control.pausedSeconds >= 0.1)
  }

  /// Held at the beginning of each stage, the next word of the stage comes after it goes on; and the
  /// result and the times are as if nothing had been.
  @Test func everyStageHolds() throws {
    let set = TwoBodyRefinement(count: 24)
    let whole = try set.refined()
    let control = RefinementControl()
    struct Watch {
      var stage: RefinementEvent.Stage?
      var goesOn = true
      var held: Set<String> = []
      var ran: Set<String> = []
    }
    let watch = Mutex(Watch())
    let result = try set.refined(control: control) { event in
      let holds = watch.withLock { watch -> Bool in
        switch event {
        case .stage(let stage, _):
          guard watch.goesOn, !watch.held.contains(stage.rawValue) else { return false }
          (watch.stage, watch.goesOn) = (stage, false)
          watch.held.insert(stage.rawValue)
          return true
        case .progress(let stage, let done, _, let share):
          // Work was done, not only announced.
          if !watch.goesOn, watch.stage == stage, done > 0 || (share ?? 0) > 0 {
            watch.ran.insert(stage.rawValue)
          }
        default: break
        }
        return false
      }
      guard holds else { return }
      control.pause()
      DispatchQueue.global().asyncAfter(deadline: .now() + 0.15) {
        watch.withLock { $0.goesOn = true }
        control.resume()
      }
    }
    let (held, ran) = watch.withLock { ($0.held, $0.ran) }
    #expect(held.isSuperset(of: ["packing", "reconstruction", "search", "filtering", "final"]))
    #expect(ran.isEmpty)
    #expect(result.poses == whole.poses)
    #expect(result.map == whole.map)
    #expect(control.pausedSeconds >= 0.15 * Double(held.count) - 0.01)
  }

  @Test func pausesAreNotCounted() {
    let control = RefinementControl()
    var clock = IterationClock(control: control)
    clock.begin(.search)
    control.pause()
    usleep(400_000)
    control.resume()
    clock.end()
    #expect((clock.seconds["search"] ?? 1) < 0.3)
    #expect(control.pausedSeconds >= 0.4)
  }
}
