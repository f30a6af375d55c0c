import CryoEM
import Fourier
import Particles
import Phantoms
import TestSupport
import Testing

@testable import Refinement

/// Images of other grey scales, contrasts and normalisations come to the same packed data.
struct NormalisationTests {
  private let body = Phantom.random(blobs: 30, radius: 20, width: 3, seed: 2)
  private func images(count: Int = 160, sigma: Double = 3000) -> PaintedImages {
    PaintedImages(count: count, body: body, sigma: sigma)
  }
  /// Some 1000 pixels are outside of the window, so their deviation is known to a part in √2000, and
  /// with the mean absolute deviation in its place to 7% more: four such errors.
  private let scatter = 0.096

  /// A whole preparation of the images, with what they are multiplied by and what is added.
  private func prepared(
    _ images: PaintedImages, groups: [Int32]? = nil, scales: [Double]? = nil,
    settings change: (inout RefinementSettings) -> Void = { _ in },
    events: @escaping @Sendable (RefinementEvent) -> Void = { _ in }
  ) throws -> Preparation.Prepared {
    var particles = images.particles
    if let groups {
      particles.optics = (0...(groups.max() ?? 0)).map { _ in images.optics }
      particles.opticsIndices = groups
    }
    if let scales {
      particles.scales = scales
      particles.applyScales()
    }
    var settings = RefinementSettings()
    (settings.initialResolution, settings.threads) = (10, 2)
    change(&settings)
    let map = body.map(size: images.box, pixelSize: images.pixelSize)
    let input = RefinementInput(
      settings: settings, particles: particles,
      images: ArraySource(boxSize: images.box, pixels: images.pixels), map: map, halfMaps: nil,
      mask: .sphere(size: images.box, pixelSize: images.pixelSize, radius: 30, outerRadius: 45),
      fulcrum: .zero)
    return try Preparation(input, control: RefinementControl(), events: events).prepare()
  }

  private func multiplied(
    _ images: PaintedImages, by gain: @escaping (Int) -> Float, plus offset: Float = 0
  ) -> PaintedImages {
    let size = images.box * images.box
    return images.changed { pixels in
      for index in pixels.indices { pixels[index] = pixels[index] * gain(index / size) + offset }
    }
  }

  /// The worst relative difference of the packed images of two preparations, apart from what the data
  /// of all images of a half are multiplied by.
  private func difference(_ a: Preparation.Prepared, _ b: Preparation.Prepared) -> Double {
    let (one, other) = (a.context.images.packed, b.context.images.packed)
    let halves = a.context.frame.particles.halfSets
    var worst = 0.0
    for half in HalfSet.allCases {
      let members = halves.indices.filter { halves[$0] == half }
      var (cross, power) = (Float(0), Float(0))
      for particle in members {
        for (x, y) in zip(one.data(particle), other.data(particle)) {
          cross += (x * y).sum()
          power += x.squaredModulus
        }
      }
      for particle in members {
        let scaled = one.data(particle).map { cross / power * $0 }
        worst = max(worst, relativeError(scaled, other.data(particle)))
      }
    }
    return worst
  }

  /// Every image with a gain and an offset of its own packs as it does without.
  @Test func gainsAndOffsetsOfSingleImagesAreTakenOut() throws {
    let plain = images()
    let expected = try prepared(plain)
    // The median gain is 1 in each half.
    let changed = multiplied(plain, by: { [0.11, 0.33, 1, 3, 9][$0 / 2 % 5] }, plus: 700)
    let found = try prepared(changed)
    #expect(difference(found, expected) < scatter)
    // Without normalisation they do not.
    let untouched = try prepared(changed) { $0.normalize = false }
    #expect(difference(untouched, expected) > 0.5)
  }

  /// Two data sets of opposite contrast and another signal, told apart by their optics groups.
  @Test func contrastAndGreyscaleAreThoseOfTheGroup() throws {
    let plain = images(sigma: 30)
    let groups = (0..<160).map { Int32($0 / 4 % 2) }
    let expected = try prepared(plain, groups: groups)
    let turned = multiplied(plain, by: { groups[$0] == 1 ? -3 : 1 })
    let found = try prepared(turned, groups: groups)
    #expect(difference(found, expected) < scatter)
    #expect(found.transformer.factors.map { $0 < 0 } == [false, true, false, true])
    // Told what they are, all are believed to be alike.
    let told = try prepared(turned, groups: groups) { $0.dataSign = .as_is }
    #expect(told.transformer.factors.allSatisfy { $0 > 0 })
  }

  /// Scales that the file states weigh as those of the CTF do, whatever their unit; equal ones nothing.
  @Test func scalesOfParticlesAreFactorsOfTheCTF() throws {
    let images = images(count: 40)
    let scales = (0..<40).map { 0.5 + Double($0 % 7) / 3 }
    let mean = scales.reduce(0, +) / 40
    let found = try prepared(images, scales: scales.map { 0.02 * $0 })
    let plain = try prepared(images)
    #expect(
      try difference(prepared(images, scales: [Double](repeating: 0.3, count: 40)), plain) == 0)
    for particle in 0..<40 {
      let weights = zip(
        found.context.images.packed.weights(particle), plain.context.images.packed.weights(particle)
      )
      let expected = scales[particle] * scales[particle] / (mean * mean)
      let (sum, other) = weights.reduce((Float(0), Float(0))) { ($0.0 + $1.0, $0.1 + $1.1) }
      #expect(abs(Double(sum / other) / expected - 1) < 0.02, "\(particle)")
    }
  }

  /// Scales that are no scales: none above zero, or one that is not a number.
  @Test func impossibleScalesAreTheLeast() {
    var set = images(count: 4).particles
    #expect(set.relativeScales == nil)
    set.scales = [0, 0, 0, 0]
    #expect(set.relativeScales == nil)
    set.scales = [1, -2, 3, .nan]
    #expect(set.relativeScales == [0.5, 0.05, 1.5, 1])
  }

  /// Images that were normalised pack to the bit as they do when nothing is normalised, though their
  /// corners differ by the scatter of noise.
  @Test func normalisedImagesStayAsTheyAre() throws {
    let images = images(count: 40)
    let (on, off) = (try prepared(images), try prepared(images) { $0.normalize = false })
    #expect(difference(on, off) == 0)
    #expect(on.transformer.normalisedDeviations == [nil, nil])
  }

  /// A hot pixel of a hundred deviations in the background does not dim its image.
  @Test func aHotPixelDoesNotDimItsImage() throws {
    let plain = multiplied(images(count: 40), by: { [0.2, 1, 5][$0 % 3] })
    let hot = plain.changed { $0[5] += 6e4 }
    let (one, other) = (try prepared(plain), try prepared(hot))
    // The image's noise of 48² pixels has grown by that of the hot pixel, not shrunk with it.
    let ratio =
      other.context.images.packed.weights(0).reduce(0, +)
      / one.context.images.packed.weights(0).reduce(0, +)
    #expect(abs(ratio - 1) < 0.02)
  }

  /// Images that are zero around the particle have no background: they stay as they are.
  @Test func maskedImagesStayAsTheyAre() throws {
    let images = images(count: 40)
    let box = images.box
    let masked = images.changed { pixels in
      for index in pixels.indices {
        let (x, y) = (index % box - box / 2, index / box % box - box / 2)
        if x * x + y * y > 18 * 18 { pixels[index] = 0 }
      }
    }
    let (on, off) = (try prepared(masked), try prepared(masked) { $0.normalize = false })
    #expect(difference(on, off) == 0)
  }
}

/// When images count as normalised alike.
struct BackgroundsTests {
  private func backgrounds(_ deviations: [Float], error: Float) -> Backgrounds? {
    Backgrounds(
      deviations.map { ImageTransformer.Background(mean: 0, deviation: $0, error: error) })
  }

  @Test func scatterOfNoiseIsNoDifference() throws {
    // Deviations of 0.7 to 1.4 where each is known to a quarter only, and where it is known to a
    // twentieth.
    let deviations = (0..<100).map { Float(0.7 + 0.007 * Double($0)) }
    #expect(try #require(backgrounds(deviations, error: 0.25)).areAlike)
    let known = try #require(backgrounds(deviations.map { $0 * $0 }, error: 0.05))
    #expect(!known.areAlike)
    // ln of uniform values from a to b has the variance 1 − ab/(b − a)² · ln²(b/a).
    let expected = 2 * (1 - 0.7 * 1.393 / (0.693 * 0.693) * 0.4735).squareRoot()
    #expect(abs(known.spread - expected) < 0.02, "\(known.spread), \(expected)")
  }

  @Test func fewStrangeImagesAreNoReason() throws {
    let few = (0..<100).map { Float($0 < 3 ? 1000 : 1) }
    #expect(try #require(backgrounds(few, error: 0.02)).areAlike)
    let many = (0..<100).map { Float($0 < 10 ? 10 : 1) }
    #expect(try !#require(backgrounds(many, error: 0.02)).areAlike)
  }

  @Test func mostImagesNeedABackground() {
    #expect(backgrounds([0, 0, 0, 1], error: 0) == nil)
    #expect(backgrounds([], error: 0) == nil)
    #expect(backgrounds([0, 1, 1], error: 0)?.deviation == 1)
  }
}

/// What is made of groups' grey scales.
struct GroupContrastTests {
  private func measured(_ values: [(Double, Double)]) -> [GroupContrasts.Measured] {
    let half = values.map { GroupContrasts.Measured(value: $0.0, error: $0.1, weight: 1) }
    return half + half
  }

  @Test func smallGroupsFollowTheOthers() {
    // The third is hardly known: its contrast is that of the others, its grey scale theirs.
    let contrasts = GroupContrasts(
      measured([(2, 0.01), (2.2, 0.01), (-3, 4)]), sign: .auto, scalesApart: true)
    #expect(contrasts.factors.allSatisfy { $0 > 0 })
    #expect(contrasts.factors.count == 6)
  }

  @Test func groupsOfOtherScaleAreBroughtToOne() {
    let contrasts = GroupContrasts(
      measured([(1, 0.01), (-3, 0.01)]), sign: .auto, scalesApart: true)
    // The mean is 2: the signal of each becomes it.
    #expect(abs(contrasts.factors[0] - 2) < 0.01 && abs(contrasts.factors[1] + 2.0 / 3) < 0.01)
    let signs = GroupContrasts(
      measured([(1, 0.01), (-3, 0.01)]), sign: .auto, scalesApart: false)
    #expect(signs.factors == [1, -1, 1, -1])
    let alike = GroupContrasts(
      measured([(1, 0.05), (1.05, 0.05)]), sign: .auto, scalesApart: true)
    #expect(alike.areAlike && alike.factors[0] == 1)
  }
}
