import CKernels
import CryoEM
import Fourier
import Testing

@testable import Refinement

struct EvaluateTests {
  private let body = SmallBody(fulcrum: Vector3(10, -20, 15))

  /// An image at a pose, and a pose some degrees and pixels away from it, with weights that vary.
  private func scene(
    _ interpolation: Interpolation
  ) -> (scorer: PoseScorer, pose: Alignment, images: PackedImages) {
    let truth = randomAlignments(1)[0]
    let ctf = (0..<body.points.count).map { Float(0.3) + 0.1 * Float($0 % 11) }
    let images = body.packed([truth], gain: 0.01, noise: true, ctf: ctf)
    let pose = Alignment(
      rotation: truth.rotation * Rotation(rotationVector: Vector3(0.03, -0.02, 0.04)),
      position: truth.position + Vector2(1.1, -0.7))
    let scorer = body.scorer(
      body.reference(interpolation), images, prior: body.openPrior(about: truth), scale: 0.012)
    return (scorer, pose, images)
  }

  @Test(arguments: [(Interpolation.cubic, 2e-3), (.trilinear, 0.02)])
  func gradientIsThatOfTheScore(interpolation: Interpolation, tolerance: Double) {
    var (scorer, pose, images) = scene(interpolation)
    defer { withExtendedLifetime(images) {} }
    let band = 13
    let evaluation = scorer.evaluate(pose, band: band)
    let scale = (0..<5).map { abs(evaluation.gradient[$0]) }
    for parameter in 0..<5 {
      // Å for positions, radians for rotations.
      let step = parameter < 3 ? 2e-3 : 0.05
      var delta = Vector5()
      delta[parameter] = step
      let ahead = scorer.score(Polish.moved(pose, by: delta), band: band)
      delta[parameter] = -step
      let behind = scorer.score(Polish.moved(pose, by: delta), band: band)
      let slope = (ahead - behind) / (2 * step)
      let size = parameter < 3 ? scale[0...2].max() ?? 1 : scale[3...4].max() ?? 1
      #expect(
        abs(slope - evaluation.gradient[parameter]) < tolerance * size,
        "parameter \(parameter): \(slope) and \(evaluation.gradient[parameter])")
    }
  }

  /// Gauss and Newton's curvature: s² Σ w Re(J* J) with J from differences of slices.
  @Test(arguments: [(Interpolation.cubic, 2e-3), (.trilinear, 0.02)])
  func curvatureIsThatOfTheSlices(interpolation: Interpolation, tolerance: Double) {
    var (scorer, pose, images) = scene(interpolation)
    defer { withExtendedLifetime(images) {} }
    let evaluation = scorer.evaluate(pose, band: body.points.maximumShell)
    let jacobian = (0..<5).map { parameter -> [SIMD2<Double>] in
      let step = parameter < 3 ? 1e-3 : 0.02
      var delta = Vector5()
      delta[parameter] = step
      let ahead = model(Polish.moved(pose, by: delta), scorer.reference)
      delta[parameter] = -step
      let behind = model(Polish.moved(pose, by: delta), scorer.reference)
      return zip(ahead, behind).map { SIMD2<Double>($0 - $1) / (2 * step) }
    }
    for row in 0..<5 {
      for column in 0..<5 {
        let sum = body.points.indices.reduce(0.0) {
          $0 + Double(scorer.image.weight[$1]) * (jacobian[row][$1] * jacobian[column][$1]).sum()
        }
        let expected = scorer.scale * scorer.scale * sum
        let size =
          (evaluation.curvature[row, row] * evaluation.curvature[column, column]).squareRoot()
        #expect(abs(evaluation.curvature[row, column] - expected) < tolerance * size)
      }
    }
  }

  /// P exp(−2πi k·t) at the points.
  private func model(_ pose: Alignment, _ reference: ReferenceGrid) -> [ComplexFloat] {
    let values = slice(
      reference, body.points,
      SliceMatrix(
        rotation: pose.rotation, oversampling: body.geometry.oversampling,
        magnification: [1, 0, 0, 1]))
    return values.enumerated().map { index, value in
      let k = Vector2(Double(body.points.kx[index]), Double(body.points.ky[index]))
      return value.times(
        .unit(angle: -2 * .pi * (k * pose.position).sum() / body.geometry.windowEdge))
    }
  }

  @Test(arguments: [Interpolation.cubic, .trilinear])
  func scoreIsTheFormula(interpolation: Interpolation) {
    var (scorer, pose, images) = scene(interpolation)
    defer { withExtendedLifetime(images) {} }
    let band = body.points.maximumShell
    let values = model(pose, scorer.reference)
    var (cross, power) = (0.0, 0.0)
    for index in 0..<body.points.count(upTo: band) {
      let p = SIMD2<Double>(values[index])
      cross +=
        p.x * Double(scorer.image.real[index]) + p.y * Double(scorer.image.imaginary[index])
      power += Double(scorer.image.weight[index]) * (p * p).sum()
    }
    let sums = scorer.sums(pose, band: band)
    #expect(abs(sums.cross - cross) < 1e-5 * max(abs(cross), power.squareRoot()))
    #expect(abs(sums.power - power) < 1e-5 * power)
    let expected = scorer.scale * cross - 0.5 * scorer.scale * scorer.scale * power
    #expect(abs(scorer.score(pose, band: band) - expected) < 1e-4 * abs(expected))
    let evaluation = scorer.evaluate(pose, band: band)
    #expect(abs(evaluation.value - expected) < 1e-4 * abs(expected))
    #expect(abs(evaluation.cross - cross) < 1e-5 * max(abs(cross), power.squareRoot()))
  }

  /// The pixels' terms add up to the score, and the residual is |z − s w P|².
  @Test func termsAddUp() {
    var (scorer, pose, images) = scene(.cubic)
    defer { withExtendedLifetime(images) {} }
    let count = body.points.paddedCount
    let buffers = (
      FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count), FFTBuffer<Float>(count: count)
    )
    let band = body.points.maximumShell
    scorer.terms(pose, band: band, into: buffers)
    let sums = scorer.sums(pose, band: band)
    let total = { (buffer: FFTBuffer<Float>) in buffer.array.reduce(0.0) { $0 + Double($1) } }
    #expect(abs(total(buffers.0) - sums.cross) < 1e-5 * sums.power.squareRoot())
    #expect(abs(total(buffers.1) - sums.power) < 1e-5 * sums.power)
    let values = model(pose, scorer.reference)
    for index in stride(from: 0, to: body.points.count, by: 7) {
      let z = ComplexFloat(scorer.image.real[index], scorer.image.imaginary[index])
      let expected =
        (z - Float(scorer.scale) * scorer.image.weight[index] * values[index]).squaredModulus
      #expect(abs(buffers.2[index] - expected) < 1e-4 * (expected + 1e-2))
    }
  }

  /// What lies beyond the band, or has no factor, is not in the sums.
  @Test func bandsAndFactorsLimitTheSums() {
    let (scorer, pose, images) = scene(.cubic)
    defer { withExtendedLifetime(images) {} }
    var low = scorer
    let perShell = (0...body.points.maximumShell).map { $0 <= 6 ? 2.0 : 0 }
    var weighted = PoseScorer(
      reference: scorer.reference, image: scorer.image, points: body.points,
      factor: body.points.factors(perShell: perShell, band: body.points.maximumShell),
      geometry: body.geometry, magnification: [1, 0, 0, 1], prior: scorer.prior,
      scale: scorer.scale)
    let (some, all) = (low.sums(pose, band: 6), low.sums(pose, band: 15))
    let twice = weighted.sums(pose, band: 15)
    #expect(some.power < 0.99 * all.power)
    // A band's count is rounded up to whole lanes; the factors cut it off.
    var cut = PoseScorer(
      reference: scorer.reference, image: scorer.image, points: body.points,
      factor: body.points.factors(
        perShell: [Double](repeating: 1, count: body.points.maximumShell + 1), band: 6),
      geometry: body.geometry, magnification: [1, 0, 0, 1], prior: scorer.prior,
      scale: scorer.scale)
    let exact = cut.sums(pose, band: 6)
    #expect(abs(twice.power - 2 * exact.power) < 1e-5 * twice.power)
    #expect(abs(twice.cross - 2 * exact.cross) < 1e-5 * abs(twice.power).squareRoot())
  }
}
