import Refinement

extension RefinementSettings {
  /// These settings with what a running refinement can take from others between two iterations: the
  /// search, the prior, and when to end. What images and references were packed with stays.
  public func takingOver(_ other: RefinementSettings) -> RefinementSettings {
    var settings = self
    for parameter in Parameter.all where parameter.changesWhileRunning {
      parameter.copy?(other, &settings)
    }
    return settings
  }
}
