import Fourier

/// The sums over shells from which a curve is made: Re Σ a·b*, Σ|a|² and Σ|b|² of half the samples of
/// each Hermitian pair.
struct ShellSums: Sendable {
  /// Number of shells: those under the Nyquist frequency.
  let count: Int
  /// Sums by shell, and last those of everything beyond.
  private(set) var sums: [SIMD4<Double>]
  /// Shells by squared radius up to that of the last shell, and one more for all beyond.
  private let shells: [UInt16]
  /// The largest squared radius of the last shell: s rounds √(s² + s) down, √(s² + s + 1) up.
  let largestSquare: Int

  /// Sums of zero for cubes of a size.
  init(size: Int) {
    count = size / 2
    largestSquare = count * (count - 1)
    sums = [SIMD4<Double>](repeating: .zero, count: count + 1)
    var shells: [UInt16] = []
    shells.reserveCapacity(largestSquare + 2)
    for shell in 0..<count {
      let first = shell * (shell - 1) + 1
      let squares = (shell == 0 ? 0 : first)...(shell * (shell + 1))
      shells.append(contentsOf: repeatElement(UInt16(shell), count: squares.count))
    }
    shells.append(UInt16(count))
    self.shells = shells
  }

  /// Adds the columns of a block: those of y frequency `ky` and x frequencies from `kx` on.
  mutating func add(
    _ a: FFTBuffer<ComplexFloat>, _ b: FFTBuffer<ComplexFloat>, ky: Int, kx first: Int
  ) {
    let width = PlaneColumnTransform.blockWidth
    let size = 2 * count
    let beyond = largestSquare + 1
    let (aValues, bValues) = (a.pointer, b.pointer)
    let base = ky * ky
    shells.withUnsafeBufferPointer { shells in
      sums.withUnsafeMutableBufferPointer { sums in
        for z in 0..<size {
          let kz = signedFrequency(z, size: size)
          let square = base + kz * kz
          if square + first * first >= beyond { continue }
          for x in 0..<width {
            let kx = first + x
            let shell = Int(shells[min(square + kx * kx, beyond)])
            let (p, q) = (aValues[z * width + x], bValues[z * width + x])
            // Both of a pair are stored where x is zero.
            let weight: Float = kx == 0 ? 0.5 : 1
            let products =
              weight
              * SIMD4(
                p.x * q.x + p.y * q.y, p.x * p.x + p.y * p.y, q.x * q.x + q.y * q.y, 0)
            sums[shell] += SIMD4<Double>(products)
          }
        }
      }
    }
  }

  /// Adds the sums of another part of the samples.
  mutating func add(_ other: ShellSums) {
    for shell in sums.indices { sums[shell] += other.sums[shell] }
  }

  /// The Fourier shell correlation: 1 in shell 0, 0 where one has no power.
  var curve: [Double] {
    correlation(ofSums: sums.dropLast().map { SIMD3($0.x, $0.y, $0.z) })
  }
}
