import Fourier

/// Everything that is measured on a pair of half-maps with a mask.
public struct FSCMeasurement: Sendable {
  /// The curves and their crossings.
  public var report: FSCReport
  /// The curve of the masked half-maps with random phases, from which the corrected one is made.
  public var randomised: [Double]
  /// The shell from which phases were randomised.
  public var randomisedFromShell: Int

  /// The five curves of two half-maps.
  ///
  /// - Parameters:
  ///   - mask: the mask of the body; without one the tight and loose curves are the spherical one.
  ///   - tight: the mask of the tight and corrected curves, if it is not made from `mask`.
  ///   - seed: of the random phases.
  public init(halfA a: Volume, halfB b: Volume, mask: Volume?, tight: Volume? = nil, seed: UInt64) {
    let (spectrumA, spectrumB) = (a.spectrum, b.spectrum)
    let noMask = fourierShellCorrelation(spectrumA, spectrumB)
    let edge = Double(a.size / 2) * a.pixelSize
    let sphere = Volume.sphere(
      size: a.size, pixelSize: a.pixelSize, radius: 0.85 * edge, outerRadius: 0.99 * edge)
    let tightMask = tight ?? mask?.tightMask ?? sphere
    let masked = fourierShellCorrelation(a, b, mask: tightMask)
    var randomised = masked
    var corrected = masked
    let first = Self.firstUncertainShell(noMask)
    if let first {
      let randomA = Volume(
        spectrum: spectrumA.phasesRandomised(fromShell: first, seed: seed), pixelSize: a.pixelSize)
      let randomB = Volume(
        spectrum: spectrumB.phasesRandomised(fromShell: first, seed: ~seed),
        pixelSize: b.pixelSize)
      randomised = fourierShellCorrelation(randomA, randomB, mask: tightMask)
      corrected = correctedCurve(masked: masked, randomised: randomised, fromShell: first)
    }
    self.randomised = randomised
    randomisedFromShell = first ?? noMask.count
    report = FSCReport(
      noMask: noMask, spherical: fourierShellCorrelation(a, b, mask: sphere),
      loose: fourierShellCorrelation(a, b, mask: mask?.looseMask ?? sphere), tight: masked,
      corrected: corrected,
      resolution143: resolution(
        of: corrected, below: 0.143, size: a.size, pixelSize: a.pixelSize),
      resolution50: resolution(of: corrected, below: 0.5, size: a.size, pixelSize: a.pixelSize))
  }

  /// The first shell at which the unmasked curve is below 0.8.
  private static func firstUncertainShell(_ curve: [Double]) -> Int? {
    curve.indices.dropFirst().first { curve[$0] < 0.8 }
  }
}

/// The mask of the final FSC, found by tightening.
public struct TightenedMask: Sendable {
  /// The mask, and the distances (Å) from the body's mask at which it begins to fall and is zero.
  public var mask: Volume
  public var near: Double, far: Double
  /// What was measured with it.
  public var measurement: FSCMeasurement

  /// Tightens the mask about the body's mask from 25/40 Å inwards, as long as the corrected
  /// resolution improves.
  ///
  /// A mask that is too tight correlates the half-maps by itself: it is not taken when the curve of
  /// random phases is above 0.1 where the corrected one falls below 0.143.
  public init(halfA a: Volume, halfB b: Volume, mask: Volume, seed: UInt64) {
    let distances: [(Double, Double)] = [(25, 40), (18, 30), (12, 22), (9, 16), (6, 12), (4, 10)]
    var best: TightenedMask?
    for (near, far) in distances {
      let candidate = mask.dilated(near: near, far: far)
      let measurement = FSCMeasurement(
        halfA: a, halfB: b, mask: mask, tight: candidate, seed: seed)
      let crossing = firstCrossing(of: measurement.report.corrected, below: 0.143)
      let shell = Int(crossing ?? Double(measurement.randomised.count - 1))
      let isTrustworthy =
        shell < measurement.randomisedFromShell || measurement.randomised[shell] <= 0.1
      if let best,
        !isTrustworthy
          || measurement.report.resolution143 >= best.measurement.report.resolution143
      {
        continue
      }
      best = TightenedMask(mask: candidate, near: near, far: far, measurement: measurement)
    }
    self =
      best
      ?? TightenedMask(
        mask: mask, near: 0, far: 0,
        measurement: FSCMeasurement(halfA: a, halfB: b, mask: mask, tight: mask, seed: seed))
  }

  private init(mask: Volume, near: Double, far: Double, measurement: FSCMeasurement) {
    self.mask = mask
    self.near = near
    self.far = far
    self.measurement = measurement
  }
}
