/// The mask of the final FSC, found by tightening.
public struct TightenedMask: Sendable {
  /// The mask, and the distances (Å) from the body's mask at which it begins to fall and is zero.
  public var mask: Volume
  public var near: Double, far: Double
  /// What was measured with it.
  public var measurement: FSCMeasurement

  /// From the loose mask inwards: where the mask begins to fall and where it is zero, Å.
  private static let distances: [(near: Double, far: Double)] = [
    (25, 40), (18, 30), (12, 22), (9, 16), (6, 12), (4, 10),
  ]

  /// Tightens the mask about the body's mask from 25/40 Å inwards, as long as the corrected
  /// resolution improves.
  ///
  /// A mask that is too tight correlates the half-maps by itself: it is not taken when the curve of
  /// random phases is above 0.1 where the corrected one falls below 0.143.
  public init(
    halfA a: Volume, halfB b: Volume, mask: Volume, seed: UInt64,
    scheduler: Scheduler = oneAfterTheOther
  ) {
    let distances = MaskDistances(of: mask)
    let masks = FSCMasks(
      size: a.size, pixelSize: a.pixelSize, loose: distances.mask(near: 25, far: 40), tight: nil)
    let comparison = HalfMapComparison(
      halfA: a, halfB: b, widest: masks.loose, seed: seed, scheduler: scheduler)
    let spherical = comparison.curve(inside: masks.sphere, scheduler)
    var looseCurve: [Double]?
    func candidate(_ near: Double, _ far: Double) -> TightenedMask {
      let known = looseCurve == nil ? masks.loose : nil
      let grown = known ?? FSCMask(distances.mask(near: near, far: far))
      let masked = comparison.curve(inside: grown, scheduler)
      let loose = looseCurve ?? masked
      looseCurve = loose
      let randomised = comparison.randomisedCurve(inside: grown, scheduler) ?? masked
      return TightenedMask(
        mask: grown.volume, near: near, far: far,
        measurement: FSCMeasurement(
          comparison, spherical: spherical, loose: loose, masked: masked, randomised: randomised))
    }
    var best = candidate(Self.distances[0].near, Self.distances[0].far)
    for (near, far) in Self.distances.dropFirst() {
      let tighter = candidate(near, far)
      let isBetter =
        tighter.measurement.report.resolution143 < best.measurement.report.resolution143
      if isBetter && tighter.isTrustworthy { best = tighter }
    }
    self = best
  }

  private init(mask: Volume, near: Double, far: Double, measurement: FSCMeasurement) {
    self.mask = mask
    self.near = near
    self.far = far
    self.measurement = measurement
  }

  /// Whether the mask itself makes little of the correlation at the resolution.
  private var isTrustworthy: Bool {
    let crossing = firstCrossing(of: measurement.report.corrected, below: 0.143)
    let shell = Int(crossing ?? Double(measurement.randomised.count - 1))
    return shell < measurement.randomisedFromShell || measurement.randomised[shell] <= 0.1
  }
}
