import Testing

@testable import Runs

/// What a run still takes, told from its iterations.
struct RemainingTimeTests {
  /// Iterations of refinements of simulated sets until they converged, from the input as it came:
  /// processor time of two threads, shells reached, median step and deviation of the rotations.
  private static let runs: [(name: String, final: Double, iterations: [RemainingTime.Iteration])] =
    [
      (
        "a ribosome, 1000 × 128", 1.34,
        [
          (0.21, 29.3, 0, 0), (1.24, 50.8, 2.11, 1.14), (1.16, 53.9, 1.84, 0.9),
          (1.36, 54.2, 0.65, 0.82), (1.3, 54.0, 0.25, 0.82),
        ].map(Self.iteration)
      ),
      (
        "4000 × 128", 2.77,
        [
          (0.03, 40.6, 0, 0), (2.76, 41.0, 5.18, 2.85), (3.22, 46.5, 3.44, 1.67),
          (4.07, 46.9, 1.23, 1.0), (3.58, 46.9, 0.4, 0.92),
        ].map(Self.iteration)
      ),
      (
        "20,000 × 96", 7.71,
        [
          (0.12, 38.7, 0, 0), (10.52, 36.2, 5.23, 3.29), (11.66, 39.3, 2.87, 2.46),
          (12.82, 40.3, 1.28, 2.04), (12.61, 40.5, 0.53, 1.88),
        ].map(Self.iteration)
      ),
      (
        "2000 × 256, to near atoms", 9.67,
        [
          (0.03, 56.5, 0, 0), (4.79, 67.6, 3.39, 1.72), (8.73, 80.8, 2.49, 0.47),
          (6.48, 79.8, 0.41, 0.18), (5.47, 79.8, 0.09, 0.22),
        ].map(Self.iteration)
      ),
    ]

  private static func iteration(
    _ values: (Double, Double, Double, Double)
  ) -> RemainingTime.Iteration {
    RemainingTime.Iteration(
      seconds: values.0, shell: values.1, step: values.2, deviation: values.3)
  }

  private func told(
    _ run: Int, after count: Int, maximum: Int = 20, extra: Int = 0
  ) -> RemainingTime? {
    RemainingTime(
      after: Array(Self.runs[run].iterations.prefix(count + 1)), maximum: maximum, extra: extra,
      final: Self.runs[run].final, toldAt: 100)
  }

  /// Once three iterations have shown the way it is right within a fifth, at the least.
  @Test(arguments: [0, 1, 2, 3])
  func itIsRightWithinAFifth(run: Int) throws {
    let (_, final, iterations) = Self.runs[run]
    for done in 3..<iterations.count {
      let left = iterations.dropFirst(done + 1).reduce(final) { $0 + $1.seconds }
      let found = try #require(told(run, after: done))
      #expect(
        abs(found.least / left - 1) < 0.2 && found.most < 2 * left, "\(done): \(found), \(left)")
    }
  }

  @Test func nothingIsToldBeforeTheSecondIteration() {
    #expect(told(0, after: 0) == nil && told(0, after: 1) == nil && told(0, after: 2) != nil)
  }

  /// The last iteration that may be, and passes after convergence.
  @Test func limitsAndExtraPassesCount() throws {
    let (_, final, iterations) = Self.runs[0]
    #expect(try #require(told(0, after: 3, maximum: 3)).most == final)
    let converged = try #require(told(0, after: 4, extra: 2))
    let pass = iterations[4].seconds
    #expect(converged.least == converged.most && abs(converged.least - final - 2 * pass) < 0.02)
  }

  @Test func timeThatPassesIsTakenOff() throws {
    let found = try #require(told(1, after: 2))
    let left = found.left(at: 103)
    #expect(abs(left.lowerBound - found.least + 3) < 1e-9)
    #expect(found.left(at: 1e6) == 0...0)
  }
}
