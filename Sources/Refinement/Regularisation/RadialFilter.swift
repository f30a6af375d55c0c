import Fourier
import Glibc

/// Filters cubes of one size in Fourier space by factors of the radius alone.
///
/// Spectra are those of FFTW, with their phase origin at index 0.
struct RadialFilter: Sendable {
  /// Voxels along the cube's edge.
  let size: Int
  private let transform: RealTransform

  init(size: Int) {
    self.size = size
    transform = RealTransform(shape: [size, size, size])
  }

  /// Voxels of a cube.
  var count: Int { transform.realCount }

  /// Memory for a cube and for a spectrum.
  func cube() -> FFTBuffer<Float> { FFTBuffer(count: transform.realCount) }
  func spectrum() -> FFTBuffer<ComplexFloat> { FFTBuffer(count: transform.spectrumCount) }

  /// The factors of all squared radii.
  func gains(_ gain: (Double) -> Double) -> [Float] {
    (0...(3 * (size / 2) * (size / 2))).map { Float(gain(Double($0).squareRoot())) }
  }

  /// The factors of a Gaussian window of a standard deviation in voxels, with the sum 1.
  func gaussian(deviation: Double) -> [Float] {
    let scale = -2 * Double.pi * Double.pi * deviation * deviation / Double(size * size)
    return gains { exp(scale * $0 * $0) }
  }

  /// The spectrum of a cube.
  func transform(_ cube: FFTBuffer<Float>, into spectrum: FFTBuffer<ComplexFloat>) {
    transform.forward(cube, into: spectrum)
  }

  /// The cube of a spectrum times the factors.
  ///
  /// - Parameter scratch: overwritten; may be the spectrum itself.
  func filter(
    _ spectrum: FFTBuffer<ComplexFloat>, by gains: [Float], scratch: FFTBuffer<ComplexFloat>,
    into cube: FFTBuffer<Float>
  ) {
    let width = size / 2 + 1
    let scale = 1 / Float(count)
    gains.withUnsafeBufferPointer { gains in
      for z in 0..<size {
        let kz = signedFrequency(z, size: size)
        for y in 0..<size {
          let ky = signedFrequency(y, size: size)
          let square = kz * kz + ky * ky
          let row = (z * size + y) * width
          for x in 0..<width {
            scratch.pointer[row + x] = spectrum.pointer[row + x] * (gains[square + x * x] * scale)
          }
        }
      }
    }
    transform.inverse(scratch, into: cube)
  }
}
