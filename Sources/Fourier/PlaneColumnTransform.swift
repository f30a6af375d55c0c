import CFFTW

/// The Fourier transform of real cubes in two steps, so that planes that are zero cost nothing and
/// what is done with the spectrum is done while it is in cache: the planes of z, and then the
/// columns along z, eight neighbours in x at a time.
///
/// A half-transformed cube is indexed [z · planeLength + y · rowLength + x], x from 0 to size/2, the
/// rest unused; a block of columns [z · 8 + x]. The phase origin is at index 0, and neither
/// direction scales. May be used by many threads at once, each with its own memory.
public final class PlaneColumnTransform: Sendable {
  /// Columns of a block.
  public static let blockWidth = LineTransform.width

  /// Samples along each edge of the cube.
  public let size: Int
  /// Complex samples from one row to the next: size/2 + 1 rounded up to whole blocks.
  public let rowLength: Int
  /// Complex samples from one plane to the next: an odd number of blocks, so that the samples of a
  /// column do not compete for the same lines of the cache.
  public let planeLength: Int
  private let line: LineTransform
  private nonisolated(unsafe) let columns: (forward: fftwf_plan, inverse: fftwf_plan)

  /// A transform of cubes of even size.
  public init(size: Int) {
    precondition(size > 0 && size % 2 == 0)
    let width = Self.blockWidth
    let rowLength = (size / 2 + width) / width * width
    self.size = size
    self.rowLength = rowLength
    planeLength = size * rowLength + width
    line = LineTransform(size: size)
    let cube = FFTBuffer<ComplexFloat>(count: size * planeLength)
    let block = FFTBuffer<ComplexFloat>(count: size * width)
    nonisolated(unsafe) let spectrum = Self.complex(cube.pointer)
    nonisolated(unsafe) let lines = Self.complex(block.pointer)
    let extents = [Int32(size)]
    let (step, many) = (Int32(planeLength), Int32(width))
    nonisolated(unsafe) var plans: [fftwf_plan?] = []
    planner.withLock { _ in
      plans = [
        fftwf_plan_many_dft(
          1, extents, many, spectrum, nil, step, 1, lines, nil, many, 1, FFTW_FORWARD,
          FFTW_ESTIMATE | FFTW_PRESERVE_INPUT),
        fftwf_plan_many_dft(
          1, extents, many, lines, nil, many, 1, spectrum, nil, step, 1, FFTW_BACKWARD,
          FFTW_ESTIMATE),
      ]
    }
    guard let down = plans[0], let up = plans[1] else {
      fatalError("FFTW cannot plan a transform of \(size)³")
    }
    columns = (down, up)
  }

  deinit {
    planner.withLock { _ in
      for plan in [columns.forward, columns.inverse] { fftwf_destroy_plan(plan) }
    }
  }

  /// Transforms a plane of real samples, which it may overwrite, into a plane of a cube.
  public func forwardPlane(
    _ real: UnsafeMutablePointer<Float>, into plane: UnsafeMutablePointer<ComplexFloat>
  ) {
    let row = FFTBuffer<Float>(count: size)
    for y in 0..<size {
      row.pointer.update(from: real + y * size, count: size)
      line.forward(real: row.pointer, into: plane + y * rowLength)
    }
    transformRows(of: plane, isForward: true)
  }

  /// Transforms a plane of a cube, which it overwrites, into real samples.
  public func inversePlane(
    _ plane: UnsafeMutablePointer<ComplexFloat>, into real: UnsafeMutablePointer<Float>
  ) {
    transformRows(of: plane, isForward: false)
    let row = FFTBuffer<Float>(count: size)
    for y in 0..<size {
      line.inverse(plane + y * rowLength, intoReal: row.pointer)
      (real + y * size).update(from: row.pointer, count: size)
    }
  }

  /// Transforms a plane of a cube along y, in place.
  private func transformRows(of plane: UnsafeMutablePointer<ComplexFloat>, isForward: Bool) {
    let width = Self.blockWidth
    let from = FFTBuffer<ComplexFloat>(count: size * width)
    let to = FFTBuffer<ComplexFloat>(count: size * width)
    for x in stride(from: 0, to: size / 2 + 1, by: width) {
      for y in 0..<size { (from.pointer + y * width).copyEight(from: plane + y * rowLength + x) }
      if isForward {
        line.forward(from.pointer, into: to.pointer)
      } else {
        line.inverse(from.pointer, into: to.pointer)
      }
      for y in 0..<size { (plane + y * rowLength + x).copyEight(from: to.pointer + y * width) }
    }
  }

  /// Transforms the columns of a cube that start at `first` into a block.
  public func forwardColumns(
    _ first: UnsafeMutablePointer<ComplexFloat>, into block: FFTBuffer<ComplexFloat>
  ) {
    fftwf_execute_dft(columns.forward, Self.complex(first), Self.complex(block.pointer))
  }

  /// Transforms a block, which it may overwrite, into the columns of a cube that start at `first`.
  public func inverseColumns(
    _ block: FFTBuffer<ComplexFloat>, into first: UnsafeMutablePointer<ComplexFloat>
  ) {
    fftwf_execute_dft(columns.inverse, Self.complex(block.pointer), Self.complex(first))
  }

  private static func complex(
    _ pointer: UnsafeMutablePointer<ComplexFloat>
  ) -> UnsafeMutablePointer<fftwf_complex> {
    UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: fftwf_complex.self)
  }
}
