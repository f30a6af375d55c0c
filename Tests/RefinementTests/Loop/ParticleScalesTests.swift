import CryoEM
import EMFiles
import Particles
import Testing

@testable import Ground
@testable import Refinement

/// A scale for each particle.
struct ParticleScalesTests {
  /// The closed form is where the likelihood s · X − ½ s² · W (on a grey scale g) has its maximum.
  @Test(arguments: [(30.0, 20.0, 1.0), (30, 20, 1.4), (5, 9, 0.7)])
  func theClosedFormIsTheMaximum(cross: Double, power: Double, greyscale: Double) {
    func likelihood(_ s: Double) -> Double {
      greyscale * s * cross - 0.5 * greyscale * greyscale * s * s * power
    }
    let found = Double(
      ParticleScales.scale(cross: cross, power: power, greyscale: greyscale))
    for step in [-0.01, 0.01] { #expect(likelihood(found) > likelihood(found + step)) }
  }

  /// What is out of range against the mean is bounded, and an empty reference says nothing.
  @Test func scalesAreBounded() {
    #expect(ParticleScales.scale(cross: 1, power: 0, greyscale: 1) == 1)
    #expect(ParticleScales.scale(cross: .nan, power: 1, greyscale: 1) == 1)
    let raw: [Float] = [-3] + [Float](repeating: 5, count: 98) + [80]
    let scales = ParticleScales(halfSets: [HalfSet](repeating: .a, count: 100))
      .normalised(raw, used: Array(0..<100))
    let (lowest, highest) = (scales.min() ?? 0, scales.max() ?? 0)
    #expect(abs(highest / lowest - 15) < 1e-3 && abs(scales.reduce(0, +) / 100 - 1) < 1e-5)
  }

  /// The mean of each half is 1; what is skipped stays.
  @Test func theMeanOfEachHalfIsOne() {
    let halves: [HalfSet] = [.a, .b, .a, .b, .a]
    let scales = ParticleScales(halfSets: halves)
      .normalised([1, 2, 3, 6, 1], used: [0, 1, 2, 3])
    #expect(scales == [0.5, 0.5, 1.5, 1.5, 1])
  }

  /// A body of which each image has another share.
  private func set(minimizes: Bool, sigma: Float) -> (body: OffCentreBody, scales: [Float]) {
    let plain = OffCentreBody(count: 80)
    var generator = SeededGenerator(seed: 12)
    let scales = (0..<80).map { _ in Float(generator.uniform(0.5, 1.5)) }
    let size = plain.images.box * plain.images.box
    let images = plain.images.changed { pixels in
      for index in pixels.indices {
        pixels[index] = pixels[index] * scales[index / size] + sigma * Float(generator.normal())
      }
    }
    var body = OffCentreBody(plain, images: images)
    body.settings.minimizeScale = minimizes
    body.settings.referenceFolds = 1
    return (body, scales)
  }

  /// The search finds the scale of each image, relative to the others of its half.
  @Test func theSearchFindsTheScales() throws {
    let (body, truth) = set(minimizes: true, sigma: 1)
    let prepared = try body.prepared()
    let context = prepared.context
    let reference = body.reference(context.frame.geometry)
    let band = 12
    let pass = context.searchPass(
      PoseSearch(
        plan: SearchPlan(
          geometry: context.frame.geometry, band: band, motion: 0.02, extent: 0,
          gyration: context.frame.gyration, finest: 0.01),
        points: context.images.points, geometry: context.frame.geometry, extents: (radians(5), 3)),
      band: band, references: [reference, reference])
    var state = prepared.state
    state.greyscale = [1, 1]
    let found = try pass.run(state) { _ in }.map(\.scale)
    for (found, truth) in zip(found, truth) {
      #expect(abs(found - truth) < 0.12, "\(found) of \(truth)")
    }
  }

  /// Scales are reported, with a mean of 1 and the spread of the truth; off, all of them are 1.
  @Test func refinementsReportThem() throws {
    for minimizes in [true, false] {
      var (body, truth) = set(minimizes: minimizes, sigma: 8)
      body.settings.maximumIterations = 2
      body.settings.rotationExtent = 0
      body.settings.shiftExtent = 0
      let result = try refine(body.input()) { _ in }
      let scale = try #require(result.metrics.last).scale
      #expect(abs(scale.mean - 1) < 1e-4)
      let spread = truth.map { abs(Double($0) - 1) }.reduce(0, +) / 80
      let bins = scale.counts.enumerated().map { index, count in
        let middle =
          scale.lower + (Double(index) + 0.5) * (scale.upper - scale.lower)
          / Double(scale.counts.count)
        return Double(count) * abs(middle - 1)
      }
      let found = bins.reduce(0, +) / 80
      if minimizes {
        #expect(abs(found / spread - 1) < 0.25, "\(found) of \(spread)")
      } else {
        #expect(found < 0.05)
      }
    }
  }

  /// A particle of scale s is inserted as s z with the weight s² w.
  @Test func scalesWeighTheReconstruction() throws {
    var body = OffCentreBody(count: 8)
    body.settings.referenceFolds = 1
    let prepared = try body.prepared()
    func sums(_ scale: Float) throws -> Accumulator {
      var state = prepared.state
      state.scales = [Float](repeating: scale, count: 8)
      return try prepared.context.accumulation(band: 10)
        .accumulate(state) { _, _ in }[0]
    }
    let (one, two) = (try sums(1), try sums(1.5))
    for index in stride(from: 0, to: one.count, by: 37) where one.denominator[index] > 0 {
      let expected = 1.5 * one.numerator[index]
      #expect(
        (two.numerator[index] - expected).squaredModulus < 1e-8 * (1 + expected.squaredModulus))
      #expect(
        abs(two.denominator[index] - 2.25 * one.denominator[index]) <= 1e-4 * one.denominator[index]
      )
    }
  }
}
