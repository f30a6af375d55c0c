import CryoEM
import Glibc
import Refinement

/// How evenly Fourier space is sampled by the views of an iteration: as it was measured, or of runs of
/// earlier versions by their counts.
public enum OrientationScore {
  /// The sampling compensation factor: the harmonic mean over all directions of the sampling
  /// relative to its mean; 1 for views from everywhere, 0.81 for side views all around one axis, 0
  /// where a direction is not sampled at all (Baldwin & Lyumkis, Prog. Biophys. Mol. Biol. 150, 160,
  /// 2020). Nil without particles.
  ///
  /// A view samples the directions perpendicular to it; the great circle is given the width of the
  /// bins of the counts.
  public static func samplingCompensation(of metrics: IterationMetrics) -> Double? {
    if let views = metrics.views { return views.samplingCompensation }
    let columns = max(1, metrics.orientationAzimuths)
    let rows = metrics.orientationCounts.count / columns
    guard rows > 0, metrics.orientationCounts.contains(where: { $0 > 0 }) else { return nil }
    var views: [(direction: SIMD3<Double>, count: Double)] = []
    for row in 0..<rows {
      let elevation = (Double(row) + 0.5) / Double(rows) * .pi - .pi / 2
      for column in 0..<columns {
        let count = metrics.orientationCounts[row * columns + column]
        guard count > 0 else { continue }
        let azimuth = (Double(column) + 0.5) / Double(columns) * 2 * .pi
        let direction = SIMD3(
          cos(elevation) * cos(azimuth), cos(elevation) * sin(azimuth), sin(elevation))
        views.append((direction, Double(count)))
      }
    }
    let width = 1.5 * Double.pi / Double(rows)
    let sampling = directions.map { direction in
      views.reduce(0) { sum, view in
        let offset = (view.direction * direction).sum() / width
        return sum + view.count * exp(-0.5 * offset * offset)
      }
    }
    let mean = sampling.reduce(0, +) / Double(sampling.count)
    guard mean > 0, let least = sampling.min(), least > 1e-6 * mean else { return 0 }
    return Double(sampling.count) / sampling.reduce(0) { $0 + mean / $1 }
  }

  private static let directions = halfSphere(count: 120)
}
