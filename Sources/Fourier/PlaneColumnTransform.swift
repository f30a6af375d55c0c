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

  /// A transform of cubes of even size.
  public init(size: Int) {
    precondition(size > 0 && size % 2 == 0)
    let width = Self.blockWidth
    rowLength = (size / 2 + width) / width * width
    self.size = size
    planeLength = size * rowLength + width
    line = LineTransform(size: size)
  }

  /// Memory for a block of columns.
  public func block() -> FFTBuffer<ComplexFloat> { FFTBuffer(count: size * Self.blockWidth) }

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
  ///
  /// - Parameter spare: another block, overwritten.
  public func forwardColumns(
    _ first: UnsafeMutablePointer<ComplexFloat>, into block: FFTBuffer<ComplexFloat>,
    spare: FFTBuffer<ComplexFloat>
  ) {
    for z in 0..<size {
      (spare.pointer + z * Self.blockWidth).copyEight(from: first + z * planeLength)
    }
    line.forward(spare.pointer, into: block.pointer)
  }

  /// Transforms a block, which it may overwrite, into the columns of a cube that start at `first`.
  ///
  /// - Parameter spare: another block, overwritten.
  public func inverseColumns(
    _ block: FFTBuffer<ComplexFloat>, into first: UnsafeMutablePointer<ComplexFloat>,
    spare: FFTBuffer<ComplexFloat>
  ) {
    line.inverse(block.pointer, into: spare.pointer)
    for z in 0..<size {
      (first + z * planeLength).copyEight(from: spare.pointer + z * Self.blockWidth)
    }
  }
}
