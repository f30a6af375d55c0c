import CKernels
import CryoEM
import Fourier
import Glibc
import Phantoms
import Testing

@testable import Ground
@testable import Refinement

/// The slice of a grid at the sampling points.
func slice(
  _ grid: ReferenceGrid, _ points: SamplingPoints, _ matrix: SliceMatrix
) -> [ComplexFloat] {
  var real = [Float](repeating: 0, count: points.paddedCount)
  var imaginary = real
  matrix.withPointer {
    fulcrum_slice(
      grid.pointer, Int32(grid.radius), grid.interpolation.kernel, points.kx.pointer,
      points.ky.pointer, Int32(points.paddedCount), $0, &real, &imaginary)
  }
  return (0..<points.count).map { ComplexFloat(real[$0], imaginary[$0]) }
}

struct SliceTests {
  /// White noise in a ball that fills a given part of the half-box.
  private func ball(_ period: Int, share: Double, seed: UInt64) -> [(point: Vector3, value: Float)]
  {
    var generator = SeededGenerator(seed: seed)
    let half = period / 2
    var voxels: [(Vector3, Float)] = []
    for z in -half..<half {
      for y in -half..<half {
        for x in -half..<half {
          let point = Vector3(Double(x), Double(y), Double(z))
          guard (point * point).sum().squareRoot() <= share * Double(half) else { continue }
          voxels.append((point, Float(generator.normal())))
        }
      }
    }
    return voxels
  }

  /// engine.md §9: rms errors for a support of R of the half-box.
  @Test(arguments: [
    (Interpolation.cubic, 0.4, 0.0005, 0.004), (.cubic, 0.6, 0.003, 0.015),
    (.trilinear, 0.2, 0.002, 0.01), (.trilinear, 0.3, 0.01, 0.03),
  ])
  func equalsTheDirectFourierSum(
    interpolation: Interpolation, share: Double, atLeast: Double, atMost: Double
  ) {
    let period = 24
    let voxels = ball(period, share: share, seed: 3)
    var density = [Float](repeating: 0, count: period * period * period)
    for (point, value) in voxels {
      let index = point + Vector3(repeating: Double(period / 2))
      density[(Int(index.z) * period + Int(index.y)) * period + Int(index.x)] = value
    }
    // Up to shell 8 all taps are below the Nyquist frequency.
    let points = SamplingPoints(window: period, maximumShell: 8)
    let grid = SmallBody.grid(of: density, period: period, radius: 10, interpolation)
    var generator = SeededGenerator(seed: 8)
    let (expectedMany, foundMany) = (0..<3).reduce(into: ([ComplexFloat](), [ComplexFloat]())) {
      many, _ in
      let rotation = Rotation.random(using: &generator)
      many.1 += slice(
        grid, points,
        SliceMatrix(rotation: rotation, oversampling: 1, magnification: [1, 0, 0, 1]))
      many.0 += (0..<points.count).map { index in
        let k = rotation.lifted(Vector2(Double(points.kx[index]), Double(points.ky[index])))
        let sum = voxels.reduce(SIMD2<Double>.zero) { sum, voxel in
          let angle = -2 * Double.pi * (k * voxel.point).sum() / Double(period)
          return sum + Double(voxel.value) * SIMD2(cos(angle), sin(angle))
        }
        return ComplexFloat(sum)
      }
    }
    let error = relativeError(foundMany, expectedMany)
    // The lower end guards the test itself: an exact answer would be no interpolation.
    #expect(error < atMost && error > atLeast, "relative error \(error)")
  }

  /// The slice of an off-centre object on a grid finer than the window's, magnified.
  @Test func followsRotationOversamplingAndMagnification() {
    let body = SmallBody(period: 64, seed: 9)
    let magnification: Magnification = [1.02, 0.004, -0.006, 0.985]
    // Two shells below the rim leave room for the stretch.
    let points = SamplingPoints(window: 32, maximumShell: 13)
    var generator = SeededGenerator(seed: 4)
    let rotation = Rotation.random(using: &generator)
    let found = slice(
      body.reference(), points,
      SliceMatrix(
        rotation: rotation, oversampling: body.geometry.oversampling, magnification: magnification))
    let exact = PhantomProjector(
      body.phantom, boxSize: 32, pixelSize: body.pixelSize, magnification: magnification
    ).transform(at: Pose(rotation: rotation, origin: .zero))
    let expected = (0..<points.count).map { index in
      let (x, y) = (Int(points.kx[index]), Int(points.ky[index]))
      return exact[transformIndex(y, size: 32) * 17 + x]
    }
    #expect(relativeError(found, expected) < 0.003)
  }

  /// V(−q) = V*(q): the fold at x < 0.
  @Test(arguments: [Interpolation.cubic, .trilinear])
  func isHermitian(interpolation: Interpolation) {
    let body = SmallBody()
    let grid = body.reference(interpolation)
    var generator = SeededGenerator(seed: 6)
    let rotation = Rotation.random(using: &generator)
    let (here, there) = (
      slice(
        grid, body.points,
        SliceMatrix(rotation: rotation, oversampling: 1.5, magnification: [1, 0, 0, 1])),
      slice(
        grid, body.points,
        SliceMatrix(rotation: rotation, oversampling: 1.5, magnification: [-1, 0, 0, -1]))
    )
    #expect(relativeError(here, there.map(\.conjugated)) < 1e-5)
  }
}
