import Fourier
import Glibc

/// The straight line through a Guinier plot: ln of the amplitude against 1/d² (Rosenthal & Henderson,
/// J. Mol. Biol. 333, 721, 2003).
public struct GuinierFit: Sendable, Equatable {
  /// Slope, Å², and value at 1/d² = 0.
  public var slope: Double, intercept: Double
  /// Pearson's correlation of the points.
  public var correlation: Double

  /// The B factor (Å²) that flattens the map when applied as exp(−B k²/4): 4 × slope, negative for a
  /// map whose amplitudes fall off.
  public var bFactor: Double { 4 * slope }

  /// Fits the shells between two resolutions (Å, `low` the coarser); nil for fewer than three shells.
  ///
  /// - Parameter amplitudes: mean amplitude of each shell of a map.
  public init?(amplitudes: RadialCurve, low: Double = 10, high: Double) {
    var points: [Vector2] = []
    for (shell, amplitude) in amplitudes.enumerated().dropFirst() where amplitude > 0 {
      let k = amplitudes.frequency(ofShell: shell)
      if k >= 1 / low && k <= 1 / high { points.append(Vector2(k * k, log(amplitude))) }
    }
    guard points.count >= 3 else { return nil }
    let mean = points.reduce(.zero, +) / Double(points.count)
    let (xx, xy, yy) = points.reduce((0.0, 0.0, 0.0)) { sums, point in
      let d = point - mean
      return (sums.0 + d.x * d.x, sums.1 + d.x * d.y, sums.2 + d.y * d.y)
    }
    slope = xy / xx
    intercept = mean.y - slope * mean.x
    correlation = yy > 0 ? xy / (xx * yy).squareRoot() : 0
  }
}

/// A sharpened map and how it was made.
public struct SharpenedMap: Sendable {
  /// The map.
  public var map: Volume
  /// The B factor that was applied as exp(−B k²/4), Å²; negative sharpens.
  public var bFactor: Double
  /// The Guinier line, where it could be fitted.
  public var guinier: GuinierFit?

  /// Sharpens the mean of two half-maps.
  ///
  /// Amplitudes are weighted by √(2 FSC/(1 + FSC)), what the mean map would correlate with a perfect
  /// one (Rosenthal & Henderson, 2003), multiplied by exp(−B k²/4), and cut at `resolution` with a
  /// cosine edge of two shells.
  ///
  /// - Parameters:
  ///   - curve: the corrected FSC of the half-maps, in shells of the map.
  ///   - resolution: Å.
  ///   - bFactor: Å²; nil for the Guinier estimate from 10 Å (or, for coarse maps, twice the
  ///     resolution) to the resolution, 0 where it cannot be made.
  public init(map: Volume, curve: RadialCurve, resolution: Double, bFactor: Double? = nil) {
    let weights = RadialCurve(
      curve.map { value -> Double in
        let correlation = max(value, 0)
        return (2 * correlation / (1 + correlation)).squareRoot()
      }, edge: curve.edge)
    let amplitudes = RadialCurve(
      zip(map.spectrum.shellAmplitude, weights).map { $0 * $1 }, edge: map.edge)
    guinier = GuinierFit(
      amplitudes: amplitudes, low: max(10, 2 * resolution), high: resolution)
    let applied = bFactor ?? guinier?.bFactor ?? 0
    self.bFactor = applied
    let cutOff = amplitudes.shell(atResolution: resolution)
    self.map = map.filtered(byShell: { shell in
      let k = shell / map.edge
      return weights.value(at: shell) * exp(-applied * k * k / 4)
        * raisedCosine(shell, from: cutOff - 1, to: cutOff + 1)
    })
  }
}
