import Fourier

/// The Fourier shell correlation of two spectra of one size: for each shell s (frequency
/// s/(size · pixelSize)) Re Σ a·b* / √(Σ|a|² Σ|b|²); 1 in shell 0, 0 where a spectrum has no power.
public func fourierShellCorrelation(_ a: CubicSpectrum, _ b: CubicSpectrum) -> [Double] {
  precondition(a.size == b.size)
  return correlation(
    ofSums: a.shellSums { index, multiplicity in
      let (x, y) = (SIMD2<Double>(a.values[index]), SIMD2<Double>(b.values[index]))
      return multiplicity * SIMD3((x * y).sum(), (x * x).sum(), (y * y).sum())
    })
}

/// The curve of the sums over shells Re Σ a·b*, Σ|a|² and Σ|b|²: 1 in shell 0, 0 where one has no power.
func correlation(ofSums sums: [SIMD3<Double>]) -> [Double] {
  var curve = sums.map { sum -> Double in
    let power = (sum.y * sum.z).squareRoot()
    return power > 0 ? sum.x / power : 0
  }
  if !curve.isEmpty { curve[0] = 1 }
  return curve
}

/// The Fourier shell correlation of two maps, each multiplied by the mask if there is one.
public func fourierShellCorrelation(
  _ a: Volume, _ b: Volume, mask: Volume? = nil
) -> [Double] {
  guard let mask else { return fourierShellCorrelation(a.spectrum, b.spectrum) }
  return fourierShellCorrelation((a * mask).spectrum, (b * mask).spectrum)
}

/// The shell, with its fraction, at which a curve first falls below a threshold: the straight line
/// between the last shell above and the first below; nil where the curve never does.
public func firstCrossing(of curve: [Double], below threshold: Double) -> Double? {
  for shell in curve.indices.dropFirst() where curve[shell] < threshold {
    let (before, after) = (curve[shell - 1], curve[shell])
    guard before > after else { return Double(shell) }
    let fraction = (before - threshold) / (before - after)
    return Double(shell - 1) + min(max(fraction, 0), 1)
  }
  return nil
}

/// The resolution in Å at which a curve first falls below a threshold; that of its last shell where
/// it never does.
public func resolution(
  of curve: [Double], below threshold: Double, size: Int, pixelSize: Double
) -> Double {
  let shell = firstCrossing(of: curve, below: threshold) ?? Double(max(curve.count - 1, 1))
  return Double(size) * pixelSize / max(shell, 1e-3)
}
