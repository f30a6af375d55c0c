import Fourier
import Glibc
import Testing

/// Deterministic values that look random.
private func samples(_ count: Int) -> [Float] {
  (0..<count).map { Float(sin(Double($0 * $0 + 3 * $0) * 0.7371)) }
}

@Test func forwardTransformEqualsTheDirectSum() {
  let (height, width) = (6, 8)
  let values = samples(height * width)
  let spectrum = RealTransform(shape: [height, width]).forward(values)
  for ky in 0..<height {
    for kx in 0...width / 2 {
      var (re, im) = (0.0, 0.0)
      for y in 0..<height {
        for x in 0..<width {
          let angle =
            -2 * Double.pi
            * (Double(kx * x) / Double(width) + Double(ky * y) / Double(height))
          re += Double(values[y * width + x]) * cos(angle)
          im += Double(values[y * width + x]) * sin(angle)
        }
      }
      let value = spectrum[ky * (width / 2 + 1) + kx]
      #expect(abs(Double(value.x) - re) < 1e-4 && abs(Double(value.y) - im) < 1e-4)
    }
  }
}

@Test(arguments: [[6, 8], [4, 6, 10], [144, 192], [10, 6, 240], [9, 15], [5, 7, 9]])
func inverseUndoesForward(shape: [Int]) {
  let transform = RealTransform(shape: shape)
  let values = samples(transform.realCount)
  let again = transform.inverse(transform.forward(values))
  #expect(zip(values, again).allSatisfy { abs($0 - $1) < 1e-5 })
}

@Test func cubicSpectrumHasItsPhaseOriginAtTheCentre() {
  var values = [Float](repeating: 0, count: 512)
  values[(4 * 8 + 4) * 8 + 4] = 1
  let spectrum = CubicSpectrum(of: values, size: 8)
  #expect(
    spectrum.values.allSatisfy { abs($0.x - 1) < 1e-6 && abs($0.y) < 1e-6 },
    "a point at the centre has a flat, real spectrum")
  #expect(zip(spectrum.samples(), values).allSatisfy { abs($0 - $1) < 1e-6 })
}

@Test func goodSizesAreEvenAndHaveSmallFactors() {
  #expect([1, 11, 13, 97, 129, 211].map(goodTransformSize) == [2, 12, 14, 98, 140, 216])
}

/// Lines of sizes that are turned round are transformed like others: a plane of 144 × 192 samples has
/// the spectrum of the waves that it is made of.
@Test func wavesHaveTheirFrequencies() {
  let (height, width) = (144, 192)
  let waves: [(ky: Int, kx: Int, amplitude: Double)] = [(5, 17, 2), (-40, 96, 0.5), (71, 3, -1)]
  var values = [Float](repeating: 0, count: height * width)
  for y in 0..<height {
    for x in 0..<width {
      for wave in waves {
        let turns = Double(wave.kx * x) / Double(width) + Double(wave.ky * y) / Double(height)
        values[y * width + x] += Float(wave.amplitude * cos(2 * .pi * turns))
      }
    }
  }
  let spectrum = RealTransform(shape: [height, width]).forward(values)
  let half = Float(height * width) / 2
  var rest = spectrum
  for wave in waves {
    let index = ((wave.ky + height) % height) * (width / 2 + 1) + wave.kx
    #expect(abs(spectrum[index].x / half - Float(wave.amplitude)) < 1e-4)
    rest[index] = .zero
    // At the Nyquist frequency of x both of a pair are stored.
    if 2 * wave.kx == width {
      rest[((height - wave.ky) % height) * (width / 2 + 1) + wave.kx] = .zero
    }
  }
  #expect(rest.allSatisfy { $0.squaredModulus < half * half * 1e-8 })
}
