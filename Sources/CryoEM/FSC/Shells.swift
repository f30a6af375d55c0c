import Fourier
import Ground

extension CubicSpectrum {
  /// Number of shells of the curves: 0…size/2 − 1, so that no Nyquist sample is in any of them.
  public var shellCount: Int { size / 2 }

  /// Calls `body` with the index, the shell (rounded radius) and the multiplicity of each sample of
  /// shells under `shellCount`. Multiplicities add up to each Hermitian pair counted alike: 2 where
  /// only one of the pair is stored, 1 where both are.
  @inlinable
  public func forEachShellSample(_ body: (Int, Int, Double) -> Void) {
    forEachShellSample(planes: 0..<(size - 1), body)
  }

  /// The same of some planes: z frequencies from 1 − size/2 on.
  @usableFromInline @inline(__always)
  func forEachShellSample(planes: Range<Int>, _ body: (Int, Int, Double) -> Void) {
    let limit = size / 2
    for kz in planes.lowerBound + 1 - limit..<planes.upperBound + 1 - limit {
      for ky in (1 - limit)..<limit {
        let row = (transformIndex(kz, size: size) * size + transformIndex(ky, size: size)) * width
        for kx in 0..<limit {
          let shell = shell(ofSquare: kx * kx + ky * ky + kz * kz)
          if shell < limit { body(row + kx, shell, kx == 0 ? 1 : 2) }
        }
      }
    }
  }

  /// The mean over each shell of a quantity of its samples.
  public func shellAverage(_ quantity: @Sendable (ComplexFloat) -> Double) -> [Double] {
    let sums = shellSums { index, multiplicity in
      SIMD2(multiplicity * quantity(values[index]), multiplicity)
    }
    return sums.map { $0.y > 0 ? $0.x / $0.y : 0 }
  }

  /// The sums over each shell of what is made of its samples' indices and multiplicities.
  func shellSums<Sum: SIMD & Sendable>(
    _ body: @Sendable (Int, Double) -> Sum
  ) -> [Sum] where Sum.Scalar == Double {
    let parts = inParts(size - 1, chunk: 8) { planes in
      var sums = [Sum](repeating: .zero, count: shellCount)
      forEachShellSample(planes: planes) { index, shell, multiplicity in
        sums[shell] += body(index, multiplicity)
      }
      return sums
    }
    return parts.reduce(into: [Sum](repeating: .zero, count: shellCount)) { total, part in
      for shell in total.indices { total[shell] += part[shell] }
    }
  }

  /// The mean squared amplitude of each shell.
  public var shellPower: [Double] { shellAverage { Double($0.squaredModulus) } }

  /// The mean amplitude of each shell.
  public var shellAmplitude: [Double] {
    shellAverage { Double($0.squaredModulus).squareRoot() }
  }
}
