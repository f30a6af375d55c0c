import Testing

@testable import Fourier

struct FFTBufferTests {
  /// What is discarded holds nothing of what was there, and what is still needed stays.
  @Test func memoryThatIsNotNeededGoesBack() {
    // Large pages have half a million floats.
    let (count, page) = (4 << 20, 1 << 19)
    let buffer = FFTBuffer<Float>(count: count)
    for index in 0..<count { buffer[index] = Float(index + 1) }
    func isThere(_ range: Range<Int>) -> Bool { range.allSatisfy { buffer[$0] == Float($0 + 1) } }
    buffer.discard(before: page - 1)
    #expect(isThere(0..<count))
    buffer.discard(before: 2 * page + 7)
    #expect((0..<2 * page).allSatisfy { buffer[$0] == 0 } && isThere(2 * page..<count))
    buffer.discard(before: 4 * page, known: 2 * page + 7)
    #expect((0..<4 * page).allSatisfy { buffer[$0] == 0 } && isThere(4 * page..<count))
    // Small buffers keep theirs.
    let small = FFTBuffer<Float>(count: 5000)
    for index in 0..<5000 { small[index] = 1 }
    small.discard(before: 5000)
    #expect((0..<5000).allSatisfy { small[$0] == 1 })
  }

  /// Arrays that many threads fill, piece by piece.
  @Test(arguments: [0, 1, 99, 100, 101, 1000])
  func arraysAreFilledInPieces(count: Int) {
    let squares = parallelArray(count: count, chunk: 100) { range, result in
      for index in range { (result + index).initialize(to: index * index) }
    }
    #expect(squares == (0..<count).map { $0 * $0 })
    #expect(parallelArray(repeating: Float(3), count: count) == Array(repeating: 3, count: count))
  }

  /// A spectrum times factors of its frequencies is that of the direct sum over them.
  @Test func spectraAreMultipliedByFrequency() {
    let size = 6
    var spectrum = CubicSpectrum(size: size)
    for index in spectrum.values.indices { spectrum.values[index] = ComplexFloat(1, 2) }
    spectrum.multiply { x, y, z in ComplexFloat(Float(x + 10 * y), Float(z)) }
    for z in -2...3 {
      for y in -2...3 {
        for x in 0...3 {
          let index = ((z + size) % size * size + (y + size) % size) * (size / 2 + 1) + x
          // FFTW's order has +3 of six where −3 is.
          let (ky, kz) = (
            y == 3 ? signedFrequency(3, size: size) : y,
            z == 3 ? signedFrequency(3, size: size) : z
          )
          let (re, im) = (Float(x + 10 * ky), Float(kz))
          #expect(spectrum.values[index] == ComplexFloat(re - 2 * im, 2 * re + im))
        }
      }
    }
  }
}
