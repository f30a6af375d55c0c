import CryoEM
import Fourier
import Glibc
import Testing

@testable import Ground
@testable import Refinement

struct InsertTests {
  private let points = SamplingPoints(window: 20, maximumShell: 9)
  private let radius = 16
  private let ones: FFTBuffer<Float>

  init() { ones = points.ones }

  /// One image of noise with positive weights.
  private func noise(seed: UInt64) -> PackedImages {
    let images = PackedImages(points: points, count: 1)
    var generator = SeededGenerator(seed: seed)
    let planes = images.planes(0)
    for index in 0..<points.count {
      planes.real[index] = Float(generator.normal())
      planes.imaginary[index] = Float(generator.normal())
      planes.weight[index] = Float(generator.uniform(0.5, 1.5))
    }
    return images
  }

  private func placement(seed: UInt64) -> ExactSums.Placement {
    var generator = SeededGenerator(seed: seed)
    return ExactSums.Placement(
      matrix: SliceMatrix(
        rotation: .random(using: &generator), oversampling: 1.6, magnification: [1, 0, 0, 1]),
      shift: .zero)
  }

  /// ⟨Slice v, x⟩ = ⟨v, Insert x⟩, where v is Hermitian and both mates of x count.
  @Test(arguments: [Interpolation.cubic, .trilinear], [UInt64(1), 2, 3])
  func isTheAdjointOfTheSlice(interpolation: Interpolation, seed: UInt64) {
    var generator = SeededGenerator(seed: 40 + seed)
    let density = (0..<48 * 48 * 48).map { _ in Float(generator.normal()) }
    let grid = SmallBody.grid(of: density, period: 48, radius: radius, interpolation)
    let images = noise(seed: seed)
    let placement = placement(seed: 70 + seed)
    let inserted = ExactSums(radius: radius, interpolation: interpolation, largest: 7)
    let image = images.image(0)
    inserted.insert(
      image, points: points.points(factor: ones, band: 9), at: placement, scale: 1)
    let accumulator = inserted.completed
    let values = slice(grid, points, placement.matrix)
    // At least some points lie at x < 0, where the grid has no samples.
    let m = placement.matrix.elements
    let folded = (0..<points.count).filter { m.0 * points.kx[$0] + m.1 * points.ky[$0] < 0 }
    #expect(folded.count > 20)
    var (left, size) = (0.0, 0.0)
    for index in 0..<points.count {
      let x = SIMD2(Double(image.real[index]), Double(image.imaginary[index]))
      left += (SIMD2<Double>(values[index]) * x).sum()
      size += (SIMD2<Double>(values[index]) * SIMD2<Double>(values[index])).sum()
    }
    let width = radius + 4
    var right = 0.0
    for index in 0..<accumulator.count {
      let x = index % width - 1
      guard x >= 0 else { continue }
      let product =
        SIMD2<Double>(grid.samples[index]) * SIMD2<Double>(accumulator.numerator[index])
      right += product.sum() * (x == 0 ? 0.5 : 1)
    }
    #expect(abs(left - right) < 1e-5 * (size * Double(points.count)).squareRoot())
  }

  /// Weights spread with taps that add up to 1, and both mates count once.
  @Test(arguments: [Interpolation.cubic, .trilinear])
  func keepsTheSumOfTheWeights(interpolation: Interpolation) {
    let images = noise(seed: 4)
    let inserted = ExactSums(radius: radius, interpolation: interpolation)
    let image = images.image(0)
    var placement = placement(seed: 12)
    placement.weight = 0.25
    inserted.insert(
      image, points: points.points(factor: ones, band: 9), at: placement, scale: 3)
    let quantum = Double(inserted.quanta.weight)
    let total = stride(from: 2, to: inserted.values.count, by: 3).reduce(0.0) {
      $0 + quantum * Double(inserted.values[$1])
    }
    let expected = (0..<points.count).reduce(0.0) { $0 + Double(image.weight[$1]) } * 9 * 0.25
    #expect(abs(total - expected) < 1e-5 * expected)
  }

  /// An image shifted by t is brought back before it is inserted: the phase is that of +t.
  @Test func removesTheShift() {
    let body = SmallBody()
    let poses = [
      Alignment(rotation: .identity, position: .zero),
      Alignment(rotation: .identity, position: Vector2(2.2, -3.7)),
    ]
    let images = body.packed(poses)
    let accumulators = poses.indices.map { index -> Accumulator in
      let inserted = ExactSums(
        radius: body.geometry.clampedGridRadius(ofShell: 15), interpolation: .cubic)
      inserted.insert(
        images.image(index), points: body.points.points(factor: body.ones, band: 15),
        at: ExactSums.Placement(
          matrix: SliceMatrix(rotation: .identity, oversampling: 1.5, magnification: [1, 0, 0, 1]),
          shift: SIMD2<Float>(poses[index].position / body.geometry.windowEdge)),
        scale: 1)
      return inserted.completed
    }
    #expect(
      relativeError(accumulators[1].numerators, accumulators[0].numerators) < 1e-5)
  }
}

struct KernelFunctionTests {
  private let points = SamplingPoints(window: 32, maximumShell: 15)

  /// A grid of ones: the transform of a point of density.
  private func ones() -> ReferenceGrid {
    var density = [Float](repeating: 0, count: 32 * 32 * 32)
    density[(16 * 32 + 16) * 32 + 16] = 1
    return SmallBody.grid(of: density, period: 32, radius: 12, .trilinear)
  }

  /// Cosine and sine through the terms of a point's image, at shifts for which k·t has no rounding.
  @Test func cosineAndSineAreAccurate() {
    let grid = ones()
    let images = PackedImages(points: points, count: 2)
    for index in 0..<points.count {
      images.planes(0).real[index] = 1
      images.planes(1).imaginary[index] = 1
    }
    let buffers = (
      FFTBuffer<Float>(count: points.paddedCount), FFTBuffer<Float>(count: points.paddedCount),
      FFTBuffer<Float>(count: points.paddedCount)
    )
    let geometry = SmallBody().geometry
    let factor = points.factors(perShell: [Double](repeating: 1, count: 16), band: 9)
    let alignment = Alignment(rotation: .identity, position: .zero)
    var worst = 0.0
    for step in -700...700 {
      let turns = Vector2(Double(step) / 256, Double(step * 3 % 997) / 256)
      let pose = Alignment(rotation: .identity, position: turns * geometry.windowEdge)
      for part in 0..<2 {
        let scorer = PoseScorer(
          reference: grid, image: images.image(part), points: points, factor: factor,
          geometry: Geometry(
            box: 32, pixelSize: geometry.pixelSize, window: 32, period: 32, centre: .zero,
            fulcrum: .zero, maskDiameter: 10),
          magnification: [1, 0, 0, 1],
          prior: PosePrior(
            centre: alignment, fulcrum: .zero,
            rotationExtent: 1, shiftExtent: 1), scale: 1)
        scorer.terms(pose, band: 9, into: buffers)
        for index in 0..<points.count(upTo: 9) {
          let k = Vector2(Double(points.kx[index]), Double(points.ky[index]))
          let angle = 2 * Double.pi * (k * turns).sum()
          let expected = part == 0 ? cos(angle) : -sin(angle)
          worst = max(worst, abs(Double(buffers.0[index]) - expected))
        }
      }
    }
    #expect(worst < 2e-6 && worst > 0)
  }

  /// exp(−(a kx² + b kx ky + c ky²)) on the data and not on the weight, from 1 down to nothing.
  @Test func dampingIsTheExponential() {
    let images = PackedImages(points: points, count: 1)
    for index in 0..<points.count {
      images.planes(0).real[index] = 1
      images.planes(0).weight[index] = 1
    }
    let factor = points.factors(perShell: [Double](repeating: 1, count: 16), band: 15)
    var worst = 0.0
    for strength in [0.0, 1e-4, 0.003, 0.02, 0.1, 0.3, 1, 4] {
      let damping = SIMD3<Float>(Float(strength), Float(-0.4 * strength), Float(0.7 * strength))
      let inserted = ExactSums(
        radius: 16, interpolation: .trilinear,
        quanta: ExactSums.Quanta(data: 0.99, weight: 0.99))
      inserted.insert(
        images.image(0), points: points.points(factor: factor, band: 15),
        at: ExactSums.Placement(
          matrix: SliceMatrix(rotation: .identity, oversampling: 1, magnification: [1, 0, 0, 1]),
          shift: .zero, damping: damping), scale: 1)
      let accumulator = inserted.completed
      for index in 0..<points.count {
        let (x, y) = (Double(points.kx[index]), Double(points.ky[index]))
        let sample = ((17) * 36 + Int(y) + 17) * 20 + Int(x) + 1
        let d = SIMD3<Double>(damping)
        let exponent = d.x * x * x + d.y * x * y + d.z * y * y
        let expected = exponent > 80 ? 0 : exp(-exponent)
        // The exponent itself is rounded to single precision.
        let tolerance =
          expected * (3e-6 + 2e-7 * exponent) + 0.5 * Double(inserted.quanta.data)
        worst = max(worst, abs(Double(accumulator.numerator[sample].x) - expected) / tolerance)
        #expect(accumulator.denominator[sample] == 1)
      }
    }
    #expect(worst < 1)
  }
}
