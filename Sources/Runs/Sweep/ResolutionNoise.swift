import Ground
import Refinement

/// By how much a run's resolution may be chance.
///
/// Near the crossing the corrected FSC falls as a straight line, about which single shells scatter since
/// each has few voxels inside the mask. The resolution is where two neighbouring shells cross 0.143: it is
/// uncertain by the scatter of the shells divided by the slope. Runs on the same particles share a part of
/// that, so that their difference is surer than this says.
enum ResolutionNoise {
  /// Shells on either side of the crossing that make the line.
  static let reach = 5

  /// One standard deviation, Å; nil where the curve does not tell.
  static func deviation(of metrics: IterationMetrics) -> Double? {
    let resolution = metrics.fsc.resolution143
    guard resolution > 0, resolution.isFinite else { return nil }
    let curve = metrics.correctedFSC
    let crossing = curve.shell(atResolution: resolution)
    return deviation(of: curve.values, crossing: crossing).map {
      resolution * $0 / crossing
    }
  }

  /// One standard deviation of the crossing, in shells.
  static func deviation(of curve: [Double], crossing: Double) -> Double? {
    guard crossing.isFinite, crossing > 1 else { return nil }
    let first = max(1, Int(crossing) - reach + 1)
    let last = min(curve.count - 1, Int(crossing) + reach)
    let count = Double(last - first + 1)
    guard count >= 5 else { return nil }
    let points = (first...last).map { (x: Double($0) - crossing, y: curve[$0]) }
    let means = (
      x: points.reduce(0) { $0 + $1.x } / count, y: points.reduce(0) { $0 + $1.y } / count
    )
    let spread = points.reduce(0) { $0 + ($1.x - means.x) * ($1.x - means.x) }
    let slope = points.reduce(0) { $0 + ($1.x - means.x) * ($1.y - means.y) } / spread
    guard slope < 0 else { return nil }
    let residuals = points.map { $0.y - means.y - slope * ($0.x - means.x) }
    let variance = residuals.reduce(0) { $0 + $1 * $1 } / (count - 2)
    return variance.squareRoot() / -slope
  }
}

extension SweepTable {
  /// Why the choice of the best so many may be chance; nil where the last that is kept is better than the
  /// first that is not by more than two standard deviations of their difference.
  static func doubt(_ outcomes: [SweepOutcome], keeping count: Int) -> String? {
    let order = ranked(outcomes)
    guard count > 0, order.count > count else { return nil }
    let (kept, left) = (outcomes[order[count - 1]], outcomes[order[count]])
    guard let noise = noise(between: kept, left), let better = kept.resolution,
      let worse = left.resolution
    else { return nil }
    return "\(kept.name) goes on and \(left.name) does not, at \(Format.resolution(better)) and "
      + "\(Format.resolution(worse)): their FSCs scatter by \(Format.fixed(noise, 2)) Å at the crossing"
  }

  /// One standard deviation (Å) of the difference between two runs' resolutions, where that difference is
  /// within two of them; nil where it is more, or is not known.
  static func noise(between better: SweepOutcome, _ worse: SweepOutcome) -> Double? {
    guard let first = better.resolution, let second = worse.resolution,
      let ofFirst = better.resolutionNoise, let ofSecond = worse.resolutionNoise
    else { return nil }
    let noise = (ofFirst * ofFirst + ofSecond * ofSecond).squareRoot()
    return abs(second - first) < 2 * noise ? noise : nil
  }

  /// The folders of the runs that may be as good as the best: the difference is within the scatter of their
  /// FSCs.
  public var asGood: Set<String> {
    guard let best = bestRun else { return [] }
    return Set(
      comparable.map { outcomes[$0] }.filter { outcome in
        outcome.folder != best.folder && Self.noise(between: best, outcome) != nil
      }.map(\.folder))
  }
}
