/// Everything that is measured on a pair of half-maps with a mask.
public struct FSCMeasurement: Sendable {
  /// The curves and their crossings.
  public var report: FSCReport
  /// The curve of the masked half-maps with random phases, from which the corrected one is made.
  public var randomised: [Double]
  /// The shell from which phases were randomised; the number of shells where none were.
  public var randomisedFromShell: Int

  /// The five curves of two half-maps.
  ///
  /// - Parameters:
  ///   - mask: the mask of the body; without one the tight and loose curves are the spherical one.
  ///   - tight: the mask of the tight and corrected curves, if it is not made from `mask`.
  ///   - seed: of the random phases.
  public init(
    halfA a: Volume, halfB b: Volume, mask: Volume?, tight: Volume? = nil, seed: UInt64,
    scheduler: Scheduler = oneAfterTheOther
  ) {
    let comparison = HalfMapComparison(halfA: a, halfB: b, seed: seed, scheduler: scheduler)
    let around = Self.surroundings(comparison, mask: mask, scheduler)
    let tightMask = tight ?? mask?.tightMask ?? Self.sphere(like: a)
    let curves = collected(2, scheduler) {
      $0 == 0
        ? comparison.curve(inside: tightMask) : comparison.randomisedCurve(inside: tightMask)
    }
    self.init(comparison, around, masked: curves[0], randomised: curves[1])
  }

  /// The measurement of curves that have been made.
  init(
    _ comparison: HalfMapComparison, _ around: (spherical: [Double], loose: [Double]),
    masked: [Double], randomised: [Double]
  ) {
    let corrected = comparison.corrected(masked, randomised)
    let (size, pixelSize) = (comparison.a.size, comparison.a.pixelSize)
    self.randomised = randomised
    randomisedFromShell = comparison.randomisedFromShell ?? comparison.noMask.count
    report = FSCReport(
      noMask: comparison.noMask, spherical: around.spherical, loose: around.loose, tight: masked,
      corrected: corrected,
      resolution143: resolution(of: corrected, below: 0.143, size: size, pixelSize: pixelSize),
      resolution50: resolution(of: corrected, below: 0.5, size: size, pixelSize: pixelSize))
  }

  /// The curves in the sphere and in the loose mask.
  static func surroundings(
    _ comparison: HalfMapComparison, mask: Volume?, _ scheduler: Scheduler
  ) -> (spherical: [Double], loose: [Double]) {
    let masks = collected(2, scheduler) { index in
      index == 0 ? sphere(like: comparison.a) : mask?.looseMask
    }.compactMap { $0 }
    let curves = collected(masks.count, scheduler) { comparison.curve(inside: masks[$0]) }
    return (curves[0], curves[curves.count - 1])
  }

  /// The sphere of the spherical curve: 1 up to 0.85 of half the box, 0 from 0.99.
  private static func sphere(like map: Volume) -> Volume {
    let edge = Double(map.size / 2) * map.pixelSize
    return .sphere(
      size: map.size, pixelSize: map.pixelSize, radius: 0.85 * edge, outerRadius: 0.99 * edge)
  }
}
