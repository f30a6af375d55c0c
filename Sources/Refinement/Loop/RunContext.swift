import CryoEM

/// What does not change during a run, apart from the settings that a user may change between
/// iterations: parts, of which each stage gets those that it needs.
struct RunContext: Sendable {
  var settings: RefinementSettings
  let control: RefinementControl
  let frame: ParticleFrame
  var usable: UsableImages
  var images: BodyImages
  let noise: PackingNoise
  /// How images are inserted between iterations and at the end.
  var insertion = Interpolation.trilinear
}

/// The noise of the images as it was measured before they were packed.
struct PackingNoise: Sendable {
  /// Noise variance per shell of the box.
  let survey: Survey
  /// Share of the noise's power that the images' soft window leaves in the particles' windows.
  let share: Double
}
