import CryoEM

/// The stored curves with their axis.
extension IterationMetrics {
  /// Edge of the box of the curves, Å.
  public var edge: Double { Double(boxSize) * pixelSize }

  /// The corrected FSC.
  public var correctedFSC: RadialCurve { RadialCurve(fsc.corrected, edge: edge) }

  /// ln of the mean squared amplitude of the combined map.
  public var guinierCurve: RadialCurve { RadialCurve(guinier, edge: edge) }

  /// The noise variance of each half-set and optics group.
  public var noiseCurves: [RadialCurve] { noise.map { RadialCurve($0, edge: edge) } }
}
