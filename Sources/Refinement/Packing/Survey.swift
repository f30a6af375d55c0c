import CryoEM
import Fourier
import Ground
import Particles

/// What a sample of the images says before they are packed: the noise of each half-set and optics
/// group, the sign and grey scale of the data, and how much of the density outside the mask to
/// subtract.
struct Survey: Sendable {
  /// Noise variance per real component of the images' transforms, per shell 0…N/2, indexed
  /// [half · groups + group].
  var noise: [[Double]]
  /// How the noise depends on direction, in the same order; empty unless it is coloured.
  var noiseDirections: [NoiseDirections]
  /// Grey scale of the data over the input map, negative where the contrast is inverted.
  var greyscale: Double
  /// The same from the images of each half-set alone.
  var greyscales: [Double]
  /// The same of each half-set and optics group.
  private(set) var contrasts: [GroupContrasts.Measured]
  /// Each image's background as it came, by half-set.
  private(set) var backgrounds: [[ImageTransformer.Background]]
  /// Share of the outside model to subtract per shell; empty when nothing is subtracted.
  var outsideShare: [Double]
  /// What that is multiplied by for the data of each half-set.
  private(set) var outsideFactors = [1.0, 1.0]
  /// The median over the sample of an image's power within its window.
  private(set) var typicalPower: Double

  /// Surveys at most `sampleSize` images of each half-set and optics group.
  ///
  /// - Parameters:
  ///   - map: projections of the whole input map, for sign and grey scale.
  ///   - outside: the outside density of half a and half b; empty to subtract nothing. The share is
  ///     fitted with the other half's map, whose noise the image does not share.
  ///   - bad: gets the images that cannot be used; the survey goes on without them.
  init(
    transformer: ImageTransformer, map: BoxModel, outside: [BoxModel], threads: Int,
    sampleSize: Int, model: RefinementSettings.NoiseModel, bad: BadImages, shard: Shard? = nil,
    progress: @escaping @Sendable (Double) -> Void = { _ in }
  ) throws {
    let particles = transformer.particles
    let groups = particles.groupCount
    let shells = transformer.box / 2 + 1
    let measured = try SurveyPass(
      transformer: transformer, map: map, outside: outside, isDirected: model == .coloured,
      threads: threads, bad: bad, shard: shard ?? Shard(of: particles.count), progress: progress
    ).run(sampleSize: sampleSize)
    let sums = measured.sums
    typicalPower = measured.typicalPower
    outsideShare = outside.isEmpty ? [] : SurveySums.outsideShares(sums, shells: shells)
    greyscale = SurveySums.greyscale(sums[...])
    greyscales = [SurveySums.greyscale(sums[..<groups]), SurveySums.greyscale(sums[groups...])]
    let share = outsideShare
    noise = zip(sums, particles.optics.isEmpty ? [] : (0..<2 * groups).map { $0 % groups }).map {
      $0.noise(
        outsideShare: share, isPremultiplied: particles.optics[$1].isPremultiplied,
        noiseShare: transformer.noiseShare, model: model)
    }
    noiseDirections =
      model == .coloured
      ? sums.map {
        var directions = NoiseDirections(shells: shells)
        $0.directions.measured(into: &directions)
        return directions
      } : []
    contrasts = []
    backgrounds = HalfSet.allCases.map { half in
      measured.powers.filter { particles.halfSets[$0.particle] == half }.map(\.background)
    }
    fillEmptySlots(groups: groups)
    contrasts = zip(sums, noise).map { $0.contrast(noise: $1) }
    silenceEmptyShells()
  }

  /// A group without images of a half has the other half's noise, or any other group's.
  private mutating func fillEmptySlots(groups: Int) {
    for slot in noise.indices where noise[slot].allSatisfy({ $0 == 0 }) {
      let mate = (slot + groups) % noise.count
      let lender =
        noise[mate].contains { $0 > 0 }
        ? mate : noise.firstIndex { $0.contains { $0 > 0 } } ?? mate
      noise[slot] = noise[lender]
      if !noiseDirections.isEmpty { noiseDirections[slot] = noiseDirections[lender] }
    }
  }

  /// The upper median; 0 of none.
  static func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
  }

  /// Shells that a filter emptied hold rounding errors and nothing else: as noise they would outweigh
  /// all others. They are left out.
  private mutating func silenceEmptyShells() {
    for slot in noise.indices {
      let least = 1e-7 * Self.median(noise[slot].filter { $0 > 0 })
      for shell in noise[slot].indices where noise[slot][shell] < least { noise[slot][shell] = 0 }
    }
  }

  /// Whether noise is four orders of magnitude lower in half of the shells than where it is highest: no
  /// microscope does that.
  var isFiltered: Bool {
    noise.contains { spectrum in
      let inner = Array(spectrum.dropFirst().dropLast())
      return Self.median(inner) < 1e-4 * (inner.max() ?? 0)
    }
  }

  /// Whether each half-set and group has noise in a quarter of the shells at least; with less there is
  /// nothing to weigh the data with.
  var hasNoise: Bool {
    noise.allSatisfy { spectrum in
      let inner = spectrum.dropFirst().dropLast()
      return 4 * inner.count { $0 > 0 } >= inner.count
    }
  }

  /// The survey of the same images with those of each half-set multiplied by a factor.
  func multiplied(by factors: [Double]) -> Survey {
    var survey = self
    let groups = noise.count / 2
    survey.greyscale *= (factors[0] + factors[1]) / 2
    survey.greyscales = zip(greyscales, factors).map { $0 * $1 }
    survey.outsideFactors = zip(outsideFactors, factors).map { $0 * $1 }
    for slot in noise.indices {
      let factor = factors[slot / groups]
      survey.noise[slot] = noise[slot].map { $0 * factor * factor }
      survey.contrasts[slot].value *= factor
      survey.contrasts[slot].error *= abs(factor)
    }
    return survey
  }
}
