import Testing

@testable import Refinement

struct ConvergenceTests {
  /// Whether an end is seen after each of some iterations.
  private func ends(_ steps: [(shell: Double, step: Double, deviation: Double)]) -> [Bool] {
    var convergence = Convergence()
    return steps.map {
      convergence.isReached(shell: $0.shell, step: $0.step, deviation: $0.deviation)
    }
  }

  /// Resolution has to stand still and poses to move by less than half of what is uncertain.
  @Test func bothHaveToStandStill() {
    // Everything improves; the resolution alone; the poses alone; nothing.
    #expect(
      ends([(10, 3, 1), (12, 0.1, 1), (12.2, 0.8, 1), (12.4, 0.4, 1)]) == [
        false, false, false, true,
      ])
  }

  /// It is the best resolution so far that counts: a fall and a rise back are no improvement.
  @Test func fallingBackIsNoImprovement() {
    #expect(ends([(12, 0, 1), (9, 0, 1), (12, 0, 1), (12.6, 0, 1)]) == [false, true, true, false])
  }

  /// The same step is an end where poses are uncertain, and none where they are known well.
  @Test func poseWidthIsTheYardstick() {
    #expect(ends([(12, 0.2, 0.3), (12, 0.2, 0.3)]) == [false, false])
    #expect(ends([(12, 0.2, 0.5), (12, 0.2, 0.5)]) == [false, true])
  }
}
