import Ground

/// The half-spectrum of a cubic array, with its phase origin at the centre of the box (index size/2).
///
/// Values are indexed [(z · size + y) · (size/2 + 1) + x] with FFTW's order of y and z. The forward
/// transform does not scale; the inverse divides by size³.
public struct CubicSpectrum: Sendable {
  /// Samples along each edge of the real array, even.
  public let size: Int
  /// The spectrum.
  public var values: [ComplexFloat]

  /// A spectrum of zeros.
  public init(size: Int) {
    self.size = size
    let count = size * size * (size / 2 + 1)
    values = parallelArray(repeating: .zero, count: count)
  }

  /// The spectrum of `size`³ real samples, x fastest.
  public init(of samples: [Float], size: Int, transform: RealTransform? = nil) {
    precondition(samples.count == size * size * size && size % 2 == 0)
    self.size = size
    values = (transform ?? RealTransform(shape: [size, size, size])).forward(samples)
    recentre()
  }

  /// Number of x frequencies.
  public var width: Int { size / 2 + 1 }

  /// The real samples of this spectrum, which is spent where nobody else has it.
  public consuming func samples(transform: RealTransform? = nil) -> [Float] {
    var spent = consume self
    spent.recentre()
    return (transform ?? RealTransform(shape: [spent.size, spent.size, spent.size]))
      .inverse(spending: &spent.values)
  }

  /// Moves the phase origin between index 0 and the centre: factors (−1)^(x+y+z).
  private mutating func recentre() {
    let width = width
    let size = size
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(size, chunk: 4) { planes in
        for z in planes {
          for y in 0..<size {
            let row = (z * size + y) * width
            var x = 1 - (z + y) % 2
            while x < width {
              values[row + x] = -values[row + x]
              x += 2
            }
          }
        }
      }
    }
  }

  /// Multiplies each sample by a factor of its signed frequencies.
  @inlinable
  public mutating func multiply(by factor: @Sendable (Int, Int, Int) -> ComplexFloat) {
    let frequencies = CubicFrequencies(size: size)
    values.withUnsafeMutableBufferPointer { values in
      nonisolated(unsafe) let values = values
      inParallel(frequencies.size, chunk: 2) { planes in
        frequencies.forEach(planes: planes) { index, x, y, z, _ in
          values[index] = values[index].times(factor(x, y, z))
        }
      }
    }
  }

  /// Calls `body` with each sample's index, its signed frequencies and its multiplicity: 1 where the
  /// Hermitian mate is in the half-spectrum too (x = 0 and the Nyquist plane), else 2.
  @inlinable public func forEachFrequency(_ body: (Int, Int, Int, Int, Int) -> Void) {
    forEachFrequency(planes: 0..<size, body)
  }

  /// The same of some planes of z.
  @inlinable
  public func forEachFrequency(
    planes: Range<Int>, _ body: (Int, Int, Int, Int, Int) -> Void
  ) {
    CubicFrequencies(size: size).forEach(planes: planes, body)
  }
}

/// The signed frequencies of the samples of a cube's half-spectrum.
@usableFromInline struct CubicFrequencies: Sendable {
  @usableFromInline let size: Int

  @usableFromInline init(size: Int) { self.size = size }

  @inlinable func forEach(planes: Range<Int>, _ body: (Int, Int, Int, Int, Int) -> Void) {
    let width = size / 2 + 1
    for z in planes {
      let kz = signedFrequency(z, size: size)
      for y in 0..<size {
        let ky = signedFrequency(y, size: size)
        let row = (z * size + y) * width
        for x in 0..<width {
          body(row + x, x, ky, kz, x == 0 || 2 * x == size ? 1 : 2)
        }
      }
    }
  }
}
