import CryoEM
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Refinements of several regions at once.
struct RegionRefinementTests {
  private func quick() -> TwoRegions {
    var regions = TwoRegions()
    regions.set.settings.maximumIterations = 2
    return regions
  }

  /// Both bodies come as near to the truth as each by itself with the rest subtracted where the consensus
  /// has it, and nearer where the other one moves.
  @Test func bothBodiesAreFound() throws {
    var regions = TwoRegions(count: 160, box: 48, pixelSize: 4, motion: 12)
    let simulation = regions.set.simulation
    let bodies = [simulation.phantom.small, simulation.phantom.large]
    let truths = [simulation.smallPoses, simulation.largePoses]
    func error(_ poses: [Pose], _ body: Int) -> (rotation: Double, shift: Double) {
      let motions = zip(truths[body], poses).map {
        $0.motion(to: $1, about: bodies[body].centreOfMass)
      }
      func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
      return (median(motions.map { degrees($0.angle) }), median(motions.map(\.distance)))
    }
    let together = try regions.refined()
    regions.set.settings.subtractOutside = true
    for body in 0..<2 {
      let alone = try refine(regions.inputs[body]) { _ in }
      let (one, both) = (error(alone.poses, body), error(together[body].poses, body))
      let start = error(simulation.startPoses, body)
      // The large body is where the consensus has it already.
      if body == 0 { #expect(both.rotation < 0.6 * start.rotation, "\(both) from \(start)") }
      #expect(both.rotation < 1.05 * one.rotation, "\(both) against \(one)")
      #expect(both.shift < 1.05 * one.shift, "\(both) against \(one)")
    }
  }

  /// One region is the old refinement, to the byte.
  @Test func oneRegionIsAsByItself() throws {
    let regions = quick()
    let one = try refine(regions.set.input) { _ in }
    let region = try refine(regions: [regions.set.input]) { _, _ in }
    #expect(regions.expectSame(region, [one]))
  }

  /// The same bytes from one and three threads.
  @Test func threadsRefineRegionsAlike() throws {
    var regions = quick()
    let results = try [1, 3].map { threads in
      regions.set.settings.threads = threads
      return try regions.refined()
    }
    #expect(regions.expectSame(results[0], results[1]))
    #expect(results[0][0].poses != results[0][1].poses)
  }

  /// A region whose poses are held is done early: it rests while the other one goes on, is woken by a
  /// change of the settings, and a stop changes nothing of that.
  @Test func aRegionThatIsDoneRests() throws {
    var regions = TwoRegions()
    regions.set.settings.maximumIterations = 6
    var inputs = regions.inputs
    (inputs[1].settings.rotationExtent, inputs[1].settings.shiftExtent) = (0, 0)
    enum Meanwhile { case nothing, change, stop }
    /// The iterations that a region reports, and -1 where it comes to rest. Meanwhile something happens
    /// when the other one reports an iteration for the first time after that.
    func course(
      _ meanwhile: Meanwhile = .nothing, store: MemoryStore? = nil
    ) throws -> (reports: [[Int]], results: [RefinementResult]) {
      let control = RefinementControl()
      let reports = Mutex<[[Int]]>([[], []])
      let results = try refine(regions: inputs, control: control, checkpoints: store) {
        region, event in
        switch event {
        case .iteration(let metrics):
          let isFirst = reports.withLock {
            $0[region].append(metrics.iteration)
            return region == 0 && $0[1].last == -1
          }
          guard isFirst else { return }
          if meanwhile == .stop { control.requestStop() }
          guard meanwhile == .change else { return }
          control.changeSettings { settings in
            var settings = settings
            settings.priorShift = 7.5
            return settings
          }
        case .rests: reports.withLock { $0[region].append(-1) }
        default: break
        }
      }
      return (reports.withLock { $0 }, results)
    }
    let whole = try course()
    let held = try #require(whole.reports[1].firstIndex(of: -1))
    #expect(held == whole.reports[1].count - 1, "\(whole.reports)")
    #expect(!whole.reports[0].contains(-1))
    #expect(whole.reports[0].count > whole.reports[1].count, "\(whole.reports)")
    #expect(whole.results.allSatisfy { $0.final.iteration == $0.metrics.last!.iteration + 1 })

    let woken = try course(.change).reports[1]
    let asleep = (woken.dropFirst(held + 1).first ?? 0) - woken[held - 1]
    #expect(asleep == 2, "\(woken)")
    // Awake it is searched before anything is called done: there is one more iteration at least.
    #expect(woken.dropFirst(held + 1).prefix { $0 > 0 }.count >= 2, "\(woken)")

    let store = MemoryStore()
    #expect(throws: RefinementStopped.self) {
      try course(.stop, store: store)
    }
    let resumed = try course(store: store)
    #expect(resumed.reports[1].first == -1, "\(resumed.reports)")
    #expect(regions.expectSame(resumed.results, whole.results))
  }

  /// Stopped anywhere and gone on with: the same bytes.
  @Test(arguments: [9, 24, 33, 41])
  func aStopChangesNothing(events: Int) throws {
    let regions = quick()
    let whole = try regions.refined()
    let store = MemoryStore()
    var stops = 0
    while true {
      let control = RefinementControl()
      let count = Counter()
      let limit = stops < 5 ? events : .max
      do {
        let result = try regions.refined(control: control, checkpoints: store) { _, _ in
          if count.add(1) == limit { control.requestStop() }
        }
        #expect(regions.expectSame(result, whole))
        break
      } catch is RefinementStopped { stops += 1 }
    }
    #expect(stops > 0)
    // The checkpoint is not one of another number of regions.
    #expect(throws: Problem.self) {
      try refine(regions: [regions.inputs[0]], checkpoints: store) { _, _ in }
    }
  }

  /// Two ranks refine regions as one process does.
  @Test func ranksRefineRegionsAlike() throws {
    var regions = quick()
    regions.set = TwoBodyRefinement(count: 130, box: 24, pixelSize: 8)
    regions.set.settings.maximumIterations = 1
    let inputs = regions.inputs
    let one = try refine(regions: inputs) { _, _ in }
    let results = onRanks(2) { ranks in
      guard ranks.rank == 0 else {
        try takePart(in: inputs, ranks: ranks)
        return [RefinementResult]()
      }
      return try refine(regions: inputs, ranks: ranks) { _, _ in }
    }
    #expect(regions.expectSame(try results[0].get(), one))
  }
}
