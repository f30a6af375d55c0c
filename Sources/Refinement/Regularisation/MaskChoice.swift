import CryoEM

/// The mask of the references that an iteration makes: the input's, or one made of the map.
struct MaskChoice: Sendable {
  /// The mask on the cube of the half-maps.
  let mask: Volume
  /// Whether it was made of the map.
  let isDynamic: Bool
  /// Whether masks are made of the map from now on, even if this one was empty.
  let hasStarted: Bool
  /// What the user should know.
  let event: RefinementEvent?

  /// The input's mask.
  init(input: Volume) { (mask, isDynamic, hasStarted, event) = (input, false, false, nil) }

  /// - Parameters:
  ///   - halves: raw half-maps.
  ///   - region: the input's mask on the same cube.
  ///   - resolution: of the half-maps, Å.
  ///   - hasStarted: whether an earlier iteration was fine enough for a dynamic mask.
  init(
    halves: [Volume], region: Volume, resolution: Double, hasStarted: Bool,
    settings: RefinementSettings
  ) {
    guard settings.mask == .dynamic, hasStarted || resolution <= settings.maskStartResolution
    else {
      (mask, isDynamic, self.hasStarted, event) = (region, false, false, nil)
      return
    }
    self.hasStarted = true
    let mean = halves[0].combined(with: halves[1]) { 0.5 * ($0 + $1) }
    let whole = region.sum
    guard let made = mean.dynamicMask(inside: region, settings: settings), whole > 0,
      made.sum >= Self.leastShare * whole
    else {
      (mask, isDynamic) = (region, false)
      event = .warning(
        "The dynamic mask keeps less than \(Int(100 * Self.leastShare))% of the input mask: the input "
          + "mask is used. Lower mask.threshold, or use a static mask.")
      return
    }
    (mask, isDynamic) = (made, true)
    event = .log("dynamic mask: \(Int((100 * made.sum / whole).rounded()))% of the input mask")
  }

  /// Under this share of the input mask a dynamic one is as good as empty.
  private static let leastShare = 0.01
}

extension Volume {
  /// The dynamic mask of this map with the distances of the settings; nil where nothing is above the
  /// threshold.
  func dynamicMask(inside region: Volume, settings: RefinementSettings) -> Volume? {
    dynamicMask(
      inside: region, threshold: settings.maskThreshold, resolution: settings.maskStartResolution,
      near: settings.maskNear, far: settings.maskFar, absolute: settings.maskAbsolute)
  }
}
