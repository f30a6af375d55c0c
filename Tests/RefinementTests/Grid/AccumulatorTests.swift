import CryoEM
import Fourier
import Testing

@testable import Ground
@testable import Refinement

struct AccumulatorTests {
  private let points = SamplingPoints(window: 16, maximumShell: 7)
  private let radius = 10
  private let ones: FFTBuffer<Float>

  init() { ones = points.ones }

  private struct Cell: Hashable {
    var x: Int, y: Int, z: Int
  }

  /// The weights of four taps at floor − 1…floor + 2: the cubic B-spline by its definition, or the
  /// triangle.
  private func taps(_ interpolation: Interpolation, _ x: Double) -> [(index: Int, weight: Double)] {
    let first = Int(x.rounded(.down)) - 1
    return (first..<first + 4).map { index in
      let t = abs(x - Double(index))
      switch interpolation {
      case .trilinear: return (index, max(0, 1 - t))
      case .cubic:
        let value =
          t < 1 ? 2.0 / 3 - t * t + t * t * t / 2 : t < 2 ? (2 - t) * (2 - t) * (2 - t) / 6 : 0
        return (index, value)
      }
    }
  }

  /// Inserts an image and its Hermitian mates one by one into a whole grid of cells.
  private func bruteForce(
    _ images: PackedImages, _ rotation: Rotation, oversampling: Double,
    _ interpolation: Interpolation
  ) -> [Cell: SIMD3<Double>] {
    var cells: [Cell: SIMD3<Double>] = [:]
    let image = images.image(0)
    for index in points.indices {
      let k = Vector2(Double(points.kx[index]), Double(points.ky[index]))
      for mate in [1.0, -1.0] {
        let q = mate * oversampling * rotation.lifted(k)
        let value = SIMD3(
          Double(image.real[index]), mate * Double(image.imaginary[index]),
          Double(image.weight[index]))
        for (x, wx) in taps(interpolation, q.x) {
          for (y, wy) in taps(interpolation, q.y) {
            for (z, wz) in taps(interpolation, q.z) {
              cells[Cell(x: x, y: y, z: z), default: .zero] += wx * wy * wz * value
            }
          }
        }
      }
    }
    return cells
  }

  @Test(arguments: [Interpolation.cubic, .trilinear], [UInt64(1), 2, 3])
  func completionInsertsTheMates(interpolation: Interpolation, seed: UInt64) {
    var generator = SeededGenerator(seed: seed)
    let images = PackedImages(points: points, count: 1)
    let planes = images.planes(0)
    for index in points.indices {
      planes.real[index] = Float(generator.normal())
      planes.imaginary[index] = Float(generator.normal())
      planes.weight[index] = Float(generator.uniform(0.5, 1.5))
    }
    // The third view has its kx axis along y: a whole column of points lies at x = 0.
    let rotation: Rotation =
      seed == 3
      ? Rotation(rows: Vector3(0, 1, 0), Vector3(0, 0, 1), Vector3(1, 0, 0))
      : .random(using: &generator)
    let inserted = ExactSums(radius: radius, interpolation: interpolation)
    inserted.insert(
      images.image(0), points: points.points(factor: ones, band: 7),
      at: ExactSums.Placement(
        matrix: SliceMatrix(rotation: rotation, oversampling: 1.25, magnification: [1, 0, 0, 1]),
        shift: .zero), scale: 1)
    let accumulator = inserted.completed
    let expected = bruteForce(images, rotation, oversampling: 1.25, interpolation)
    let extent = 2 * radius + 4
    var worst = 0.0
    for z in -radius...radius {
      for y in -radius...radius {
        for x in 0...radius {
          let index = ((z + radius + 1) * extent + y + radius + 1) * (radius + 4) + x + 1
          let found = SIMD3(
            Double(accumulator.numerator[index].x), Double(accumulator.numerator[index].y),
            Double(accumulator.denominator[index]))
          let difference = found - (expected[Cell(x: x, y: y, z: z)] ?? .zero)
          worst = max(worst, (difference * difference).sum().squareRoot())
        }
      }
    }
    #expect(expected.count > 500)
    #expect(worst < 1e-4)
  }

  @Test func accumulatorsAdd() {
    let images = PackedImages(points: points, count: 2)
    var generator = SeededGenerator(seed: 17)
    let sums = (0..<3).map { _ in ExactSums(radius: radius, interpolation: .cubic) }
    for slot in 0..<2 {
      for index in points.indices {
        images.planes(slot).real[index] = Float(generator.normal())
        images.planes(slot).weight[index] = 1
      }
      let placement = ExactSums.Placement(
        matrix: SliceMatrix(
          rotation: .random(using: &generator), oversampling: 1.25, magnification: [1, 0, 0, 1]),
        shift: .zero)
      for target in [sums[slot], sums[2]] {
        target.insert(
          images.image(slot), points: points.points(factor: ones, band: 7), at: placement,
          scale: 1)
      }
    }
    let (one, other, both) = (sums[0].completed, sums[1].completed, sums[2].completed)
    one.add(other)
    #expect(relativeError(one.numerators, both.numerators) < 1e-6)
    let worst = zip(one.denominators, both.denominators).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 1e-5)
  }

  /// Many images at random with weight 1 give shell means that fall as 1/shell: each of n images has a
  /// great circle of every sphere.
  @Test func shellMeansCountTheSlices() {
    let images = PackedImages(points: points, count: 1)
    for index in points.indices { images.planes(0).weight[index] = 1 }
    let inserted = ExactSums(radius: radius, interpolation: .cubic)
    var generator = SeededGenerator(seed: 2)
    let count = 200
    for _ in 0..<count {
      inserted.insert(
        images.image(0), points: points.points(factor: ones, band: 7),
        at: ExactSums.Placement(
          matrix: SliceMatrix(
            rotation: .random(using: &generator), oversampling: 1, magnification: [1, 0, 0, 1]),
          shift: .zero), scale: 1)
    }
    let accumulator = inserted.completed
    let means = accumulator.shellMeans(oversampling: 1, shells: 6)
    for shell in 3...5 {
      let expected = Double(count) / (2 * Double(shell))
      #expect(abs(means[shell] / expected - 1) < 0.08, "shell \(shell): \(means[shell] / expected)")
    }
  }
}
