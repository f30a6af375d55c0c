import CFFTW

/// Transforms of single lines, of which those of planes and cubes are made: eight neighbouring complex
/// lines at a time, and one real line.
///
/// Eight lines out of place are what FFTW does at its best without measuring: a cube that is put
/// together from them takes a half to a fifth of the time of one plan for the whole. Plans are made
/// without measuring, so that the same input gives the same bytes on every run. May be used by many
/// threads at once.
final class LineTransform: Sendable {
  /// Complex lines that are transformed at a time.
  static let width = 8

  /// The sizes of which FFTW transforms lines one behind the other so much faster than side by side that
  /// turning them round twice pays; measured with its version 3.3.10.
  private static let sizesApart: Set<Int> = [144, 192, 240, 384, 400, 640, 768]

  /// Samples of a line.
  let size: Int
  /// Whether lines are transformed one behind the other.
  private let isApart: Bool
  private nonisolated(unsafe) let lines: (forward: fftwf_plan, inverse: fftwf_plan)
  private nonisolated(unsafe) let real: (forward: fftwf_plan, inverse: fftwf_plan)

  init(size: Int) {
    precondition(size > 0)
    self.size = size
    isApart = Self.sizesApart.contains(size)
    let many = Int32(Self.width)
    let (step, distance) = isApart ? (1, Int32(size)) : (many, 1)
    let count = max(size * Self.width, size / 2 + 1)
    let from = FFTBuffer<ComplexFloat>(count: count)
    let to = FFTBuffer<ComplexFloat>(count: count)
    let samples = FFTBuffer<Float>(count: size)
    nonisolated(unsafe) let (input, output) = (Self.complex(from.pointer), Self.complex(to.pointer))
    nonisolated(unsafe) let line = samples.pointer
    let extents = [Int32(size)]
    nonisolated(unsafe) var plans: [fftwf_plan?] = []
    planner.withLock { _ in
      plans = [FFTW_FORWARD, FFTW_BACKWARD].map {
        fftwf_plan_many_dft(
          1, extents, many, input, nil, step, distance, output, nil, step, distance, $0,
          FFTW_ESTIMATE)
      }
      plans.append(fftwf_plan_dft_r2c_1d(Int32(size), line, input, FFTW_ESTIMATE))
      plans.append(fftwf_plan_dft_c2r_1d(Int32(size), input, line, FFTW_ESTIMATE))
    }
    guard let forward = plans[0], let inverse = plans[1], let down = plans[2], let up = plans[3]
    else { fatalError("FFTW cannot plan a transform of \(size)") }
    (lines, real) = ((forward, inverse), (down, up))
  }

  deinit {
    planner.withLock { _ in
      for plan in [lines.forward, lines.inverse, real.forward, real.inverse] {
        fftwf_destroy_plan(plan)
      }
    }
  }

  /// Transforms eight lines, sample by sample [index · 8 + line], into others; both begin where FFTW's
  /// vectors may. What is transformed may be overwritten.
  @inline(__always)
  func forward(
    _ from: UnsafeMutablePointer<ComplexFloat>, into to: UnsafeMutablePointer<ComplexFloat>
  ) {
    execute(lines.forward, from, to)
  }

  /// The same in the other direction.
  @inline(__always)
  func inverse(
    _ from: UnsafeMutablePointer<ComplexFloat>, into to: UnsafeMutablePointer<ComplexFloat>
  ) {
    execute(lines.inverse, from, to)
  }

  @inline(__always)
  private func execute(
    _ plan: fftwf_plan, _ from: UnsafeMutablePointer<ComplexFloat>,
    _ to: UnsafeMutablePointer<ComplexFloat>
  ) {
    guard isApart else {
      fftwf_execute_dft(plan, Self.complex(from), Self.complex(to))
      return
    }
    for index in 0..<size {
      for line in 0..<Self.width { to[line * size + index] = from[index * Self.width + line] }
    }
    fftwf_execute_dft(plan, Self.complex(to), Self.complex(from))
    for index in 0..<size {
      for line in 0..<Self.width { to[index * Self.width + line] = from[line * size + index] }
    }
  }

  /// Transforms a line of reals, which it may overwrite, into size/2 + 1 complex samples.
  @inline(__always)
  func forward(
    real line: UnsafeMutablePointer<Float>, into spectrum: UnsafeMutablePointer<ComplexFloat>
  ) {
    fftwf_execute_dft_r2c(real.forward, line, Self.complex(spectrum))
  }

  /// Transforms size/2 + 1 complex samples, which it overwrites, into a line of reals.
  @inline(__always)
  func inverse(
    _ spectrum: UnsafeMutablePointer<ComplexFloat>, intoReal line: UnsafeMutablePointer<Float>
  ) {
    fftwf_execute_dft_c2r(real.inverse, Self.complex(spectrum), line)
  }

  private static func complex(
    _ pointer: UnsafeMutablePointer<ComplexFloat>
  ) -> UnsafeMutablePointer<fftwf_complex> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: fftwf_complex.self)
  }
}

extension UnsafeMutablePointer<ComplexFloat> {
  /// Copies eight samples.
  @inline(__always)
  func copyEight(from source: UnsafePointer<ComplexFloat>) {
    let from = UnsafeRawPointer(source)
    let to = UnsafeMutableRawPointer(self)
    // Two vectors of registers instead of a call.
    let (first, second) = (
      from.loadUnaligned(as: SIMD8<Float>.self),
      from.loadUnaligned(fromByteOffset: 32, as: SIMD8<Float>.self)
    )
    to.storeBytes(of: first, as: SIMD8<Float>.self)
    to.storeBytes(of: second, toByteOffset: 32, as: SIMD8<Float>.self)
  }

  /// Sets samples to zero.
  @inline(__always)
  func clear(_ count: Int) {
    if count > 0 { update(repeating: .zero, count: count) }
  }
}
