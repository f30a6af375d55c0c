/// The half-map FSC curves of an iteration; empty where a curve was not computed.
public struct FSCReport: Codable, Sendable, Equatable {
  /// No mask; sphere about the box centre; loose mask; tight mask; tight mask corrected for the
  /// correlation that the mask itself makes (phase randomisation).
  public var noMask: [Double]
  public var spherical: [Double]
  public var loose: [Double]
  public var tight: [Double]
  public var corrected: [Double]
  /// Resolution in Å where the corrected curve falls under 0.143 and 0.5.
  public var resolution143: Double
  public var resolution50: Double

  public init(
    noMask: [Double] = [], spherical: [Double] = [], loose: [Double] = [], tight: [Double] = [],
    corrected: [Double] = [], resolution143: Double = .infinity, resolution50: Double = .infinity
  ) {
    self.noMask = noMask
    self.spherical = spherical
    self.loose = loose
    self.tight = tight
    self.corrected = corrected
    self.resolution143 = resolution143
    self.resolution50 = resolution50
  }

  /// The curves with the resolutions of the corrected one.
  public init(
    noMask: [Double], spherical: [Double], loose: [Double], tight: [Double], corrected: RadialCurve
  ) {
    self.init(
      noMask: noMask, spherical: spherical, loose: loose, tight: tight,
      corrected: corrected.values, resolution143: corrected.resolution(below: 0.143),
      resolution50: corrected.resolution(below: 0.5))
  }

  /// Whether the corrected curve ends before it falls under 0.143.
  public var isCut: Bool { !corrected.dropFirst().contains { $0 < 0.143 } }

  /// The curves up to a shell beyond which the half-maps hold nothing, and the resolutions that follow.
  ///
  /// - Parameters:
  ///   - last: the last shell that stays.
  ///   - edge: of the half-maps, Å.
  public func cut(after last: Int, edge: Double) -> FSCReport {
    func cut(_ curve: [Double]) -> RadialCurve { RadialCurve(curve, edge: edge).cut(after: last) }
    return FSCReport(
      noMask: cut(noMask).values, spherical: cut(spherical).values, loose: cut(loose).values,
      tight: cut(tight).values, corrected: cut(corrected))
  }
}
