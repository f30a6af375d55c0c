import CFFTW
import Synchronization

/// FFTW's planner is not thread-safe; its plans are.
let planner = Mutex<Void>(())

/// Fourier transforms between real arrays and half-spectra, in two or three dimensions.
///
/// The shape lists the real array's extents, slowest first; x is the last and fastest. The spectrum
/// holds x frequencies 0…nx/2 and all frequencies of the other axes, in FFTW's order (0, 1, … , −1).
/// Neither direction scales: forward then inverse multiplies by the number of samples. Plans are
/// made without measuring, so that the same input gives the same bytes on every run. One transform
/// may be used by many threads at once, each with its own buffers.
public final class RealTransform: Sendable {
  /// Extents of the real array, slowest first.
  public let shape: [Int]
  /// Number of real samples.
  public let realCount: Int
  /// Number of complex samples of the half-spectrum.
  public let spectrumCount: Int
  private nonisolated(unsafe) let forwardPlan: fftwf_plan
  private nonisolated(unsafe) let inversePlan: fftwf_plan

  /// A transform of the given shape: two or three extents, all positive.
  public init(shape: [Int]) {
    precondition(shape.allSatisfy { $0 > 0 } && !shape.isEmpty)
    self.shape = shape
    realCount = shape.reduce(1, *)
    spectrumCount = shape.dropLast().reduce(1, *) * (shape[shape.count - 1] / 2 + 1)
    let extents = shape.map { Int32($0) }
    let real = FFTBuffer<Float>(count: realCount)
    let spectrum = FFTBuffer<ComplexFloat>(count: spectrumCount)
    nonisolated(unsafe) let complexPointer = UnsafeMutableRawPointer(spectrum.pointer)
      .assumingMemoryBound(to: fftwf_complex.self)
    let rank = Int32(shape.count)
    nonisolated(unsafe) var forward: fftwf_plan?
    nonisolated(unsafe) var inverse: fftwf_plan?
    planner.withLock { _ in
      forward = fftwf_plan_dft_r2c(
        rank, extents, real.pointer, complexPointer, FFTW_ESTIMATE | FFTW_PRESERVE_INPUT)
      inverse = fftwf_plan_dft_c2r(
        rank, extents, complexPointer, real.pointer, FFTW_ESTIMATE | FFTW_DESTROY_INPUT)
    }
    guard let forward, let inverse else {
      fatalError("FFTW cannot plan a transform of shape \(shape)")
    }
    (forwardPlan, inversePlan) = (forward, inverse)
  }

  deinit {
    planner.withLock { _ in
      fftwf_destroy_plan(forwardPlan)
      fftwf_destroy_plan(inversePlan)
    }
  }

  /// The half-spectrum of a real array.
  public func forward(_ real: FFTBuffer<Float>, into spectrum: FFTBuffer<ComplexFloat>) {
    precondition(real.count >= realCount && spectrum.count >= spectrumCount)
    let output = UnsafeMutableRawPointer(spectrum.pointer)
      .assumingMemoryBound(to: fftwf_complex.self)
    fftwf_execute_dft_r2c(forwardPlan, real.pointer, output)
  }

  /// The real array of a half-spectrum, times the number of samples. Overwrites the spectrum.
  public func inverse(_ spectrum: FFTBuffer<ComplexFloat>, into real: FFTBuffer<Float>) {
    precondition(real.count >= realCount && spectrum.count >= spectrumCount)
    let input = UnsafeMutableRawPointer(spectrum.pointer)
      .assumingMemoryBound(to: fftwf_complex.self)
    fftwf_execute_dft_c2r(inversePlan, input, real.pointer)
  }

  /// The half-spectrum of a real array, by value; for work outside the inner loops.
  public func forward(_ values: [Float]) -> [ComplexFloat] {
    precondition(values.count == realCount)
    let real = FFTBuffer<Float>(count: realCount)
    let spectrum = FFTBuffer<ComplexFloat>(count: spectrumCount)
    real.copy(from: values)
    forward(real, into: spectrum)
    return spectrum.array
  }

  /// The real array of a half-spectrum, scaled so that it inverts `forward`; by value.
  public func inverse(_ values: [ComplexFloat]) -> [Float] {
    precondition(values.count == spectrumCount)
    let real = FFTBuffer<Float>(count: realCount)
    let spectrum = FFTBuffer<ComplexFloat>(count: spectrumCount)
    spectrum.copy(from: values)
    inverse(spectrum, into: real)
    let factor = 1 / Float(realCount)
    return real.array.map { $0 * factor }
  }
}
