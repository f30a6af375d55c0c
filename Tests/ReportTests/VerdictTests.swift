import CryoEM
import Glibc
import Ground
import Jobs
import Testing

@testable import Refinement
@testable import Report

/// The rules over the numbers of a run: each where it must speak and where it must be silent.
@Suite struct VerdictTests {
  /// Iterations whose resolutions are given; all else is as of a healthy run.
  private func metrics(_ resolutions: [Double]) -> [IterationMetrics] {
    resolutions.enumerated().map { iteration, resolution in
      let shells = 64
      // 128 pixels of 1.5 Å: a resolution is a shell of 192 Å.
      let curve = (0..<shells).map { shell -> Double in
        1 / (1 + exp((Double(shell) - 192 / resolution) / 2))
      }
      let spread = IterationMetrics.Histogram(
        of: (0..<1000).map { 3 * Double($0) / 1000 }, lower: 0, upper: nil)
      return IterationMetrics(
        iteration: iteration, boxSize: 128, pixelSize: 1.5, bandShell: 30,
        fsc: FSCReport(
          noMask: curve, spherical: curve, loose: curve, tight: curve, corrected: curve,
          resolution143: resolution, resolution50: 1.2 * resolution),
        rotationFromStart: spread, rotationFromPrevious: spread, shiftFromStart: spread,
        shiftFromPrevious: spread, shareAtLimit: 0, posteriorRotation: 1, posteriorShift: 0.5,
        driftRotation: [0.1, 0.1], driftShift: [0.1, 0.1], greyscale: [1.05, 0.97],
        orientationAzimuths: 24, orientationCounts: Self.even, noise: [],
        guinier: (0..<shells).map { 12 - Double($0) / 5 },
        scale: spread, effectiveSampleSize: spread, scoreGain: spread, evaluationsPerParticle: 100,
        particles: 1000, skipped: 0, seconds: [:], cpuSeconds: 0)
    }
  }

  /// Views from everywhere alike.
  private static let even = (0..<12).flatMap { row -> [Int] in
    let elevation = (Double(row) + 0.5) / 12 * Double.pi - Double.pi / 2
    return Array(repeating: Int((100 * cos(elevation)).rounded()), count: 24)
  }

  private func job(learns: Bool = false) throws -> Job {
    var job = Job()
    try job.set("prior.enabled", to: "true")
    try job.set("prior.model", to: learns ? "learned" : "fixed")
    try job.set("prior.rotation_sd", to: "5")
    try job.set("prior.shift_sd", to: "2")
    return job
  }

  private func rules(
    _ resolutions: [Double] = [4.2, 3.6, 3.4, 3.35],
    _ change: (inout [IterationMetrics]) -> Void = { _ in }
  ) throws -> [String] {
    var all = metrics(resolutions)
    change(&all)
    return RunFacts(metrics: all, job: try job()).verdicts.map(\.rule)
  }

  @Test func healthyRunsHearNothing() throws {
    #expect(try rules().isEmpty)
    #expect(try rules([4.2]).isEmpty)
    #expect(RunFacts(metrics: []).verdicts.isEmpty)
  }

  @Test func eachRuleSpeaksOfItsOwn() throws {
    let shells = 64
    let cases: [(rule: String, change: (inout [IterationMetrics]) -> Void)] = [
      ("at-limit", { $0[3].shareAtLimit = 0.11 }),
      ("no-fall", { $0[3].fsc.corrected = Array(repeating: 0.9, count: shells) }),
      (
        "late-rise",
        { all in
          all[3].fsc.corrected = (0..<shells).map { $0 < 30 ? 1 : (51..<56).contains($0) ? 0.4 : 0 }
        }
      ),
      ("turning-back", { $0[3].fsc.resolution143 = 3.4 * 1.06 }),
      ("grey-scale", { $0[3].greyscale = [1.0, 0.6] }),
      ("grey-scale", { $0[3].greyscale = [1.6, 1] }),
      ("drift", { $0[3].driftRotation = [0.1, 1.1] }), ("drift", { $0[3].driftShift = [2, 0.1] }),
      ("narrow-prior", { $0[3].posteriorRotation = 3.6 }),
      (
        "few-views",
        { all in
          // Views along one axis alone.
          all[3].orientationCounts = (0..<288).map { $0 < 24 ? 100 : 0 }
        }
      ),
      ("skipped", { $0[3].skipped = 60 }),
      (
        "halves-differ",
        { all in
          // Half of every shell's power is noise: the ratio is the root of 0.667 / 1.333.
          all[3].fsc.corrected = (0..<shells).map { $0 < 58 ? 0.2 : 0 }
        }
      ),
    ]
    for (rule, change) in cases {
      #expect(try rules([4.2, 3.6, 3.4, 3.35], change) == [rule], "\(rule)")
    }
    #expect(try rules([4.2, 3.6, 3.4, 3.55, 3.4, 3.56, 3.4]) == ["oscillating"])
  }

  /// A width that is only where a learnt motion begins decides nothing, and no remedy names it.
  @Test func aLearntMotionIsNotCalledNarrow() throws {
    var all = metrics([4.2, 3.6, 3.4, 3.4 * 1.06])
    all[3].posteriorRotation = 4.9
    let verdicts = try [false, true].map {
      RunFacts(metrics: all, job: try job(learns: $0)).verdicts
    }
    #expect(verdicts[0].map(\.rule) == ["turning-back", "narrow-prior"])
    #expect(verdicts[1].map(\.rule) == ["turning-back"])
    #expect(verdicts[0][0].remedy.contains("a narrower prior"))
    #expect(verdicts[1][0].remedy.contains("fixed, narrow prior (prior.model)"))
    let sentence = verdicts[0][1].sentence
    #expect(sentence.contains("5.0°") && sentence.contains("4.9°"), "\(sentence)")
  }

  @Test func silenceUnderEachThreshold() throws {
    #expect(
      try rules { all in
        all[3].shareAtLimit = 0.09
        all[3].greyscale = [1.45, 0.7]
        all[3].driftRotation = [0.9, 0.9]
        all[3].posteriorRotation = 3.4
        all[3].skipped = 50
        all[3].fsc.resolution143 = 3.4 * 1.04
      }.isEmpty)
    #expect(try rules([4.2, 3.6, 3.4, 3.45, 3.4, 3.45, 3.4]).isEmpty)
  }

  /// A tenth of the difference's power in every shell: (1 − f) / (1 + f) with f = 0.8.
  @Test func halfDifferenceIsThatOfTheFSC() throws {
    var last = metrics([4.2, 3.4])[1]
    last.fsc.corrected = Array(repeating: 0.8, count: 64)
    let ratio = try #require(last.halfDifference)
    #expect(abs(ratio - (0.2 / 1.8).squareRoot()) < 1e-12)
  }

  /// Particles that are normally distributed and stopped at a limit: the limit that is advised is three
  /// standard deviations of them, within what its two digits say.
  @Test(arguments: [(2.5, 3), (1.5, 3), (1.3, 2), (2.0, 2)])
  func advisedExtentIsThatOfTheDistribution(_ limit: Double, _ dimensions: Int) {
    var generator = SeededGenerator(seed: 7)
    let count = 40_000
    let beyond = (0..<count).filter { _ in
      let squares = (0..<dimensions).map { _ -> Double in
        let value = generator.normal()
        return value * value
      }
      return squares.reduce(0, +).squareRoot() > limit
    }.count
    let advised = SearchLimits.needed(
      limit: limit * 4, share: Double(beyond) / Double(count), dimensions: dimensions)
    // Standard deviation 4; rounded up in the second digit, at least 1.2 times the limit.
    #expect(advised >= max(12, 1.2 * limit * 4) * 0.98)
    #expect(advised <= max(12, 1.2 * limit * 4) * 1.1)
  }

  @Test func saysWhichLimitAndHowWide() throws {
    var all = metrics([4.2, 3.6])
    all[1].shareAtLimit = 0.4
    let values = (0..<1000).map { $0 < 400 ? 15.0 : Double($0) / 1000 * 14 }
    all[1].rotationFromStart = .init(of: values)
    let verdict = try #require(RunFacts(metrics: all, job: try job()).verdicts.first)
    #expect(verdict.sentence == "40.0% of particles are at the search limit of rotation (15°)")
    #expect(verdict.remedy.hasPrefix("Widen search.rotation_extent to 27°"))
    #expect(verdict.changes == ["search.rotation_extent": "27"])
    #expect(verdict.severity == .warning)
    all[1].shareAtLimit = 0.66
    #expect(RunFacts(metrics: all, job: try job()).verdicts.first?.severity == .bad)
    // A limit within the prior is widened to where the prior ends: nobody objects to the remedy.
    var narrow = try job()
    try narrow.set("prior.rotation_sd", to: "9")
    try narrow.set("search.rotation_extent", to: "15")
    let remedy = try #require(RunFacts(metrics: all, job: narrow).verdicts.first)
    #expect(remedy.changes == ["search.rotation_extent": "27"])
    try narrow.set("prior.rotation_sd", to: "12")
    let wider = try #require(RunFacts(metrics: all, job: narrow).verdicts.first)
    #expect(wider.changes == ["search.rotation_extent": "36"])
  }

  @Test func summariesOfOldRunsAreJudgedToo() {
    var summary = RunSummary(
      converged: false, iterations: 3, resolutionBefore: 9.57, resolutionAfter: 8.76,
      resolutionAtHalf: 10, medianRotation: 5, medianShift: 2, shareAtLimit: 0.662, particles: 500,
      skipped: 0, bFactor: -100, fulcrum: [0, 0, 0], seconds: 1, cpuSeconds: 1, verdict: "not yet")
    #expect(summary.objections.map(\.rule) == ["at-limit", "not-converged"])
    #expect(summary.message.hasPrefix("not yet; 66.2% of particles are at the search limit"))
    #expect(!summary.isClean)
    summary.verdicts = []
    #expect(summary.isClean)
    summary.verdicts = nil
    (summary.shareAtLimit, summary.converged, summary.resolutionAfter) = (0, true, 12)
    #expect(summary.objections.map(\.rule) == ["worse"])
    #expect(summary.objections.first?.severity == .bad)
    summary.resolutionAfter = 9.9
    #expect(summary.objections.map(\.rule) == ["no-better"])
    // Fewer particles than the input was made of give less, whatever their poses are.
    summary.part = ParticlePart(fraction: 0.2, all: 2500)
    #expect(summary.isClean)
    summary.resolutionAfter = 12
    #expect(summary.isClean)
  }

  @Test func namesAreUnique() {
    let names = VerdictRule.table.map(\.name)
    #expect(Set(names).count == names.count)
  }
}
