import Fourier
import Ground

/// The Fourier shell correlation of two spectra of one size and radius: for each shell s within the
/// radius Re Σ a·b* / √(Σ|a|² Σ|b|²); 1 in shell 0, 0 where a spectrum has no power.
public func fourierShellCorrelation(_ a: BallSpectrum, _ b: BallSpectrum) -> [Double] {
  precondition(a.size == b.size && a.radius == b.radius)
  return correlation(
    ofSums: a.shellSums { index, weight in
      let (p, q) = (a.values.pointer[index], b.values.pointer[index])
      let products = SIMD3((p * q).sum(), p.squaredModulus, q.squaredModulus)
      return SIMD3<Double>(weight * products)
    })
}

extension BallSpectrum {
  /// The mean squared amplitude of each shell within the radius.
  public var shellPower: [Double] {
    let sums = shellSums { index, weight in
      SIMD2(Double(weight * values.pointer[index].squaredModulus), Double(weight))
    }
    return sums.map { $0.y > 0 ? $0.x / $0.y : 0 }
  }

  /// The sums over the shells (rounded radii) within the radius of what is made of each sample's index and
  /// weight: half where both of a Hermitian pair are stored.
  fileprivate func shellSums<Sum: SIMD & Sendable>(
    _ body: @Sendable (Int, Float) -> Sum
  ) -> [Sum] where Sum.Scalar == Double {
    let last = limit
    let shells = (0...(radius * radius)).map { shell(ofSquare: $0) }
    let parts = inParts(blocks.count, chunk: 32) { blocks in
      var sums = [Sum](repeating: .zero, count: last + 1)
      forEachEight(blocks: blocks) { block, kz, index in
        let square = block.ky * block.ky + kz * kz
        for x in 0..<Self.width {
          let kx = block.kx + x
          let distance = square + kx * kx
          guard distance < shells.count, shells[distance] <= last else { break }
          sums[shells[distance]] += body(index + x, kx == 0 ? 0.5 : 1)
        }
      }
      return sums
    }
    return parts.reduce(into: [Sum](repeating: .zero, count: last + 1)) { total, part in
      for shell in total.indices { total[shell] += part[shell] }
    }
  }
}
