extension FSCReport {
  /// The corrected curve at the finest shell, where it is nowhere under 0.143; nil where it is, or where
  /// there is no curve.
  ///
  /// Such a curve gives no resolution. Either the halves share noise (copies of particles, segments of
  /// filaments, one pick twice), which correlates at every frequency alike, or the pixels are so coarse
  /// that the signal reaches Nyquist.
  public var endAboveThreshold: Double? {
    // The halves share the coarsest shells anyway.
    let shells = corrected.dropFirst(2)
    guard let end = shells.last, shells.allSatisfy({ $0 >= 0.143 }) else { return nil }
    return end
  }
}
