import Refinement

/// The outcome of a refinement: final/summary.json.
public struct RunSummary: Codable, Sendable, Equatable {
  public var converged: Bool
  /// Iterations done.
  public var iterations: Int
  /// Resolution inside the mask (corrected FSC 0.143), Å, of the input and of the result.
  public var resolutionBefore: Double
  public var resolutionAfter: Double
  /// Resolution of the result where the corrected FSC falls under 0.5, Å.
  public var resolutionAtHalf: Double
  /// Median change in pose against the input: degrees, and Å at the fulcrum.
  public var medianRotation: Double
  public var medianShift: Double
  /// Share of particles at a search limit, 0…1.
  public var shareAtLimit: Double
  public var particles: Int
  /// Images that could not be used, and the first thousand of them by name; nil where all could.
  public var skipped: Int
  public var badImages: [String]?
  /// How the body moves, where the prior learnt it; also in motion.json.
  public var motion: BodyMotion?
  /// B factor of the sharpened map, Å².
  public var bFactor: Double
  /// The fulcrum, Å from the box centre.
  public var fulcrum: [Double]
  /// Seconds on the clock and of the processors.
  public var seconds: Double
  public var cpuSeconds: Double
  /// The outcome in a sentence.
  public var verdict: String

  /// The sentence: "converged at iteration 6: 3.21 → 2.94 Å inside the mask, 0.4% of particles at the
  /// search limit".
  public static func verdict(
    converged: Bool, iterations: Int, before: Double, after: Double, shareAtLimit: Double
  ) -> String {
    let end = converged ? "converged at iteration" : "not converged at iteration"
    let from = before.isFinite ? Format.fixed(before, 2) : "?"
    let isWorse = before.isFinite && !(after <= 1.2 * before)
    return "\(end) \(iterations): \(from) → \(Format.resolution(after)) inside the mask, "
      + "\(Format.percent(shareAtLimit)) of particles at the search limit"
      + (isWorse ? "; WORSE than the input: do not use it before you know why" : "")
  }
}
