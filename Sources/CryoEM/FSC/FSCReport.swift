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

  /// Whether the corrected curve ends before it falls under 0.143.
  public var isCut: Bool { firstCrossing(of: corrected, below: 0.143) == nil }

  /// The curves up to a shell beyond which the half-maps hold nothing, and the resolutions that follow.
  ///
  /// - Parameters:
  ///   - last: the last shell that stays.
  ///   - size: voxels along the half-maps' edge; `pixelSize`: theirs, Å.
  public func cut(after last: Int, size: Int, pixelSize: Double) -> FSCReport {
    func cut(_ curve: [Double]) -> [Double] { Array(curve.prefix(last + 1)) }
    let corrected = cut(corrected)
    func crossing(_ threshold: Double) -> Double {
      resolution(of: corrected, below: threshold, size: size, pixelSize: pixelSize)
    }
    return FSCReport(
      noMask: cut(noMask), spherical: cut(spherical), loose: cut(loose), tight: cut(tight),
      corrected: corrected, resolution143: crossing(0.143), resolution50: crossing(0.5))
  }
}
