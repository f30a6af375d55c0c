import CryoEM
import Ground

/// The refinement of the particles' own defocus.
extension Body {
  /// The phase (radians) at the end of the band that a change by a standard deviation of the prior must make
  /// for the images to tell of it.
  private static let leastPhase = 0.3
  /// How many times finer than where it was last measured the band must be for another measurement.
  private static let growth = 1.15

  /// Measures what the defocus of each particle is, at the poses of the search that was just done, and packs
  /// the images anew with it, where that is wanted and the band is fine enough.
  mutating func refineDefocus(
    _ references: [ReferenceGrid], band: Int, _ clock: inout IterationClock
  ) throws {
    let settings = context.settings
    guard settings.refineDefocus, settings.correctCTF, settings.defocusDeviation > 0 else { return }
    let frequency = Double(band) / frame.geometry.windowEdge
    let phase =
      .pi * frame.particles.longestWavelength * frequency * frequency * settings.defocusDeviation
    guard phase >= Self.leastPhase, Double(band) >= Self.growth * Double(state.defocusBand) else {
      return
    }
    loop.refinement.defocusBand = band
    events(.stage(.packing, iteration: state.iteration + 1))
    clock.begin(.packing)
    defer { clock.end() }
    let total = frame.particles.count
    let progress = StageProgress(
      .packing, particles: total, costs: [Double(total), Double(total)], events: events)
    let before =
      state.defocusChanges.isEmpty
      ? [DefocusChange](repeating: DefocusChange(), count: total) : state.defocusChanges
    var packer = packer(
      sign: state.bodyDefocus.sign, at: frame.particles.poses, changes: before)
    packer.neighbours = context.images.packer?.neighbours
    let held = shard.particles.count
    let found = try context.defocusMeasurement(
      packer, body: seen(as: references, band: band), known: before, state
    ).measure { progress.tell(Double($0) / Double(held), of: 0, done: $0 * total / held) }
    let finding = DefocusFinding(found, before: before, without: context.usable.skipped)
    events(.log(finding.summary))
    // Images are not packed anew for less than what their defocus is uncertain by anyway.
    guard finding.step > 0.2 * finding.deviation else {
      progress.tell(1, of: 1)
      return
    }
    loop.refinement.defocusChanges = found
    try repack(progress, part: 1)
  }
}

/// What is found of all particles' defocus, Å.
struct DefocusFinding {
  /// Roots of the mean squares: of the changes in all, and against those before.
  private(set) var change = 0.0
  private(set) var step = 0.0
  /// The median of what each is uncertain by.
  private(set) var deviation = 0.0

  /// - Parameters:
  ///   - found: of all particles, and `before` what was known of them.
  ///   - skipped: particles whose images cannot be used.
  init(_ found: [DefocusChange], before: [DefocusChange], without skipped: Set<Int>) {
    var (squares, steps, known) = (0.0, 0.0, [Double]())
    for (particle, now) in found.enumerated() where !skipped.contains(particle) {
      let step = now.change - before[particle].change
      squares += now.change * now.change
      steps += step * step
      known.append(now.deviation)
    }
    guard !known.isEmpty else { return }
    (change, step) = (
      (squares / Double(known.count)).squareRoot(), (steps / Double(known.count)).squareRoot()
    )
    deviation = known.sorted()[known.count / 2]
  }

  var summary: String {
    "Defocus of the particles: changed by \(Format.fixed(change, 0)) Å (root mean square), known to "
      + "\(Format.fixed(deviation, 0)) Å"
  }
}
