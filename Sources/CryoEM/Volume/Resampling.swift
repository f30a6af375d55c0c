import Fourier

extension CubicSpectrum {
  /// The spectrum of a box of the same extent with another number of samples: the common
  /// frequencies, zero elsewhere. Nyquist planes, whose phases are not defined, are left out.
  public func resized(to newSize: Int) -> CubicSpectrum {
    var result = CubicSpectrum(size: newSize)
    let limit = min(size, newSize) / 2
    let factor = Float(newSize * newSize * newSize) / Float(size * size * size)
    for kz in (1 - limit)..<limit {
      for ky in (1 - limit)..<limit {
        let from =
          (transformIndex(kz, size: size) * size + transformIndex(ky, size: size)) * width
        let to =
          (transformIndex(kz, size: newSize) * newSize + transformIndex(ky, size: newSize))
          * result.width
        for kx in 0..<limit { result.values[to + kx] = values[from + kx] * factor }
      }
    }
    return result
  }
}

extension Volume {
  /// The same density on another number of voxels over the same extent: Fourier cropping or padding.
  public func sampled(withSize newSize: Int) -> Volume {
    newSize == size
      ? self
      : Volume(
        spectrum: spectrum.resized(to: newSize),
        pixelSize: pixelSize * Double(size) / Double(newSize))
  }

  /// The middle of the map, or the map in the middle of a larger box of zeros; the centre stays the
  /// centre.
  public func boxed(to newSize: Int) -> Volume {
    if newSize == size { return self }
    var result = Volume(size: newSize, pixelSize: pixelSize)
    let common = min(size, newSize)
    let (from, to) = (size / 2 - common / 2, newSize / 2 - common / 2)
    for z in 0..<common {
      for y in 0..<common {
        let source = ((from + z) * size + from + y) * size + from
        let target = ((to + z) * newSize + to + y) * newSize + to
        for x in 0..<common { result.voxels[target + x] = voxels[source + x] }
      }
    }
    return result
  }

  /// The map at another pixel size and box, resampled in Fourier space.
  ///
  /// The ratio of pixel sizes is met by padding to a box in which both samplings have an even number
  /// of voxels. The result's pixel size is what was reached: within 0.01% of what was asked.
  public func resampled(toPixelSize newPixelSize: Double, size newSize: Int) -> Volume {
    var best = (error: Double.infinity, padded: size, scaled: size)
    for padded in stride(from: size, through: 2 * size + 64, by: 2) {
      let scaled = max(2, 2 * Int((Double(padded) * pixelSize / newPixelSize / 2).rounded()))
      let reached = Double(padded) * pixelSize / Double(scaled)
      let error = abs(reached / newPixelSize - 1)
      if error < best.error * 0.999 { best = (error, padded, scaled) }
      if best.error < 2e-5 { break }
    }
    return boxed(to: best.padded).sampled(withSize: best.scaled).boxed(to: newSize)
  }
}
