extension FSCReport {
  /// The corrected curve at the finest shell, where it is nowhere under 0.143 and is not about to be;
  /// nil where it is, or where there is no curve.
  ///
  /// Such a curve gives no resolution. Either the halves share noise (copies of particles, segments of
  /// filaments, one pick twice), which correlates at every frequency alike, or the pixels are so coarse
  /// that the signal reaches Nyquist. A curve that ends steeply, and would cross the threshold within a
  /// twentieth of its shells if it went on as in the last four, is none of those: its resolution is that
  /// of the finest shell.
  public var endAboveThreshold: Double? {
    // The halves share the coarsest shells anyway.
    let shells = corrected.dropFirst(2)
    guard let end = shells.last, shells.allSatisfy({ $0 >= 0.143 }) else { return nil }
    guard shells.count > 4 else { return end }
    let fall = (shells[shells.endIndex - 5] - end) / 4
    return end - fall * max(1, Double(corrected.count) / 20) < 0.143 ? nil : end
  }
}
