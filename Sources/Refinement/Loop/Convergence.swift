/// Decides when nothing improves any more.
struct Convergence: Sendable, Codable {
  private var bestShell = -1.0

  /// Takes an iteration's resolution (in shells, with fraction), the median change in rotation and the
  /// median standard deviation of the rotations' posteriors, and tells whether neither improves any
  /// more: the resolution by half a shell, and the poses by more than half of what is uncertain in
  /// them anyway.
  mutating func isReached(shell: Double, step: Double, deviation: Double) -> Bool {
    let resolutionImproved = shell > bestShell + 0.5
    bestShell = max(bestShell, shell)
    return !resolutionImproved && step <= 0.5 * deviation
  }
}
