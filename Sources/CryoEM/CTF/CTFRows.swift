import Fourier
import Glibc

// The CTF of every pixel of an image's half-plane, as it is needed once for each particle.

extension ContrastTransferFunction {
  /// Fills an array with the CTF on the half-plane of a real image's transform.
  ///
  /// - Parameters:
  ///   - values: `boxSize` rows of `boxSize`/2 + 1 values; row r is ky = r for r ≤ boxSize/2 and
  ///     r − boxSize above, column c is kx = c. Resized where its count differs.
  ///   - boxSize: pixels along an edge of the image, even.
  ///   - pixelSize: Å.
  public func fill(values: inout [Float], boxSize: Int, pixelSize: Double) {
    let columns = boxSize / 2 + 1
    if values.count != boxSize * columns {
      values = [Float](repeating: 0, count: boxSize * columns)
    }
    guard let negativeScale else {
      for index in values.indices { values[index] = 1 }
      return
    }
    let step = 1 / (Double(boxSize) * pixelSize)
    values.withUnsafeMutableBufferPointer { values in
      for row in 0..<boxSize {
        let ky = Double(row <= boxSize / 2 ? row : row - boxSize) * step
        let pixels = UnsafeMutableBufferPointer(
          rebasing: values[(row * columns)..<((row + 1) * columns)])
        Self.fillSines(
          pixels, halfTurns: scaled(halfTurns.row(at: ky), step), factor: negativeScale)
        if isPhaseFlipped {
          for column in pixels.indices {
            pixels[column] = (negativeScale < 0 ? 1 : -1) * abs(pixels[column])
          }
        }
        if let envelope {
          Self.damp(pixels, exponents: scaled(envelope.row(at: ky), step))
        }
      }
    }
  }

  /// Fills an array with the odd aberrations' phase (radians) on the same half-plane.
  public func fillPhases(values: inout [Float], boxSize: Int, pixelSize: Double) {
    let columns = boxSize / 2 + 1
    values = [Float](repeating: 0, count: boxSize * columns)
    if hasNoPhase { return }
    let step = 1 / (Double(boxSize) * pixelSize)
    for row in 0..<boxSize {
      let ky = Double(row <= boxSize / 2 ? row : row - boxSize) * step
      let line = oddPhase.row(at: ky)
      for column in 0..<columns {
        let kx = Double(column) * step
        values[row * columns + column] = Float(line.reversed().reduce(0) { $0 * kx + $1 })
      }
    }
  }

  /// Multiplies the half-plane transform of an image by exp(−i·phase): takes the odd aberrations' phase
  /// out of it.
  public func removePhase(
    from spectrum: FFTBuffer<ComplexFloat>, boxSize: Int, pixelSize: Double
  ) {
    if hasNoPhase { return }
    let columns = boxSize / 2 + 1
    let step = 1 / (Double(boxSize) * pixelSize)
    for row in 0..<boxSize {
      let ky = Double(row <= boxSize / 2 ? row : row - boxSize) * step
      let halfTurns = scaled(oddPhase.row(at: ky), step).map { $0 / .pi }
      let pixels = spectrum.pointer + row * columns
      for column in 0..<columns {
        var t = 0.0
        for index in halfTurns.indices.reversed() { t = t * Double(column) + halfTurns[index] }
        let turn = ComplexFloat(
          Self.sinPi(t + 0.5, times: 1), Self.sinPi(t, times: -1))
        pixels[column] = pixels[column].times(turn)
      }
    }
  }

  /// The coefficients of a row for x counted in columns instead of 1/Å.
  private func scaled(_ coefficients: [Double], _ step: Double) -> [Double] {
    var power = 1.0
    return coefficients.map { coefficient in
      defer { power *= step }
      return coefficient * power
    }
  }

  /// factor · sin(π · p(column)).
  private static func fillSines(
    _ pixels: UnsafeMutableBufferPointer<Float>, halfTurns: [Double], factor: Double
  ) {
    if halfTurns.count == 5 {
      // The usual degree, without a loop in the loop.
      let (a, b, c) = (halfTurns[0], halfTurns[1], halfTurns[2])
      let (d, e) = (halfTurns[3], halfTurns[4])
      for column in 0..<pixels.count {
        let x = Double(column)
        pixels[column] = sinPi((((e * x + d) * x + c) * x + b) * x + a, times: factor)
      }
    } else {
      for column in 0..<pixels.count {
        let x = Double(column)
        let value = halfTurns.reversed().reduce(0) { $0 * x + $1 }
        pixels[column] = sinPi(value, times: factor)
      }
    }
  }

  /// factor · sin(π·t) to the precision of a Float, for |t| < 2⁵⁰.
  @inline(__always)
  private static func sinPi(_ t: Double, times factor: Double) -> Float {
    // Adding 1.5·2⁵² rounds to an integer, whose parity is then the last bit.
    let rounder = 0x1.8p52
    let shifted = t + rounder
    let u = t - (shifted - rounder)
    let x = u * Double.pi
    let y = x * x
    // Taylor's series of sin x on |x| ≤ π/2, of which the first term left out is under 1e-9.
    var sum = 1.0 / 6_227_020_800
    sum = sum * y - 1.0 / 39_916_800
    sum = sum * y + 1.0 / 362_880
    sum = sum * y - 1.0 / 5_040
    sum = sum * y + 1.0 / 120
    sum = sum * y - 1.0 / 6
    let sine = x + x * y * sum
    let sign = 1 - 2 * Double(Int64(bitPattern: shifted.bitPattern & 1))
    return Float(sine * sign * factor)
  }

  /// Multiplies by exp(p(column)).
  private static func damp(_ pixels: UnsafeMutableBufferPointer<Float>, exponents: [Double]) {
    let (a, b, c) = (exponents[0], exponents[1], exponents[2])
    // exp of a quadratic: the ratio of neighbours changes by a constant factor.
    var value = exp(a)
    var ratio = exp(b + c)
    let growth = exp(2 * c)
    for column in 0..<pixels.count {
      pixels[column] *= Float(value)
      value *= ratio
      ratio *= growth
    }
  }
}
