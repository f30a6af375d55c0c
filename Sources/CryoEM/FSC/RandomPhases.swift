import Fourier
import Ground

/// Random phases for the columns of a half-transformed cube, whose phase origin is at index 0: those of
/// every sample from a shell on. The amplitudes stay, and the map stays real.
///
/// A sample's phase depends on the seed and its frequencies alone.
struct RandomPhases: Sendable {
  private let size: Int
  private let firstSquare: Int
  private let directions: [ComplexFloat]

  /// Unit numbers all round: a fine choice of directions is as good as a continuous one, and a table
  /// is fast.
  static let directions = (0..<4096).map {
    ComplexFloat.unit(angle: 2 * .pi * Double($0) / 4096)
  }

  init(size: Int, firstShell: Int) {
    self.size = size
    firstSquare = max(firstShell * (firstShell - 1) + 1, 1)
    directions = Self.directions
  }

  /// Copies columns into a block, those samples with random phases that are in a shell to randomise.
  func fill(
    _ block: FFTBuffer<ComplexFloat>, from start: UnsafeMutablePointer<ComplexFloat>,
    planeLength: Int, y: Int, x first: Int, seed: UInt64
  ) {
    let width = PlaneColumnTransform.blockWidth
    let ky = signedFrequency(y, size: size)
    directions.withUnsafeBufferPointer { directions in
      for z in 0..<size {
        let source = start + z * planeLength
        let target = block.pointer + z * width
        let kz = signedFrequency(z, size: size)
        let square = ky * ky + kz * kz
        for x in 0..<width {
          let kx = first + x
          let value = source[x]
          target[x] = value
          if square + kx * kx < firstSquare || 2 * kx > size { continue }
          let index = (z * size + y) * (size / 2 + 1) + kx
          var mate = index
          if kx == 0 || 2 * kx == size {
            mate = ((size - z) % size * size + (size - y) % size) * (size / 2 + 1) + kx
            if mate == index { continue }
          }
          // Two stored samples of a Hermitian pair draw the same direction, one its conjugate.
          var generator = SeededGenerator(seed: seed, stream: UInt64(min(index, mate)))
          let direction = directions[Int(generator.next() >> 52)]
          let amplitude = value.squaredModulus.squareRoot()
          // The sign moves the phase origin from the centre to index 0.
          let sign = (kx + y + z) & 1 == 0 ? amplitude : -amplitude
          target[x] = sign * (index <= mate ? direction : direction.conjugated)
        }
      }
    }
  }
}
