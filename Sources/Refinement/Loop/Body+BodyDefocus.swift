import CryoEM
import Ground

/// The defocus of the body, where its sign is found on the way.
extension Body {
  /// Looks for the hand of the data where it is wanted and can be seen; returns whether the images were
  /// packed anew with it, so that what was made of them has to be made once more.
  ///
  /// It is measured at the first iteration whose resolution makes the body's error of phase large enough,
  /// and, where that was not clear, again where the error is half as large again. What another region's images
  /// have said holds for this one's.
  ///
  /// - Parameter hand: the sign that another region has; 0 where none has one.
  mutating func findDefocusSign(
    _ product: ReferenceMaker.Product, hand: Int, _ clock: inout IterationClock
  ) throws -> Bool {
    let settings = context.settings
    let known = state.bodyDefocus
    // The first references are not made of the images.
    guard settings.bodyDefocus == .auto, settings.correctCTF, known.sign == 0, state.iteration > 0
    else { return false }
    let resolution = product.fsc.resolution143
    let effect = BodyDefocusEffect(
      distance: frame.centres.distance, resolution: resolution,
      wavelength: frame.particles.longestWavelength)
    guard effect.isSeen, effect.phase >= 1.5 * radians(known.phase) else { return false }
    events(.stage(.packing, iteration: state.iteration))
    clock.begin(.packing)
    defer { clock.end() }
    let total = frame.particles.count
    if hand != 0 {
      loop.refinement.bodyDefocus.sign = hand
      events(
        .log(
          "Body defocus: the height is \(hand > 0 ? "taken off" : "put onto") the defocus, as the images "
            + "of another region say"))
      try repack(
        StageProgress(.packing, particles: total, costs: [Double(total)], events: events), part: 0)
      return true
    }
    let progress = StageProgress(
      .packing, particles: total,
      costs: [Double(2 * min(total, BodyDefocusMeasurement.sampleSizes[0])), Double(total)],
      events: events)
    let poses = frame.poses(state)
    var packers = (plus: packer(sign: 1, at: poses), minus: packer(sign: -1, at: poses))
    let neighbours = context.images.packer?.neighbours
    (packers.plus.neighbours, packers.minus.neighbours) = (neighbours, neighbours)
    var finding = try context.bodyDefocusMeasurement(packers, product).measure(state) {
      progress.tell($0, of: 0)
    }
    (finding.resolution, finding.phase) = (resolution, degrees(effect.phase))
    loop.refinement.bodyDefocus = finding
    if let line = finding.summary { events(.log(line)) }
    guard finding.sign != 0 else {
      progress.tell(1, of: 1)
      return false
    }
    try repack(progress, part: 1)
    return true
  }

  /// A packer as that of the beginning, with the body at the defocus of its height at some poses.
  ///
  /// - Parameter changes: of the particles' own defocus; nil for those that were found so far.
  func packer(
    sign: Int, at poses: [Pose], changes: [DefocusChange]? = nil
  ) -> ImagePacker {
    ImagePacker(
      transformer: transformer, geometry: frame.geometry, points: context.images.points,
      survey: context.noise.survey, outside: outside,
      highpassShell: frame.geometry.highpassShell(context.settings),
      defocus: frame.bodyDefocus(
        sign: sign, at: poses, changes: changes ?? state.defocusChanges))
  }

  /// Packs all images with the sign and the defoci that were found, as a run that knew them would have
  /// done from the beginning: at the first poses.
  ///
  /// - Parameter part: of the progress that is told.
  mutating func repack(_ progress: StageProgress, part: Int) throws {
    let scratch =
      context.images.packed.isInFile
      ? context.settings.cacheDirectory ?? input.scratchFolder : nil
    // The old ones go first: both together may not fit.
    context.images.drop()
    let total = frame.particles.count
    let held = shard.particles.count
    let packed = try packer(sign: state.bodyDefocus.sign, at: frame.particles.poses).pack(
      threads: context.settings.threads, shard: shard, scratch: scratch, bad: context.usable.bad,
      control: control
    ) { progress.tell(Double($0) / Double(held), of: part, done: $0 * total / held) }
    context.images.packed = packed.images
    pack(beside: context.images.packer?.neighbours)
    context.images.magnitudes = packed.magnitudes
    let bad = context.usable.bad.all
    for image in bad where context.usable.uses(image.particle) {
      events(.warning("particle \(image.particle + 1) is left out: \(image.reason)"))
    }
    context.usable.leaveOutBad()
    loop.badImages = bad
  }

  /// The defocus of the body in each image at its last pose; nil where it is the particle's.
  var bodyDefoci: [Defocus]? {
    frame.bodyDefocus(state).map { defoci(changedBy: $0.body) }
  }

  /// The defocus of each particle where that is refined; nil where it is that of the input.
  var refinedDefoci: [Defocus]? {
    state.defocusChanges.isEmpty ? nil : defoci(changedBy: state.defocusChanges.map(\.change))
  }

  private func defoci(changedBy changes: [Double]) -> [Defocus] {
    zip(frame.particles.defoci, changes).map { defocus, change in
      var changed = defocus
      changed.u += change
      changed.v += change
      return changed
    }
  }
}
