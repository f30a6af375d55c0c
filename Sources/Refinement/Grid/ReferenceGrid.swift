import CKernels
import CryoEM
import Fourier
import Ground

/// How a Fourier grid is read between its samples.
public enum Interpolation: Sendable, Equatable {
  /// Two taps an axis.
  case trilinear
  /// Four taps an axis: the cubic B-spline.
  case cubic

  /// How slices of references are read.
  static let ofReferences = Interpolation.cubic

  /// What the kernels call it.
  var kernel: fulcrum_interpolation { self == .cubic ? fulcrum_cubic : fulcrum_trilinear }

  /// The Fourier transform of the interpolation kernel at a distance of `x` periods from the centre:
  /// sinc² for the triangle and sinc⁴ for the cubic B-spline. Real-space densities are divided by
  /// the product over the axes.
  func envelope(_ x: Double) -> Double {
    guard x != 0 else { return 1 }
    let sinc = sineAndCosine(.pi * x).sine / (.pi * x)
    return self == .cubic ? sinc * sinc * sinc * sinc : sinc * sinc
  }
}

/// Half of a Hermitian Fourier grid around the origin, in the kernels' layout: complex samples x =
/// −1…radius + 2 (fastest), y and z = −radius − 1…radius + 2.
public final class ReferenceGrid: Sendable {
  /// Largest coordinate, grid units.
  public let radius: Int
  /// How it is interpolated.
  public let interpolation: Interpolation
  /// The samples.
  let samples: FFTBuffer<ComplexFloat>

  init(radius: Int, interpolation: Interpolation) {
    self.radius = radius
    self.interpolation = interpolation
    samples = FFTBuffer(count: GridLayout(radius: radius).count)
  }

  /// Bytes of the samples.
  var bytes: Int { samples.count * MemoryLayout<ComplexFloat>.stride }

  /// Writes ones into all samples, for measurements of time.
  func touch() {
    for index in 0..<samples.count { samples.pointer[index] = ComplexFloat(1, 0) }
  }

  /// Where they are.
  var layout: GridLayout { GridLayout(radius: radius) }

  /// The samples as the kernels read them.
  var pointer: UnsafePointer<Float> {
    UnsafeRawPointer(samples.pointer).assumingMemoryBound(to: Float.self)
  }

  /// Fills the new grid from the half-spectrum of a cube with the same spacing; samples beyond the
  /// spectrum stay zero. Factors (−1)^(x+y+z) move the origin to the cube's centre.
  func fill(from spectrum: BallSpectrum, scale: Float) {
    let layout = layout
    let limit = spectrum.limit
    inParallel(spectrum.blocks.count, chunk: 16) { blocks in
      spectrum.forEachEight(blocks: blocks) { block, z, index in
        guard layout.rows ~= z, layout.rows ~= block.ky else { return }
        let target = layout.index(0, block.ky, z)
        var sign: Float = (block.ky + z) % 2 == 0 ? scale : -scale
        let end = max(block.kx, min(block.kx + BallSpectrum.width, limit + 1, radius + 3))
        for x in block.kx..<end {
          samples.pointer[target + x] = spectrum.values.pointer[index + x - block.kx] * sign
          sign = -sign
        }
      }
    }
    mirrorFirstPlane()
  }

  /// Fills x = −1 from x = 1 by Hermitian symmetry.
  func mirrorFirstPlane() {
    let (layout, radius) = (layout, radius)
    inParallel(2 * radius + 3, chunk: 8) { range in
      for z in range.lazy.map({ $0 - radius - 1 }) {
        for y in -radius - 1...radius + 1 {
          samples.pointer[layout.index(-1, y, z)] =
            samples.pointer[layout.index(1, -y, -z)].conjugated
        }
      }
    }
  }
}
