import Fourier

extension CubicSpectrum {
  /// Number of shells of the curves: 0…size/2 − 1, so that no Nyquist sample is in any of them.
  public var shellCount: Int { size / 2 }

  /// Calls `body` with the index, the shell (rounded radius) and the multiplicity of each sample of
  /// shells under `shellCount`. Multiplicities add up to each Hermitian pair counted alike: 2 where
  /// only one of the pair is stored, 1 where both are.
  @inlinable
  public func forEachShellSample(_ body: (Int, Int, Double) -> Void) {
    let limit = size / 2
    for kz in (1 - limit)..<limit {
      for ky in (1 - limit)..<limit {
        let row = (transformIndex(kz, size: size) * size + transformIndex(ky, size: size)) * width
        for kx in 0..<limit {
          let squared = kx * kx + ky * ky + kz * kz
          let shell = Int(Double(squared).squareRoot() + 0.5)
          if shell < limit { body(row + kx, shell, kx == 0 ? 1 : 2) }
        }
      }
    }
  }

  /// The mean over each shell of a quantity of its samples.
  public func shellAverage(_ quantity: (ComplexFloat) -> Double) -> [Double] {
    var sums = [Double](repeating: 0, count: shellCount)
    var weights = sums
    forEachShellSample { index, shell, multiplicity in
      sums[shell] += multiplicity * quantity(values[index])
      weights[shell] += multiplicity
    }
    return zip(sums, weights).map { $1 > 0 ? $0 / $1 : 0 }
  }

  /// The mean squared amplitude of each shell.
  public var shellPower: [Double] { shellAverage { Double($0.squaredModulus) } }

  /// The mean amplitude of each shell.
  public var shellAmplitude: [Double] {
    shellAverage { Double($0.squaredModulus).squareRoot() }
  }
}
