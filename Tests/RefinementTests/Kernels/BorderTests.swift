import CKernels
import Fourier
import Testing

@testable import Refinement

struct BorderTests {
  private let radius = 4
  private let matrix = SliceMatrix(
    rotation: .identity, oversampling: 1e3, magnification: [1, 0.3, -0.2, 1])

  /// Points far beyond the grid read its border: a constant grid gives the constant.
  @Test(arguments: [Interpolation.trilinear, .cubic])
  func slicesReadNothingBeyondTheBorder(interpolation: Interpolation) {
    let grid = ReferenceGrid(radius: radius, interpolation: interpolation)
    for index in 0..<grid.samples.count { grid.samples[index] = ComplexFloat(2.5, 0) }
    let points = SamplingPoints(window: 16, maximumShell: 7)
    let (real, imaginary) = (
      FFTBuffer<Float>(count: points.paddedCount), FFTBuffer<Float>(count: points.paddedCount)
    )
    matrix.withPointer {
      fulcrum_slice(
        grid.pointer, Int32(radius), interpolation.kernel, points.kx.pointer, points.ky.pointer,
        Int32(points.paddedCount), $0, real.pointer, imaginary.pointer)
    }
    for index in points.indices {
      #expect(abs(real[index] - 2.5) < 1e-4 && abs(imaginary[index]) < 1e-4)
    }
  }

  /// Nothing outside an accumulator's samples is written.
  @Test(arguments: [Interpolation.trilinear, .cubic])
  func insertionsWriteNothingBeyondTheBorder(interpolation: Interpolation) {
    let slabs = ExactSums.Slabs(radius: radius, interpolation: interpolation, accumulators: 1)
    let layout = GridLayout(radius: radius)
    let count = 3 * layout.width * layout.extent * slabs.stored(extent: layout.extent)
    let guardCount = 4096
    let sums = FFTBuffer<Int64>(count: count + 2 * guardCount)
    let points = SamplingPoints(window: 16, maximumShell: 7)
    let ones = points.ones
    let images = PackedImages(points: points, count: 1)
    for index in points.indices {
      let planes = images.planes(0)
      (planes.real[index], planes.imaginary[index], planes.weight[index]) = (1, 1, 1)
    }
    // Twice the grid's reach: what goes astray stays in the guards.
    let near = SliceMatrix(
      rotation: .identity, oversampling: 1.2, magnification: [1, 0.1, -0.1, 1])
    let zero = FFTBuffer<Float>(count: 4)
    var room = [UInt16](repeating: 0, count: points.paddedCount)
    var starts = [Int32](repeating: 0, count: slabs.count + 1)
    var samples = [fulcrum_sample](repeating: fulcrum_sample(), count: points.paddedCount)
    near.withPointer {
      fulcrum_place(
        Int32(radius), interpolation.kernel, Int32(slabs.planes), Int32(slabs.count),
        points.points(factor: ones, band: 7), images.image(0), $0, [0.3, -0.2, 0.1], zero.pointer,
        zero.pointer,
        0x1p20, 0x1p20, &room, &starts, &samples)
    }
    fulcrum_add(
      sums.pointer + guardCount, Int32(radius), interpolation.kernel, samples,
      Int32(points.paddedCount))
    let inside = guardCount..<count + guardCount
    for range in [0..<inside.lowerBound, inside.upperBound..<sums.count] {
      #expect(range.allSatisfy { sums[$0] == 0 })
    }
    #expect(inside.contains { sums[$0] > 0 })
  }
}
