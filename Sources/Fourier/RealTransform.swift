import CFFTW
import Ground
import Synchronization

/// FFTW's planner is not thread-safe; its plans are.
let planner = Mutex<Void>(())

/// Fourier transforms between real arrays and half-spectra, in two or three dimensions.
///
/// The shape lists the real array's extents, slowest first; x is the last and fastest. The spectrum
/// holds x frequencies 0…nx/2 and all frequencies of the other axes, in FFTW's order (0, 1, … , −1).
/// Neither direction scales: forward then inverse multiplies by the number of samples. The same input
/// gives the same bytes on every run. One transform may be used by many threads at once, each with its
/// own buffers.
public final class RealTransform: Sendable {
  /// Extents of the real array, slowest first.
  public let shape: [Int]
  /// Number of real samples.
  public let realCount: Int
  /// Number of complex samples of the half-spectrum.
  public let spectrumCount: Int
  /// Transforms along the axes, slowest first; equal extents share one.
  private let axes: [LineTransform]
  /// Complex samples of a row of x.
  private let rowLength: Int

  /// A transform of the given shape: two or three extents, all positive.
  public init(shape: [Int]) {
    precondition((2...3).contains(shape.count) && shape.allSatisfy { $0 > 0 })
    self.shape = shape
    realCount = shape.reduce(1, *)
    rowLength = shape[shape.count - 1] / 2 + 1
    spectrumCount = shape.dropLast().reduce(1, *) * rowLength
    var known: [Int: LineTransform] = [:]
    axes = shape.map { size in
      let line = known[size] ?? LineTransform(size: size)
      known[size] = line
      return line
    }
  }

  /// Memory for eight lines of the longest axis, before and after.
  private final class Scratch {
    let from: FFTBuffer<ComplexFloat>, to: FFTBuffer<ComplexFloat>
    let real: FFTBuffer<Float>

    init(longest: Int) {
      from = FFTBuffer(count: longest * LineTransform.width)
      to = FFTBuffer(count: longest * LineTransform.width)
      real = FFTBuffer(count: longest)
    }
  }

  /// Planes, or rows of y, that a thread transforms at a time.
  private static let chunk = 4

  private func scratch() -> Scratch { Scratch(longest: shape.max() ?? 1) }

  /// Rows of x, and the planes that they make.
  private var plane: (rows: Int, planes: Int) {
    let rows = shape[shape.count - 2]
    return (rows, shape.dropLast().reduce(1, *) / rows)
  }

  /// The half-spectrum of a real array.
  public func forward(_ real: FFTBuffer<Float>, into spectrum: FFTBuffer<ComplexFloat>) {
    precondition(real.count >= realCount && spectrum.count >= spectrumCount)
    forward(UnsafePointer(real.pointer), into: spectrum.pointer)
  }

  private func forward(
    _ real: UnsafePointer<Float>, into spectrum: UnsafeMutablePointer<ComplexFloat>
  ) {
    let (size, (rows, planes)) = (shape[shape.count - 1], plane)
    let line = axes[axes.count - 1]
    nonisolated(unsafe) let (real, spectrum) = (real, spectrum)
    inParallel(planes, chunk: Self.chunk) { range in
      let scratch = scratch()
      for z in range {
        let first = spectrum + z * rows * rowLength
        for y in 0..<rows {
          scratch.real.pointer.update(from: real + (z * rows + y) * size, count: size)
          line.forward(real: scratch.real.pointer, into: scratch.from.pointer)
          (first + y * rowLength).update(from: scratch.from.pointer, count: rowLength)
        }
        columns(first, step: rowLength, axes[axes.count - 2], isForward: true, scratch)
      }
    }
    guard shape.count == 3 else { return }
    inParallel(rows, chunk: Self.chunk) { range in
      let scratch = scratch()
      for y in range {
        columns(
          spectrum + y * rowLength, step: rows * rowLength, axes[0], isForward: true, scratch)
      }
    }
  }

  /// The real array of a half-spectrum, times the number of samples. Overwrites the spectrum.
  public func inverse(_ spectrum: FFTBuffer<ComplexFloat>, into real: FFTBuffer<Float>) {
    precondition(real.count >= realCount && spectrum.count >= spectrumCount)
    inverse(spectrum.pointer, into: real.pointer)
  }

  private func inverse(
    _ spectrum: UnsafeMutablePointer<ComplexFloat>, into real: UnsafeMutablePointer<Float>,
    scale: Float = 1
  ) {
    let (size, (rows, planes)) = (shape[shape.count - 1], plane)
    let line = axes[axes.count - 1]
    nonisolated(unsafe) let (real, spectrum) = (real, spectrum)
    if shape.count == 3 {
      inParallel(rows, chunk: Self.chunk) { range in
        let scratch = scratch()
        for y in range {
          columns(
            spectrum + y * rowLength, step: rows * rowLength, axes[0], isForward: false, scratch)
        }
      }
    }
    inParallel(planes, chunk: Self.chunk) { range in
      let scratch = scratch()
      for z in range {
        let first = spectrum + z * rows * rowLength
        columns(first, step: rowLength, axes[axes.count - 2], isForward: false, scratch)
        for y in 0..<rows {
          scratch.from.pointer.update(from: first + y * rowLength, count: rowLength)
          line.inverse(scratch.from.pointer, intoReal: scratch.real.pointer)
          let target = real + (z * rows + y) * size
          for x in 0..<size { target[x] = scratch.real.pointer[x] * scale }
        }
      }
    }
  }

  /// Transforms the columns that begin in a row, in place: their samples lie `step` apart.
  private func columns(
    _ row: UnsafeMutablePointer<ComplexFloat>, step: Int, _ line: LineTransform, isForward: Bool,
    _ scratch: Scratch
  ) {
    let width = LineTransform.width
    let (from, to) = (scratch.from.pointer, scratch.to.pointer)
    for x in stride(from: 0, to: rowLength, by: width) {
      let first = row + x
      let isWhole = x + width <= rowLength
      let count = min(width, rowLength - x)
      for index in 0..<line.size {
        if isWhole {
          (from + index * width).copyEight(from: first + index * step)
        } else {
          (from + index * width).update(from: first + index * step, count: count)
          (from + index * width + count).clear(width - count)
        }
      }
      if isForward { line.forward(from, into: to) } else { line.inverse(from, into: to) }
      for index in 0..<line.size {
        if isWhole {
          (first + index * step).copyEight(from: to + index * width)
        } else {
          (first + index * step).update(from: to + index * width, count: count)
        }
      }
    }
  }

  /// The half-spectrum of a real array, by value.
  public func forward(_ values: [Float]) -> [ComplexFloat] {
    precondition(values.count == realCount)
    return largeArray(count: spectrumCount) { spectrum in
      values.withUnsafeBufferPointer { values in
        if let base = values.baseAddress { forward(base, into: spectrum) }
      }
    }
  }

  /// The real array of a half-spectrum, scaled so that it inverts `forward`; by value.
  public func inverse(_ values: [ComplexFloat]) -> [Float] {
    var copy = values
    return inverse(spending: &copy)
  }

  /// The same of a half-spectrum that is not needed any more: what is left in it means nothing.
  public func inverse(spending values: inout [ComplexFloat]) -> [Float] {
    precondition(values.count == spectrumCount)
    return largeArray(count: realCount) { real in
      values.withUnsafeMutableBufferPointer { spectrum in
        if let base = spectrum.baseAddress {
          inverse(base, into: real, scale: 1 / Float(realCount))
        }
      }
    }
  }
}
