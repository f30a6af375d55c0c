import CryoEM
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// A checkpoint in memory.
final class MemoryStore: CheckpointStore {
  let place = "memory"
  let interval = 0.0
  private let content = Mutex<(state: [UInt8]?, search: [[UInt8]])>((nil, []))

  func state() -> [UInt8]? { content.withLock { $0.state } }
  func save(_ content: CheckpointContent) {
    let bytes = content.bytes
    self.content.withLock { $0.state = bytes }
  }
  func searchParts() -> [[UInt8]] { content.withLock { $0.search } }
  func beginSearch(_ first: CheckpointContent) {
    let bytes = first.bytes
    content.withLock { $0.search = [bytes] }
  }
  func append(_ part: CheckpointContent) {
    let bytes = part.bytes
    content.withLock { $0.search.append(bytes) }
  }
}

/// A refinement that is stopped anywhere and resumed ends as one that was not.
struct ResumingTests {
  private func set() -> TwoBodyRefinement {
    var set = TwoBodyRefinement(count: 60, box: 24, pixelSize: 8)
    set.settings.maximumIterations = 2
    set.settings.extraPasses = 3
    set.settings.subtractOutside = true
    return set
  }

  /// Refines, stopping at the `events`-th event and going on each time.
  private func refined(
    _ set: TwoBodyRefinement, stoppingAfter events: Int, store: MemoryStore
  ) throws -> (result: RefinementResult, stops: Int) {
    var stops = 0
    while true {
      let control = RefinementControl()
      let count = Counter()
      let limit = stops < 6 ? events : .max
      do {
        let result = try refine(set.input, control: control, checkpoints: store) { _ in
          if count.add(1) == limit { control.requestStop() }
        }
        return (result, stops)
      } catch is RefinementStopped { stops += 1 }
    }
  }

  private func withoutClocks(_ metrics: [IterationMetrics]) -> [IterationMetrics] {
    metrics.map {
      var metrics = $0
      metrics.seconds = [:]
      metrics.cpuSeconds = 0
      return metrics
    }
  }

  @Test(arguments: [5, 14, 19, 23, 30], [false, true])
  func endsAsWithoutAStop(events: Int, learned: Bool) throws {
    var set = set()
    set.settings.priorModel = learned ? .learned : .fixed
    let whole = try refine(set.input) { _ in }
    let (result, stops) = try refined(set, stoppingAfter: events, store: MemoryStore())
    #expect(stops > 0)
    #expect(result.poses == whole.poses)
    #expect(result.halfMapA == whole.halfMapA && result.halfMapB == whole.halfMapB)
    #expect(result.map == whole.map && result.sharpened == whole.sharpened)
    #expect(result.fsc == whole.fsc && result.converged == whole.converged)
    #expect((result.metrics.last?.motion != nil) == learned)
    #expect(result.rotationDeviations == whole.rotationDeviations)
    #expect(withoutClocks(result.metrics) == withoutClocks(whole.metrics))
  }

  /// Chunks that were saved are not searched again.
  @Test func savedChunksAreTaken() throws {
    var set = set()
    set.settings.threads = 1
    let store = MemoryStore()
    let control = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      try refine(set.input, control: control, checkpoints: store) { event in
        if case .progress(.search, let done, _, _) = event, done >= 32 { control.requestStop() }
      }
    }
    let parts = store.searchParts()
    #expect(parts.count == 3)
    // An outcome that no search can find shows in the result.
    let log = try SearchLog(
      SearchLog.Start(iteration: 1, settings: [set.settings], chunk: SearchPass.chunk), in: store)
    let known = log.takeKnown().byChunk
    #expect(known.mapValues(\.count) == [0: 16, 1: 16])
    #expect(log.takeKnown().byChunk.isEmpty, "each is handed out once")
    #expect(SearchLog.start(in: store, iteration: 2) == nil)
  }

  /// Settings that were changed while it ran are in the checkpoint; a change that came during a search
  /// waits for the next, interrupted or not.
  @Test func changesAreKept() throws {
    let set = set()
    @Sendable func change(_ settings: RefinementSettings) -> RefinementSettings {
      var settings = settings
      settings.rotationExtent = radians(3)
      return settings
    }
    let first = RefinementControl()
    let whole = try refine(set.input, control: first) { event in
      if case .stage(.search, 1) = event { first.changeSettings(change) }
    }
    let plain = try refine(set.input) { _ in }
    #expect(whole.poses != plain.poses)
    let store = MemoryStore()
    let second = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      try refine(set.input, control: second, checkpoints: store) { event in
        if case .stage(.search, 1) = event { second.changeSettings(change) }
        if case .stage(.filtering, 2) = event { second.requestStop() }
      }
    }
    let result = try refine(set.input, checkpoints: store) { _ in }
    #expect(result.poses == whole.poses)
  }

  @Test func otherParticlesAreRefused() throws {
    let set = set()
    let store = MemoryStore()
    let control = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      try refine(set.input, control: control, checkpoints: store) { event in
        if case .iteration(let metrics) = event, metrics.iteration == 1 { control.requestStop() }
      }
    }
    var other = set.input
    other.particles.poses[7].origin.x += 1e-9
    let problem = #expect(throws: Problem.self) {
      _ = try refine(other, checkpoints: store) { _ in }
    }
    #expect(problem?.what.contains("not those with which the run began") == true)
  }

  /// Poses of two particles between two searches.
  private func state() -> LoopState {
    let pose = Alignment(rotation: .identity, position: .zero)
    return LoopState(
      settings: RefinementSettings(),
      refinement: RefinementState(
        start: [pose, pose], poses: [pose, pose], posteriors: [.point, .point], scales: [1, 1],
        noiseFactors: [[1]], greyscale: [1, 1], band: 3), inserted: 9)
  }

  /// A state whose parts do not belong together would fall apart later.
  @Test func aStateThatDoesNotAddUpIsDamaged() throws {
    let store = MemoryStore()
    store.save(CheckpointContent(RunState(bodies: [state()])))
    let saved = try #require(try RunState(in: store))
    try saved.requireFit(bodies: 1, place: "memory")
    #expect(throws: Problem.self) { try saved.requireFit(bodies: 2, place: "memory") }
    let whole = try #require(saved.bodies.first)
    try whole.requireFit(state().refinement, maximumShell: 9, place: "memory")
    let spoilers: [(inout LoopState) -> Void] = [
      { $0.refinement.poses.removeLast() }, { $0.refinement.posteriors.removeLast() },
      { $0.refinement.scales.append(1) }, { $0.refinement.greyscale = [1] },
      { $0.measuredGreyscale = [] }, { $0.drift = [CommonMotion()] },
      { $0.refinement.band = -1 }, { $0.inserted = -1 }, { $0.searchedBand = .min },
      { $0.refinement.iteration = -1 }, { $0.previous = [$0.refinement.poses[0]] },
      {
        $0.findings = [
          SearchPass.Finding(CheckpointCoderTests.outcome, evidence: PoseEvidence())
        ]
      },
      { $0.badImages = [BadImage(particle: 2, reason: "gone", stage: .packing)] },
    ]
    for (index, spoil) in spoilers.enumerated() {
      var state = state()
      spoil(&state)
      store.save(CheckpointContent(RunState(bodies: [state])))
      let problem = #expect(throws: Problem.self, "spoiler \(index)") {
        _ = try RunState(in: store)
      }
      #expect(problem?.what == "memory: the checkpoint is damaged")
    }
    // Bodies of one run have the same particles and are in one iteration.
    var (other, later) = (state(), state())
    other.refinement.start.removeLast()
    later.refinement.iteration = 1
    for bodies in [[], [state(), other], [state(), later]] {
      store.save(CheckpointContent(RunState(bodies: bodies)))
      #expect(throws: Problem.self) { _ = try RunState(in: store) }
    }
    #expect(throws: Problem.self) {
      try whole.requireFit(state().refinement, maximumShell: 8, place: "memory")
    }
  }

  /// A part of a search as it is saved.
  private struct Part: Columned {
    var chunks: [Int]
    var counts: [Int]
    var outcomes: [SearchPass.Outcome]

    mutating func move(_ columns: inout Columns) {
      columns.move("chunks", &chunks)
      columns.move("counts", &counts)
      columns.move("outcomes", &outcomes)
    }
  }

  /// Parts whose counts do not add up are left out, whatever the counts are.
  @Test(arguments: [[2, -1], [-1, 2], [.max, .max], [1, 1], [0], [1, 0, 0]])
  func partsThatDoNotAddUpAreLeftOut(counts: [Int]) throws {
    let store = MemoryStore()
    let start = SearchLog.Start(
      iteration: 1, settings: [RefinementSettings()], chunk: SearchPass.chunk)
    store.beginSearch(CheckpointContent(start))
    let outcome = SearchPass.Outcome(
      pose: Alignment(rotation: .identity, position: .zero), posterior: .point, likelihood: .none,
      scale: 1, gain: 0, isAtLimit: false, evaluations: 1)
    store.append(
      CheckpointContent(Part(chunks: [0, 1], counts: counts, outcomes: [outcome])))
    let log = try SearchLog(start, in: store)
    #expect(log.takeKnown().byChunk.isEmpty)
    store.append(
      CheckpointContent(Part(chunks: [0, 1], counts: [1, 0], outcomes: [outcome])))
    #expect(try SearchLog(start, in: store).takeKnown().byChunk[0]?.count == 1)
  }
}
