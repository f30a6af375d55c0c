import Ground

/// Everything that is measured on a pair of half-maps with a mask.
public struct FSCMeasurement: Sendable {
  /// The curves and their crossings.
  public var report: FSCReport
  /// The curve of the masked half-maps with random phases, from which the corrected one is made.
  public var randomised: [Double]
  /// The shell from which phases were randomised; the number of shells where none were.
  public var randomisedFromShell: Int

  /// The five curves of two half-maps, with masks that are made for this measurement alone.
  ///
  /// - Parameters:
  ///   - mask: the mask of the body; without one the tight and loose curves are the spherical one.
  ///   - tight: the mask of the tight and corrected curves, if it is not made from `mask`.
  ///   - seed: of the random phases.
  public init(
    halfA a: Volume, halfB b: Volume, mask: Volume?, tight: Volume? = nil, seed: UInt64,
    scheduler: Scheduler = oneAfterTheOther
  ) {
    let masks = FSCMasks(size: a.size, pixelSize: a.pixelSize, mask: mask, tight: tight)
    self.init(halfA: a, halfB: b, masks: masks, seed: seed, scheduler: scheduler)
  }

  /// The five curves of two half-maps of the masks' size.
  ///
  /// - Parameter seed: of the random phases.
  public init(
    halfA a: Volume, halfB b: Volume, masks: FSCMasks, seed: UInt64,
    scheduler: Scheduler = oneAfterTheOther
  ) {
    precondition(masks.size == a.size)
    let tightMask = masks.tight ?? masks.sphere
    let comparison = HalfMapComparison(
      halfA: a, halfB: b, widest: tightMask, seed: seed, scheduler: scheduler)
    let randomised = comparison.randomisedCurve(inside: tightMask, scheduler)
    let spherical = comparison.curve(inside: masks.sphere, scheduler)
    let loose = masks.loose.map { comparison.curve(inside: $0, scheduler) } ?? spherical
    let masked = masks.tight.map { comparison.curve(inside: $0, scheduler) } ?? spherical
    self.init(
      comparison, spherical: spherical, loose: loose, masked: masked,
      randomised: randomised ?? masked)
  }

  /// The measurement of curves that have been made.
  init(
    _ comparison: HalfMapComparison, spherical: [Double], loose: [Double], masked: [Double],
    randomised: [Double]
  ) {
    let corrected = comparison.corrected(masked, randomised)
    self.randomised = randomised
    randomisedFromShell = comparison.randomisedFromShell ?? comparison.noMask.count
    report = FSCReport(
      noMask: comparison.noMask, spherical: spherical, loose: loose, tight: masked,
      corrected: RadialCurve(corrected, edge: comparison.edge))
  }
}
