import Fourier

/// The Fourier shell correlation of two spectra of one size and radius: for each shell s within the
/// radius Re Σ a·b* / √(Σ|a|² Σ|b|²); 1 in shell 0, 0 where a spectrum has no power.
public func fourierShellCorrelation(_ a: BallSpectrum, _ b: BallSpectrum) -> [Double] {
  precondition(a.size == b.size && a.radius == b.radius)
  var sums = [SIMD3<Double>](repeating: .zero, count: a.limit + 1)
  a.forEachShellSample { index, shell, weight in
    let (p, q) = (a.values.pointer[index], b.values.pointer[index])
    let products = SIMD3((p * q).sum(), p.squaredModulus, q.squaredModulus)
    sums[shell] += SIMD3<Double>(weight * products)
  }
  return correlation(ofSums: sums)
}

extension BallSpectrum {
  /// The mean squared amplitude of each shell within the radius.
  public var shellPower: [Double] {
    var sums = [SIMD2<Double>](repeating: .zero, count: limit + 1)
    forEachShellSample { index, shell, weight in
      sums[shell] += SIMD2(Double(weight * values.pointer[index].squaredModulus), Double(weight))
    }
    return sums.map { $0.y > 0 ? $0.x / $0.y : 0 }
  }

  /// Calls `body` with the index, the shell (rounded radius) and the weight of each sample of the shells
  /// within the radius: half where both of a Hermitian pair are stored.
  fileprivate func forEachShellSample(_ body: (Int, Int, Float) -> Void) {
    let last = limit
    let shells = (0...(radius * radius)).map { Int(Double($0).squareRoot() + 0.5) }
    forEachEight { block, kz, index in
      let square = block.ky * block.ky + kz * kz
      for x in 0..<Self.width {
        let kx = block.kx + x
        let distance = square + kx * kx
        guard distance < shells.count, shells[distance] <= last else { break }
        body(index + x, shells[distance], kx == 0 ? 0.5 : 1)
      }
    }
  }
}
