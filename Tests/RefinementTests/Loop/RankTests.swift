import CryoEM
import Dispatch
import Ranks
import Synchronization
import TestSupport
import Testing

@testable import Ground
@testable import Refinement

/// Ranks, here threads of this process, refine as one process does.
struct RankTests {
  private func body(_ count: Int = 200) -> OffCentreBody {
    var body = OffCentreBody(count: count, sigma: 30)
    body.settings.maximumIterations = 2
    body.settings.initialResolution = 15
    body.settings.splitResolution = 60
    body.settings.referenceFolds = 2
    body.settings.threads = 1
    return body
  }

  private func input(_ body: OffCentreBody) -> RefinementInput {
    var generator = SeededGenerator(seed: 11)
    return body.input(
      poses: body.images.particles.poses.map { pose in
        let turn = Rotation(
          rotationVector: radians(2)
            * Vector3(generator.normal(), generator.normal(), generator.normal()))
        return Pose(rotation: pose.rotation * turn, origin: pose.origin)
      })
  }

  /// How each of some ranks has ended.
  private struct Ends {
    var leader: Result<RefinementResult, any Error>
    var others: [any Error]
  }

  /// Refines on ranks that are threads, each with a number of threads of its own.
  private func refined(
    _ input: RefinementInput, ranks count: Int, control: RefinementControl = RefinementControl(),
    store: MemoryStore? = nil,
    sources: @escaping @Sendable (Int) -> (any ImageSource)? = { _ in nil },
    events: @escaping @Sendable (RefinementEvent) -> Void = { _ in }
  ) -> Ends {
    let results = onRanks(count) { ranks -> RefinementResult? in
      var input = input
      input.settings.threads = 1 + ranks.rank % 2
      if let source = sources(ranks.rank) { input.images = source }
      guard ranks.rank == 0 else {
        try takePart(in: [input], ranks: ranks)
        return nil
      }
      return try refine(
        input, control: control, checkpoints: store, ranks: ranks, events: events)
    }
    return Ends(
      leader: results[0].flatMap { $0.map(Result.success) ?? .failure(RefinementStopped()) },
      others: results.dropFirst().compactMap { result in
        if case .failure(let error) = result { error } else { nil }
      })
  }

  private func expectSame(
    _ result: RefinementResult, _ one: RefinementResult,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    func clockless(_ metrics: [IterationMetrics]) -> [IterationMetrics] {
      metrics.map {
        var metrics = $0
        (metrics.seconds, metrics.cpuSeconds) = ([:], 0)
        return metrics
      }
    }
    #expect(result.poses == one.poses, sourceLocation: sourceLocation)
    #expect(
      result.halfMapA == one.halfMapA && result.halfMapB == one.halfMapB && result.map == one.map
        && result.sharpened == one.sharpened && result.mask == one.mask
        && result.localResolution == one.localResolution, sourceLocation: sourceLocation)
    #expect(
      result.rotationDeviations == one.rotationDeviations
        && result.shiftDeviations == one.shiftDeviations && result.badImages == one.badImages,
      sourceLocation: sourceLocation)
    #expect(
      clockless(result.metrics + [result.final]) == clockless(one.metrics + [one.final]),
      sourceLocation: sourceLocation)
  }

  /// More ranks than blocks of particles among them.
  @Test(arguments: [2, 3, 8])
  func theSameBytesOnAnyNumberOfRanks(count: Int) throws {
    var body = body()
    body.settings.marginalize = true
    body.settings.mask = .dynamic
    body.settings.maskStartResolution = 30
    let input = input(body)
    let one = try refine(input) { _ in }
    #expect(one.metrics.count > 1 && one.map.voxels.contains { $0 != 0 })
    let ends = refined(input, ranks: count)
    #expect(ends.others.isEmpty, "\(ends.others)")
    expectSame(try ends.leader.get(), one)
  }

  /// With what else is summed over particles: scales, coloured noise, a motion that is learnt.
  @Test func allSumsAreTheSame() throws {
    var body = body()
    body.settings.noiseModel = .coloured
    body.settings.minimizeScale = true
    body.settings.priorEnabled = true
    body.settings.priorModel = .learned
    let input = input(body)
    let one = try refine(input) { _ in }
    expectSame(try refined(input, ranks: 3).leader.get(), one)
  }

  /// Density that stays in the mask is found and taken out alike, and known to a run that goes on.
  @Test func whatStaysIsTakenOutAlike() throws {
    var set = TwoBodyRefinement(count: 160, box: 48)
    set.settings.subtractOutside = true
    set.settings.maximumIterations = 3
    let input = set.input
    let taken = Counter()
    let one = try refine(input) { event in
      if case .log(let line) = event, line.contains("taken out") { _ = taken.add(1) }
    }
    #expect(taken.add(0) == 1)
    // The mask of the refinement is without it, that of the FSC is the input's.
    #expect(one.mask.sum < 0.97 * input.mask.sum && one.fscMask == input.mask)
    expectSame(try refined(input, ranks: 3).leader.get(), one)
    let store = MemoryStore()
    let control = RefinementControl()
    #expect(throws: RefinementStopped.self) {
      try refine(input, control: control, checkpoints: store) { event in
        if case .stage(.search, let iteration) = event, iteration == 3 { control.requestStop() }
      }
    }
    expectSame(try refine(input, checkpoints: store) { _ in }, one)
  }

  /// Stopped anywhere on three ranks, gone on with on two, and on one: what others had found in the
  /// search is kept.
  @Test func aStopIsResumedOnAnyNumberOfRanks() throws {
    let input = input(body())
    let one = try refine(input) { _ in }
    let store = MemoryStore()
    let control = RefinementControl()
    let ends = refined(
      input, ranks: 3, control: control, store: store,
      events: { event in
        if case .progress(.search, let done, _, _) = event, done >= 32 { control.requestStop() }
      })
    #expect(throws: RefinementStopped.self) { try ends.leader.get() }
    #expect(ends.others.count == 2 && ends.others.allSatisfy { $0 is RefinementStopped })
    #expect(store.searchParts().count > 1)
    let control2 = RefinementControl()
    let again = refined(
      input, ranks: 2, control: control2, store: store,
      events: { event in
        if case .stage(.search, let iteration) = event, iteration == 2 { control2.requestStop() }
      })
    #expect(throws: RefinementStopped.self) { try again.leader.get() }
    expectSame(try refine(input, checkpoints: store) { _ in }, one)
  }

  /// Images that only their own rank reads, and cannot; the result is that of one process.
  @Test func badImagesOfOneAreKnownToAll() throws {
    var input = input(body())
    guard let images = input.images as? ArraySource else { return }
    let failures: [Int: Set<Int>] = [70: Set(0...9), 150: Set(0...9), 199: [0]]
    input.settings.badImageShare = 0.05
    let alone = FailingSource(images, failures: failures)
    var one = input
    one.images = alone
    let expected = try refine(one) { alone.take($0) }
    #expect(expected.badImages.map(\.particle) == [70, 150, 199])
    let sources = (0..<3).map { _ in FailingSource(images, failures: failures) }
    let ends = refined(
      input, ranks: 3, sources: { sources[$0] },
      events: { event in
        for source in sources { source.take(event) }
      })
    expectSame(try ends.leader.get(), expected)
    // Particles of other ranks are read for the choice of the window at most.
    #expect(sources[0].readCount(of: 199) < sources[2].readCount(of: 199))
  }

  @Test func aFailureOfOneRankEndsAllWithItsReason() throws {
    let input = input(body())
    guard let images = input.images as? ArraySource else { return }
    let failures = Dictionary(uniqueKeysWithValues: (128..<200).map { ($0, Set(0...9)) })
    let ends = refined(
      input, ranks: 3, sources: { $0 == 2 ? FailingSource(images, failures: failures) : nil })
    #expect(throws: Problem.self) { try ends.leader.get() }
    #expect(ends.others.count == 2)
    for error in ends.others + [Result { try ends.leader.get() }.failure].compactMap(\.self) {
      #expect((error as? Problem)?.what.contains("images cannot be used") == true, "\(error)")
    }
  }
}

extension Result {
  fileprivate var failure: Failure? { if case .failure(let error) = self { error } else { nil } }
}
