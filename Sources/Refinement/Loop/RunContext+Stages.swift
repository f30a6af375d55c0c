import CryoEM

/// The stages of an iteration and of the end, each with the parts of a run that it needs.
extension RunContext {
  /// The insertion of all images up to a band.
  func accumulation(band: Int) -> Accumulation {
    Accumulation(
      frame: frame, usable: usable, images: images, settings: settings, control: control,
      insertion: insertion, band: band)
  }

  /// - Parameter agreement: as `ReferenceMaker` has it.
  func referenceMaker(
    masks: CubeMasks, ownMasks: CubeMasks? = nil, isMaskDynamic: Bool = false,
    agreement: Double = 0
  ) -> ReferenceMaker {
    ReferenceMaker(
      frame: frame, settings: settings, isSeen: images.packer != nil, masks: masks,
      ownMasks: ownMasks, isMaskDynamic: isMaskDynamic, agreement: agreement)
  }

  /// The search about the poses of now.
  func searchPass(
    _ search: PoseSearch, band: Int, references: [ReferenceGrid]
  ) -> SearchPass {
    SearchPass(
      frame: frame, usable: usable, images: images, settings: settings, control: control,
      search: search, band: band, references: references)
  }

  /// What the images say of the references of a search.
  func noiseUpdate(_ references: [ReferenceGrid], band: Int) -> NoiseUpdate {
    NoiseUpdate(
      frame: frame, usable: usable, images: images, settings: settings, noiseShare: noise.share,
      references: references, band: band)
  }

  /// At most so many particles of each half and optics group that can be used, evenly spaced.
  func sample(ofEachSlot size: Int) -> [Int] {
    frame.particles.sample(ofEachSlot: size, where: usable.uses)
  }

  /// What tells of an iteration with a state.
  func reporter(_ state: RefinementState) -> IterationReporter {
    IterationReporter(
      frame: frame, usable: usable, settings: settings, packingNoise: noise.survey, state: state)
  }

  /// The measurement of the particles' own defocus.
  func defocusMeasurement(
    _ packer: ImagePacker, body: Neighbour, known: [DefocusChange], _ state: RefinementState
  ) -> DefocusMeasurement {
    DefocusMeasurement(
      frame: frame, usable: usable, threads: settings.threads, control: control, packer: packer,
      body: body, known: known, deviation: settings.defocusDeviation,
      noiseFactors: state.noiseFactors)
  }

  /// The measurement of what the body's height does to its defocus.
  func bodyDefocusMeasurement(
    _ packers: (plus: ImagePacker, minus: ImagePacker), _ product: ReferenceMaker.Product
  ) -> BodyDefocusMeasurement {
    BodyDefocusMeasurement(
      frame: frame, usable: usable, images: images, settings: settings, control: control,
      packers: packers, references: product.references, band: product.band, edge: product.edge)
  }

  /// The last reconstruction.
  func finalPass(
    _ transformer: ImageTransformer, outside: [BoxModel], isFrugal: Bool = false,
    ewald: EwaldCurvature? = nil
  ) -> FinalPass {
    FinalPass(
      frame: frame, usable: usable, images: images, settings: settings, control: control,
      packingNoise: noise.survey, insertion: insertion, transformer: transformer,
      outside: outside, isFrugal: isFrugal, ewald: ewald)
  }
}
