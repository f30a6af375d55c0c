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
) -> RadialCurve {
  let (a, b) = mask.map { (a * $0, b * $0) } ?? (a, b)
  return RadialCurve(fourierShellCorrelation(a.spectrum, b.spectrum), edge: a.edge)
}
