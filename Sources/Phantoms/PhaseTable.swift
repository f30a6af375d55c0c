import Glibc

/// exp(−2πi k·p) · exp(−2π²σ²k²) along one axis for the samples of a transform: a Gaussian's
/// transform is the product of the tables of its axes.
struct PhaseTable {
  /// Real and imaginary parts.
  private(set) var real: [Float]
  private(set) var imaginary: [Float]

  /// The table of the frequencies k · step for k in 0…count−1.
  ///
  /// - Parameters:
  ///   - position: p, Å.
  ///   - width: σ, Å; 0 for the phases alone.
  ///   - step: 1/(size · pixelSize), 1/Å.
  init(position: Double, width: Double, step: Double, count: Int) {
    real = [Float](repeating: 0, count: count)
    imaginary = real
    let angle = -2 * Double.pi * step * position
    let turn = SIMD2(cos(angle), sin(angle))
    let decay = -2 * Double.pi * Double.pi * width * width * step * step
    var value = SIMD2<Double>(1, 0)
    for k in 0..<count {
      let envelope = width == 0 ? 1 : exp(decay * Double(k * k))
      real[k] = Float(value.x * envelope)
      imaginary[k] = Float(value.y * envelope)
      value = SIMD2(value.x * turn.x - value.y * turn.y, value.x * turn.y + value.y * turn.x)
    }
  }

  /// Multiplies the value at each frequency k · step by exp(i·angle·k²).
  mutating func bend(by angle: Double) {
    for k in real.indices {
      let phase = angle * Double(k * k)
      let (c, s) = (Float(cos(phase)), Float(sin(phase)))
      (real[k], imaginary[k]) = (
        real[k] * c - imaginary[k] * s, real[k] * s + imaginary[k] * c
      )
    }
  }

  /// The value at a frequency of either sign.
  @inline(__always)
  func value(at frequency: Int) -> SIMD2<Float> {
    let k = abs(frequency)
    return SIMD2(real[k], frequency < 0 ? -imaginary[k] : imaginary[k])
  }
}

/// A row of complex numbers with real and imaginary parts apart, to which multiples of tables are
/// added.
struct ComplexRow {
  private(set) var real: [Float]
  private(set) var imaginary: [Float]

  init(count: Int) {
    real = [Float](repeating: 0, count: count)
    imaginary = real
  }

  /// Sets all to zero.
  mutating func clear() {
    for index in real.indices { (real[index], imaginary[index]) = (0, 0) }
  }

  /// Adds factor · table.
  @inline(__always)
  mutating func add(_ factor: SIMD2<Float>, times table: PhaseTable) {
    Self.add(factor, table.real.span, table.imaginary.span, to: &real, &imaginary)
  }

  @inline(__always)
  private static func add(
    _ factor: SIMD2<Float>, _ tableReal: Span<Float>, _ tableImaginary: Span<Float>,
    to real: inout [Float], _ imaginary: inout [Float]
  ) {
    let count = real.count
    precondition(tableReal.count >= count && tableImaginary.count >= count)
    var realSpan = real.mutableSpan
    var imaginarySpan = imaginary.mutableSpan
    for x in 0..<count {
      realSpan[x] += factor.x * tableReal[x] - factor.y * tableImaginary[x]
      imaginarySpan[x] += factor.x * tableImaginary[x] + factor.y * tableReal[x]
    }
  }
}
