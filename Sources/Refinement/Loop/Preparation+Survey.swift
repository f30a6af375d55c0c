import CryoEM
import Fourier
import Ground

/// What is found out of the images before they are packed.
extension Preparation {
  /// What has to be known of the images before any of them is used.
  struct Surveyed {
    let transformer: ImageTransformer
    let survey: Survey
    let outside: [BoxModel]
    let bad: BadImages
  }

  /// Surveys the images, and finds what brings them to one contrast and grey scale.
  ///
  /// - Parameter progress: told the part of the work, from 0, and which share of it is done.
  func surveyed(progress: @escaping @Sendable (Int, Double) -> Void) throws -> Surveyed {
    let settings = input.settings
    var transformer = ImageTransformer(
      source: input.images, particles: input.particles, switches: switches(settings),
      windowInner: settings.windowInner, windowOuter: settings.windowOuter)
    let outside = outsideModels(of: input.mask.mapInParallel { 1 - $0 })
    progress(0, 1)
    let bad = BadImages(share: settings.badImageShare, total: input.particles.count)
    bad.add(knownBad)
    var survey = try survey(transformer, outside: outside, bad: bad) {
      progress($0, $1)
    }
    try requireUsable(skipped: Set(bad.all.map(\.particle)))
    guard survey.hasNoise else {
      throw Problem(
        "The images hold nothing in most of their shells: there is no noise to weigh them with",
        whatToDo: "Give images that were not filtered, and check image.window_outer.")
    }
    if survey.isFiltered {
      events(
        .warning(
          "the images hold hardly any noise in half of their shells: they were filtered, and an FSC "
            + "there says nothing"))
    }
    transformer.typicalPower = survey.typicalPower
    transformer.normalisedDeviations = normalisedDeviations(survey)
    if transformer.normalisedDeviations.contains(where: { $0 != nil }) {
      survey = try self.survey(transformer, outside: outside, bad: bad) { _, _ in }
    }
    let contrasts = GroupContrasts(
      survey.contrasts, sign: settings.dataSign, scalesApart: settings.estimateGreyscale)
    tell(contrasts)
    transformer.factors = contrasts.factors
    if contrasts.areAlike {
      let factor = contrasts.factors.first.map(Double.init) ?? 1
      survey = survey.multiplied(by: [factor, factor])
    } else {
      // The noise and what lies outside the mask, of the groups on one scale.
      survey = try self.survey(transformer, outside: outside, bad: bad) { _, _ in }
    }
    return Surveyed(transformer: transformer, survey: survey, outside: outside, bad: bad)
  }

  /// Images that are surveyed of each half-set and optics group, at most.
  static let surveyed = 250

  private func survey(
    _ transformer: ImageTransformer, outside: [BoxModel], bad: BadImages,
    progress: @escaping @Sendable (Int, Double) -> Void
  ) throws -> Survey {
    let box = input.map.size
    let shell = min(
      box / 2 - 1, Int(input.map.edge / input.settings.initialResolution))
    let points = SamplingPoints(window: box, maximumShell: shell)
    let map = BoxModel(
      map: input.map.lowPassed(to: input.settings.initialResolution), maximumShell: shell,
      points: points, stretch: stretch)
    progress(1, 1)
    return try Survey(
      transformer: transformer, map: map, outside: outside, threads: input.settings.threads,
      sampleSize: Self.surveyed, model: input.settings.noiseModel, bad: bad, shard: shard
    ) { progress(2, $0) }
  }

  /// The deviation to which the backgrounds of each half-set's images are brought; nil to leave them,
  /// as those that were normalised are. Says what was found.
  private func normalisedDeviations(_ survey: Survey) -> [Double?] {
    guard let all = Backgrounds(survey.backgrounds.flatMap { $0 }) else {
      events(.log("the images have no background by which they could be normalised"))
      return [nil, nil]
    }
    guard !all.areAlike else {
      events(.log("the images are normalised and stay as they are: \(all.summary)"))
      return [nil, nil]
    }
    guard input.settings.normalize else {
      events(
        .warning("the images are not normalised alike: \(all.summary); set image.normalize = true"))
      return [nil, nil]
    }
    events(
      .log("the images were not normalised alike: \(all.summary); each is brought to the median"))
    // Each half by itself, so that the halves stay independent.
    return survey.backgrounds.map { Backgrounds($0)?.deviation }
  }

  /// Says which contrast the data have, and what differs between optics groups.
  private func tell(_ contrasts: GroupContrasts) {
    let factors = contrasts.factors
    let isAuto = input.settings.dataSign == .auto
    if isAuto, factors.allSatisfy({ $0 > 0 }) {
      events(.log("the particles' contrast is that of the map"))
    } else if isAuto, factors.allSatisfy({ $0 < 0 }) {
      events(
        .log("the particles' contrast is opposite to the map's: the data are multiplied by −1"))
    }
    guard !contrasts.areAlike else { return }
    let shown = 10
    for (group, factor) in zip(input.particles.optics, factors).prefix(shown) {
      let contrast = factor < 0 ? "contrast opposite to the map's" : "contrast of the map"
      let scale = Format.rounded(1 / Double(abs(factor)), digits: 3)
      events(
        .log("optics group \(group.name): \(contrast), grey scale \(scale) times that of all"))
    }
    if factors.count > shown {
      events(.log("… and \(Format.counted(factors.count - shown, "optics group")) more"))
    }
  }

  private func switches(_ settings: RefinementSettings) -> ContrastTransferFunction.Switches {
    var switches = ContrastTransferFunction.Switches()
    switches.ctf = settings.correctCTF
    switches.tilt = settings.useTilt
    switches.trefoil = settings.useTrefoil
    switches.spherical = settings.useSpherical
    switches.tetrafoil = settings.useTetrafoil
    switches.magnification = settings.useAnisotropicMagnification
    return switches
  }

  /// A part of the density in each half-map, weighted by what the halves have in common there.
  func outsideModels(of outside: Volume) -> [BoxModel] {
    guard input.settings.subtractOutside, outside.maximum > 0 else { return [] }
    let maps = input.mapsOfHalves
    let box = input.map.size
    var weights = [Double](repeating: 1, count: box / 2)
    if input.halfMaps != nil {
      weights = fourierShellCorrelation(maps[0], maps[1], mask: outside).map { min(max($0, 0), 1) }
    }
    let cut = weights.indices.dropFirst(3).first { weights[$0] < 0.1 } ?? box / 2 - 1
    let last = min(cut + 2, box / 2 - 1)
    for shell in weights.indices where shell > last { weights[shell] = 0 }
    let points = SamplingPoints(window: box, maximumShell: last)
    return maps.map {
      BoxModel(
        map: $0.filtered(byShells: weights) * outside, maximumShell: last, points: points,
        stretch: stretch, padding: modelPadding)
    }
  }
}
