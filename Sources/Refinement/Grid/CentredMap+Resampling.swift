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
    // All that the smaller cube holds, to its corners.
    let radius = min(size, from)
    let spectrum = ball(samples, size: from, radius: radius).resampled(to: size, radius: radius)
    let transform = RowTransform(VoxelRows(allOf: size))
    let scale = 1 / Float(from * from * from)
    return largeArray(count: size * size * size) { voxels in
      transform.inverse(spectrum, transform.workspace(radius: radius), into: voxels)
      for index in 0..<(size * size * size) { voxels[index] *= scale }
    }
  }

  /// The spectrum of `size`³ samples within a radius, its phase origin at index 0.
  static func ball(_ samples: [Float], size: Int, radius: Int) -> BallSpectrum {
    let transform = RowTransform(VoxelRows(of: samples, size: size))
    let spectrum = BallSpectrum(size: size, radius: radius)
    let values = transform.rows.values(of: samples)
    values.withUnsafeBufferPointer { values in
      guard let base = values.baseAddress else { return }
      transform.forward(base, transform.workspace(radius: radius), into: spectrum)
    }
    return spectrum
  }
}
