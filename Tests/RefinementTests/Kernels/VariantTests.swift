import CKernels
import CryoEM
import Fourier
import Testing

@testable import Refinement

/// The kernels of one instruction set.
private struct Kernels {
  var slice = fulcrum_slice_base
  var evaluate = fulcrum_evaluate_base
  var score = fulcrum_score_base
  var place = fulcrum_place_base
  var add = fulcrum_add_base
  var products = fulcrum_products_base
  var terms = fulcrum_terms_base
  var shiftScores = fulcrum_shift_scores_base

  init(_ variant: fulcrum_variant) {
    #if arch(x86_64)
      if variant == fulcrum_v3 {
        slice = fulcrum_slice_v3
        evaluate = fulcrum_evaluate_v3
        score = fulcrum_score_v3
        place = fulcrum_place_v3
        add = fulcrum_add_v3
        products = fulcrum_products_v3
        terms = fulcrum_terms_v3
        shiftScores = fulcrum_shift_scores_v3
      }
      if variant == fulcrum_v4 {
        slice = fulcrum_slice_v4
        evaluate = fulcrum_evaluate_v4
        score = fulcrum_score_v4
        place = fulcrum_place_v4
        add = fulcrum_add_v4
        products = fulcrum_products_v4
        terms = fulcrum_terms_v4
        shiftScores = fulcrum_shift_scores_v4
      }
    #endif
  }
}

/// The kernels of all instruction sets that this machine has agree to the rounding of single precision.
struct VariantTests {
  private let body = SmallBody()
  private let shift = SIMD2<Float>(0.031, -0.017)
  private let rotation = Rotation(rot: 31, tilt: 64, psi: -112)

  private static let variants = [fulcrum_v3, fulcrum_v4].filter { fulcrum_has_variant($0) == 1 }

  private var matrix: SliceMatrix {
    SliceMatrix(
      rotation: rotation, oversampling: body.geometry.oversampling, magnification: [1, 0, 0, 1])
  }

  private var image: PackedImages {
    let pose = randomAlignments(1)[0]
    let ctf = (0..<body.points.count).map { Float(0.3) + 0.1 * Float($0 % 11) }
    return body.packed([pose], gain: 0.01, noise: true, ctf: ctf)
  }

  private func close(_ a: [Float], _ b: [Float]) -> Bool {
    let size = b.map { abs($0) }.max() ?? 0
    return size > 0 && zip(a, b).allSatisfy { abs($0 - $1) < 2e-5 * size }
  }

  private func close(_ a: [Double], _ b: [Double], _ sizes: [Double]) -> Bool {
    zip(zip(a, b), sizes).allSatisfy { abs($0.0 - $0.1) < 2e-5 * $1 }
  }

  @Test func theBaselineIsAlwaysThere() { #expect(fulcrum_has_variant(fulcrum_base) == 1) }

  @Test(arguments: [Interpolation.trilinear, .cubic])
  func slicesAgree(interpolation: Interpolation) {
    let grid = body.reference(interpolation)
    let points = body.points
    func slice(_ variant: fulcrum_variant) -> [Float] {
      var (real, imaginary) = (
        [Float](repeating: 0, count: points.paddedCount),
        [Float](repeating: 0, count: points.paddedCount)
      )
      let kernel = Kernels(variant).slice
      matrix.withPointer {
        kernel(
          grid.pointer, Int32(grid.radius), interpolation.kernel, points.kx.pointer,
          points.ky.pointer, Int32(points.paddedCount), $0, &real, &imaginary)
      }
      return real + imaginary
    }
    for variant in Self.variants { #expect(close(slice(variant), slice(fulcrum_base))) }
  }

  @Test(arguments: [Interpolation.trilinear, .cubic])
  func evaluationsAgree(interpolation: Interpolation) {
    let grid = body.reference(interpolation)
    let points = body.points.points(factor: body.ones, band: 15)
    let images = image
    func sums(_ variant: fulcrum_variant) -> [Double] {
      var sums = [Double](repeating: 0, count: 27)
      let kernel = Kernels(variant).evaluate
      let score = Kernels(variant).score
      var two = [0.0, 0.0]
      var shift = [self.shift.x, self.shift.y]
      matrix.withPointer {
        kernel(
          grid.pointer, Int32(grid.radius), interpolation.kernel, points, images.image(0), $0,
          &shift, &sums)
        score(
          grid.pointer, Int32(grid.radius), interpolation.kernel, points, images.image(0), $0,
          &shift, &two)
      }
      return sums + two
    }
    let expected = sums(fulcrum_base)
    // The scale of a sum is that of the norms whose product bounds it.
    let norms = [expected[1]] + [0, 5, 9, 12, 14].map { expected[12 + $0] }
    var sizes = [expected[1], expected[1]].map { max($0, abs(expected[0])) }
    for parameter in 1...5 { sizes.append((norms[0] * norms[parameter]).squareRoot() * 100) }
    for parameter in 1...5 { sizes.append((norms[0] * norms[parameter]).squareRoot()) }
    for row in 1...5 {
      for column in row...5 { sizes.append((norms[row] * norms[column]).squareRoot()) }
    }
    sizes += sizes.prefix(2)
    for variant in Self.variants { #expect(close(sums(variant), expected, sizes)) }
  }

  @Test(arguments: [Interpolation.trilinear, .cubic])
  func insertionsAgree(interpolation: Interpolation) {
    let radius = 24
    let points = body.points.points(factor: body.ones, band: 15)
    let images = image
    func inserted(_ variant: fulcrum_variant) -> [Float] {
      let slabs = ExactSums.Slabs(radius: radius, interpolation: interpolation, accumulators: 1)
      let extent = 2 * radius + 4
      var sums = [Int64](
        repeating: 0, count: 3 * (radius + 4) * extent * slabs.stored(extent: extent))
      var shift = [self.shift.x, self.shift.y]
      var damping: [Float] = [0.002, -0.001, 0.003]
      var bend: [Float] = [0.01, -0.004, 0.002]
      var room = [UInt16](repeating: 0, count: Int(points.count))
      var starts = [Int32](repeating: 0, count: slabs.count + 1)
      var samples = [fulcrum_sample](repeating: fulcrum_sample(), count: Int(points.count))
      let kernels = Kernels(variant)
      let (place, add) = (kernels.place, kernels.add)
      matrix.withPointer {
        place(
          Int32(radius), interpolation.kernel, Int32(slabs.planes), Int32(slabs.count), points,
          images.image(0), $0, &bend, &shift, &damping, 0x1p20, 0x1p20, &room, &starts, &samples)
      }
      add(&sums, Int32(radius), interpolation.kernel, samples, points.count)
      #expect(starts.last == points.count && starts == starts.sorted())
      return sums.map(Float.init)
    }
    for variant in Self.variants { #expect(close(inserted(variant), inserted(fulcrum_base))) }
  }

  @Test(arguments: [Interpolation.trilinear, .cubic])
  func productsTermsAndShiftScoresAgree(interpolation: Interpolation) {
    let grid = body.reference(interpolation)
    let all = body.points
    let points = all.points(factor: body.ones, band: 15)
    let images = image
    let columns = all.indices.map { Int16(all.kx[$0]) }
    let rows = all.indices.map { Int16(all.ky[$0] + 15) }
    func outputs(_ variant: fulcrum_variant) -> [[Float]] {
      let zeros = [Float](repeating: 0, count: all.paddedCount)
      var (real, imaginary, cross, squares, residual) = (zeros, zeros, zeros, zeros, zeros)
      var scores = [Float](repeating: 0, count: 25)
      var scratch = [Float](repeating: 0, count: 2 * 16 * 31 + 2 * 5 * 31)
      var shift = [self.shift.x, self.shift.y]
      let products = Kernels(variant).products
      let terms = Kernels(variant).terms
      let lattice = Kernels(variant).shiftScores
      var power = 0.0
      matrix.withPointer {
        power = products(
          grid.pointer, Int32(grid.radius), interpolation.kernel, points, images.image(0), $0,
          &real, &imaginary)
        terms(
          grid.pointer, Int32(grid.radius), interpolation.kernel, points, images.image(0), $0,
          &shift, 0.9, &cross, &squares, &residual)
      }
      lattice(
        real, imaginary, columns, rows, Int32(all.count), 15, -0.05, 0.02, 5, -0.03, 0.02, 5,
        &scratch, &scores)
      return [real, imaginary, cross, squares, residual, scores, [Float(power)]]
    }
    for variant in Self.variants {
      for (found, expected) in zip(outputs(variant), outputs(fulcrum_base)) {
        #expect(close(found, expected))
      }
    }
  }
}
