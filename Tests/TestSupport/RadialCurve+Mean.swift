import CryoEM

extension RadialCurve {
  /// The mean of the values of some shells, each counted once; the shells must be there.
  public func mean(over shells: Range<Int>) -> Double {
    values[shells].reduce(0, +) / Double(shells.count)
  }
}
