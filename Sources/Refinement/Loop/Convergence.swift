/// Decides when nothing improves any more.
struct Convergence: Sendable {
  private var bestShell = -1.0
  private var smallestStep = Double.infinity

  /// Takes an iteration's resolution (in shells, with fraction) and median change in pose (degrees), and
  /// tells whether neither has improved: the resolution by half a shell, or the change by a tenth.
  mutating func isReached(shell: Double, step: Double) -> Bool {
    var improved = false
    if shell > bestShell + 0.5 {
      bestShell = shell
      improved = true
    }
    if step < 0.9 * smallestStep {
      smallestStep = step
      improved = true
    }
    return !improved
  }
}
