import CryoEM

extension ParticleSet {
  /// A particle's optics group.
  public func opticsGroup(of particle: Int) -> OpticsGroup { optics[Int(opticsIndices[particle])] }

  /// The magnification of a particle's optics group, where magnifications are used.
  public func magnification(of particle: Int, isUsed: Bool) -> Magnification {
    isUsed ? optics[Int(opticsIndices[particle])].magnification : .identity
  }

  /// The largest factor by which a magnification that is used stretches frequencies, at least 1.
  public func stretch(isUsed: Bool) -> Double {
    isUsed ? optics.reduce(1) { max($0, $1.magnification.stretch) } : 1
  }

  /// The smallest factor, at most 1.
  public func shrinkage(isUsed: Bool) -> Double {
    isUsed ? optics.reduce(1) { min($0, $1.magnification.shrinkage) } : 1
  }
}
