import Glibc
import Jobs
import Refinement

/// How far a run searches, and how wide its prior is, as the job says: degrees and Å.
public struct SearchLimits: Sendable, Hashable {
  public var rotation: Double?
  public var shift: Double?
  public var priorRotation: Double?
  public var priorShift: Double?

  public init(_ job: Job?) {
    guard let job else { return }
    rotation = job[Parameter.search.rotationExtent]
    shift = job[Parameter.search.shiftExtent]
    guard job[Parameter.prior.enabled] == true else { return }
    priorRotation = job[Parameter.prior.rotationDeviation]
    priorShift = job[Parameter.prior.shiftDeviation]
  }

  /// How wide a limit should be when a share of the particles has run into it: three standard
  /// deviations of the normal distribution (in `dimensions` dimensions, 2 or 3) that has this share
  /// beyond the limit.
  ///
  /// - Returns: in the limit's unit, in two digits rounded up; from 1.2 to 3 times the limit, since a
  ///   share near 0 or 1 tells little.
  public static func needed(limit: Double, share: Double, dimensions: Int) -> Double {
    // The share beyond k standard deviations falls with k.
    var (low, high) = (0.0, 10.0)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if shareBeyond(middle, dimensions: dimensions) > share { low = middle } else { high = middle }
    }
    let factor = min(3, max(1.2, 3 / max(low, 1)))
    let needed = limit * factor
    guard needed > 0, needed.isFinite else { return limit }
    let unit = pow(10, (log10(needed) - 1).rounded(.down))
    return (needed / unit - 1e-9).rounded(.up) * unit
  }

  /// Share of a normal distribution farther than k standard deviations from its centre: Rayleigh's in
  /// two dimensions, Maxwell's in three.
  private static func shareBeyond(_ k: Double, dimensions: Int) -> Double {
    let fall = exp(-k * k / 2)
    guard dimensions > 2 else { return fall }
    return erfc(k / 2.0.squareRoot()) + (2 / Double.pi).squareRoot() * k * fall
  }
}
