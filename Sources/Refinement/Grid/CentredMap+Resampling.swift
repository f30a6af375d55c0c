import Fourier

extension CentredMap {
  /// A cube of `size`³ samples over the same edge, without the frequencies that it cannot hold; finer
  /// than it was where `size` is larger.
  ///
  /// - Parameters:
  ///   - samples: `from`³ values.
  ///   - size: even.
  static func coarsened(_ samples: [Float], from: Int, to size: Int) -> [Float] {
    guard size != from else { return samples }
    let fine = CubicSpectrum(of: samples, size: from)
    var coarse = CubicSpectrum(size: size)
    var values = coarse.values
    let limit = min(size, from) / 2
    let scale = Float(size * size * size) / Float(from * from * from)
    coarse.forEachFrequency { index, x, y, z, _ in
      guard abs(y) < limit, abs(z) < limit, x < limit else { return }
      let source =
        (transformIndex(z, size: from) * from + transformIndex(y, size: from)) * fine.width + x
      values[index] = fine.values[source] * scale
    }
    coarse.values = values
    return coarse.samples()
  }
}
