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

/// Slots: values that there are of each half-set and optics group stand in arrays as
/// [half · groups + group].
extension ParticleSet {
  /// Optics groups, one at least.
  public var groupCount: Int { max(1, optics.count) }

  public var slotCount: Int { HalfSet.allCases.count * groupCount }

  public func slot(of particle: Int) -> Int {
    halfSets[particle].rawValue * groupCount + Int(opticsIndices[particle])
  }

  public func slots(of half: HalfSet) -> Range<Int> {
    half.rawValue * groupCount..<(half.rawValue + 1) * groupCount
  }

  /// Evenly spaced particles of each slot.
  ///
  /// - Parameter size: how many at most.
  public func sample(ofEachSlot size: Int, where isWanted: (Int) -> Bool = { _ in true }) -> [Int] {
    var members = [[Int]](repeating: [], count: slotCount)
    for particle in 0..<count where isWanted(particle) {
      members[slot(of: particle)].append(particle)
    }
    return members.flatMap { members in
      let step = max(1, (members.count + size - 1) / size)
      return stride(from: 0, to: members.count, by: step).map { members[$0] }
    }
  }
}
