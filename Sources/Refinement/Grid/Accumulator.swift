import CryoEM
import Fourier
import Ground

/// The sums that a reconstruction divides: inserted data and inserted weights on a Fourier grid.
///
/// Accumulators of the same shape add. Where images were inserted, half of the contributions near x = 0
/// are missing; `complete` adds the Hermitian mates once.
public final class Accumulator: Sendable {
  /// Largest coordinate, grid units.
  public let radius: Int
  /// How images are spread.
  public let interpolation: Interpolation
  /// Three numbers a sample, side by side: real and imaginary part of the numerator, and the denominator.
  let sums: FFTBuffer<Float>

  public init(radius: Int, interpolation: Interpolation) {
    self.radius = radius
    self.interpolation = interpolation
    sums = FFTBuffer(count: 3 * GridLayout(radius: radius).count)
  }

  /// Number of samples.
  var count: Int { sums.count / 3 }

  /// The numerators by sample.
  var numerator: Numerators { Numerators(sums: sums) }
  /// The denominators by sample.
  var denominator: Denominators { Denominators(sums: sums) }

  /// The inserted data of an accumulator.
  struct Numerators {
    fileprivate let sums: FFTBuffer<Float>

    subscript(index: Int) -> ComplexFloat {
      get { ComplexFloat(sums.pointer[3 * index], sums.pointer[3 * index + 1]) }
      nonmutating set {
        sums.pointer[3 * index] = newValue.x
        sums.pointer[3 * index + 1] = newValue.y
      }
    }
  }

  /// The inserted weights of an accumulator.
  struct Denominators {
    fileprivate let sums: FFTBuffer<Float>

    subscript(index: Int) -> Float {
      get { sums.pointer[3 * index + 2] }
      nonmutating set { sums.pointer[3 * index + 2] = newValue }
    }
  }

  /// Where the sums are.
  private var layout: GridLayout { GridLayout(radius: radius) }

  /// Bytes of an accumulator.
  public static func bytes(radius: Int) -> Int { GridLayout(radius: radius).count * 12 }

  /// Adds the Hermitian mates of what was inserted near x = 0, and makes x = −1 a copy of x = 1.
  func complete(threads: Int) {
    let layout = layout
    let reach = radius + 1
    parallelFor(count: 2 * reach + 1, chunk: 4, threads: threads) { range, _ in
      for z in range.lazy.map({ $0 - reach }) {
        for y in -reach...reach {
          let one = layout.index(1, y, z)
          let below = layout.index(-1, -y, -z)
          numerator[one] += numerator[below].conjugated
          denominator[one] += denominator[below]
        }
      }
    }
    parallelFor(count: reach + 1, chunk: 4, threads: threads) { range, _ in
      for z in range {
        for y in -reach...reach where z > 0 || y >= 0 {
          let here = layout.index(0, y, z)
          let mate = layout.index(0, -y, -z)
          let sum = numerator[here] + numerator[mate].conjugated
          let weight = denominator[here] + denominator[mate]
          numerator[here] = sum
          numerator[mate] = sum.conjugated
          denominator[here] = weight
          denominator[mate] = weight
        }
      }
    }
  }

  /// Adds another accumulator of the same shape.
  public func add(_ other: Accumulator) {
    precondition(other.radius == radius)
    inParallel(sums.count, chunk: 1 << 16) { range in
      for index in range { sums.pointer[index] += other.sums.pointer[index] }
    }
  }

  /// The sums of up to eight neighbouring samples over accumulators of one shape, three numbers each.
  @inline(__always)
  static func sum(
    _ parts: [Accumulator], from first: Int, count: Int,
    into result: UnsafeMutableBufferPointer<Float>
  ) {
    guard count == 8 else {
      for index in 0..<(3 * count) {
        result[index] = parts.reduce(0) { $0 + $1.sums.pointer[3 * first + index] }
      }
      return
    }
    var (a, b, c) = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
    for part in parts {
      let from = UnsafeRawPointer(part.sums.pointer + 3 * first)
      a += from.loadUnaligned(as: SIMD8<Float>.self)
      b += from.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
      c += from.loadUnaligned(fromByteOffset: 64, as: SIMD8<Float>.self)
    }
    guard let to = UnsafeMutableRawPointer(result.baseAddress) else { return }
    to.storeBytes(of: a, as: SIMD8<Float>.self)
    to.storeBytes(of: b, toByteOffset: 32, as: SIMD8<Float>.self)
    to.storeBytes(of: c, toByteOffset: 64, as: SIMD8<Float>.self)
  }

  /// Mean weight per shell of the window's transform, for shells 0…`shells`.
  public func shellMeans(oversampling: Double, shells: Int) -> [Double] {
    let table = ShellTable(radius: radius, oversampling: oversampling, shells: shells)
    // Planes are summed by themselves: the same sums for any number of threads.
    let parts = inParts(2 * radius + 1, chunk: 8) { planes in
      let denominator = denominator
      var sums = [SIMD2<Double>](repeating: .zero, count: shells + 1)
      table.forEach(
        radius: radius, planes: planes.lowerBound - radius..<planes.upperBound - radius
      ) { index, shell in
        sums[shell] += SIMD2(Double(denominator[index]), 1)
      }
      return sums
    }
    return (0...shells).map { shell in
      let sum = parts.reduce(SIMD2<Double>.zero) { $0 + $1[shell] }
      return sum.y > 0 ? sum.x / sum.y : 0
    }
  }
}

/// Shells of the window's transform by squared distance on a Fourier grid.
struct ShellTable {
  /// Shell of each squared distance, −1 beyond the last shell.
  let shell: [Int32]

  init(radius: Int, oversampling: Double, shells: Int) {
    shell = (0...3 * (radius + 1) * (radius + 1)).map {
      let shell = Int32((Double($0).squareRoot() / oversampling).rounded())
      return shell <= Int32(shells) ? shell : -1
    }
  }

  /// Calls `body` with the index of each sample with x ≥ 0 within the last shell, and its shell.
  ///
  /// - Parameter planes: the z to look at; all unless given.
  func forEach(radius: Int, planes: Range<Int>? = nil, _ body: (Int, Int) -> Void) {
    let layout = GridLayout(radius: radius)
    for z in planes ?? -radius..<radius + 1 {
      for y in -radius...radius {
        let row = layout.index(0, y, z)
        let square = z * z + y * y
        for x in 0...radius {
          let shell = Int(shell[square + x * x])
          if shell < 0 { break }
          body(row + x, shell)
        }
      }
    }
  }
}
