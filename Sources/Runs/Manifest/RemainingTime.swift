import Refinement

/// How long a run may still take, told at the end of an iteration from what its iterations took and
/// from how they converge.
public struct RemainingTime: Codable, Sendable, Equatable {
  /// Seconds from then on: where it converges as soon, and as late, as is likely.
  public var least: Double
  public var most: Double
  /// Seconds that the run had taken then, pauses left out.
  public var toldAt: Double

  /// What is known of an iteration when it has ended.
  struct Iteration: Sendable {
    var seconds: Double
    /// Resolution in shells of the box, with fraction.
    var shell: Double
    /// Median change in rotation, and median deviation of the rotations' posteriors, degrees.
    var step: Double
    var deviation: Double

    init(seconds: Double, shell: Double, step: Double, deviation: Double) {
      (self.seconds, self.shell, self.step, self.deviation) = (seconds, shell, step, deviation)
    }

    init(_ metrics: IterationMetrics) {
      seconds = metrics.seconds.values.reduce(0, +)
      shell = metrics.correctedFSC.shell(atResolution: metrics.fsc.resolution143)
      step = metrics.rotationFromPrevious.median
      deviation = metrics.posteriorRotation
    }
  }

  /// Nil before the second iteration: nothing tells yet how the resolution goes on.
  ///
  /// - Parameters:
  ///   - iterations: from iteration 0, the input as it came.
  ///   - maximum: iterations at most; `extra` are added to those until convergence.
  ///   - final: seconds of the final pass.
  init?(
    after iterations: [Iteration], maximum: Int, extra: Int, final: Double, toldAt: Double
  ) {
    guard iterations.count > 2 else { return nil }
    let counts = Self.pace.map { pace in
      Self.further(after: iterations, pace: pace, maximum: maximum, extra: extra)
    }
    let seconds = counts.map { Self.seconds(after: iterations, count: $0) + final }
    least = seconds.min() ?? final
    most = seconds.max() ?? final
    self.toldAt = toldAt
  }

  /// Seconds that are left when the run has taken so many.
  public func left(at active: Double) -> ClosedRange<Double> {
    let passed = max(0, active - toldAt)
    return max(0, least - passed)...max(0, most - passed)
  }

  /// By what the ratios are multiplied: the ends of what is likely.
  private static let pace = [0.75, 1.25]
  /// Ratios of a gain in resolution, and of a step in rotation, to the one before, as refinements show
  /// them from the second iteration on. The first steps fall more slowly.
  private static let gainRatios = 0.1...0.35
  private static let stepRatios = 0.2...0.4

  /// Iterations until the resolution gains less than half a shell while the steps fall below half of
  /// what is uncertain in the poses, as `Convergence` has it. Gains and steps go on falling in the
  /// ratio in which they fell last, within what is usual.
  private static func further(
    after iterations: [Iteration], pace: Double, maximum: Int, extra: Int
  ) -> Int {
    let done = iterations.count - 1
    let gains = zip(iterations.dropFirst(), Self.best(iterations)).map { $0.shell - $1 }
    let last = iterations[done]
    func ratio(_ now: Double, _ before: Double, _ range: ClosedRange<Double>) -> Double {
      let seen = now > 0 && before > 0 ? now / before : 0.3
      return min(max(seen, range.lowerBound), range.upperBound) * pace
    }
    let gainRatio = ratio(gains[done - 1], gains[done - 2], Self.gainRatios)
    let stepRatio = ratio(last.step, iterations[done - 1].step, Self.stepRatios)
    var (gain, step, count) = (gains[done - 1], last.step, 0)
    // Where it has converged already, the extra passes are under way.
    var isConverged = gain <= 0.5 && step <= 0.5 * last.deviation
    while !isConverged, done + count < maximum {
      gain *= gainRatio
      step *= stepRatio
      count += 1
      isConverged = gain <= 0.5 && step <= 0.5 * last.deviation
    }
    return min(count + extra, max(0, maximum - done))
  }

  /// The best shell before each iteration but the first.
  private static func best(_ iterations: [Iteration]) -> [Double] {
    var best = -Double.infinity
    return iterations.dropLast().map { iteration in
      best = max(best, iteration.shell)
      return best
    }
  }

  /// Seconds of so many further iterations, each as long as the last one, or longer by the area of the
  /// shells that were gained in it: they are searched from then on.
  private static func seconds(after iterations: [Iteration], count: Int) -> Double {
    guard count > 0, let last = iterations.last else { return 0 }
    let before = iterations.dropLast().map(\.shell).max() ?? last.shell
    let growth = min(1.3, max(1, (last.shell * last.shell) / (before * before)))
    return Double(count) * last.seconds * growth
  }
}

extension RunManifest {
  /// Seconds that a run which goes on may still take; nil before its second iteration.
  public func timeLeft(at time: Double) -> ClosedRange<Double>? {
    remaining?.left(at: activeSeconds(at: time))
  }
}
