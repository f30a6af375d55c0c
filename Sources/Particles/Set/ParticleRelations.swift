import CryoEM

/// Where a particle was picked.
public struct MicrographPick: Sendable, Hashable {
  /// Which micrograph, as an index; below zero where the file does not say.
  public var micrograph: Int32
  /// The pick on the micrograph, Å.
  public var position: Vector2

  public init(micrograph: Int32, position: Vector2) {
    self.micrograph = micrograph
    self.position = position
  }
}

extension ParticleSet {
  /// The particles that a split must not tear apart, because they share signal and noise: copies of
  /// one, segments of a filament, and what was picked nearer together than `separation` on one
  /// micrograph.
  ///
  /// - Parameter separation: Å; 0 to look at no picks.
  /// - Returns: for each particle the first one of its family.
  public func families(separation: Double) -> [Int32] {
    var sets = DisjointSets(count: count)
    if sources.count == count { sets.unite(byKeys: sources.lazy.map { Optional($0) }) }
    if filaments.count == count {
      sets.unite(byKeys: filaments.lazy.map { $0 < 0 ? nil : $0 })
    }
    forEachNearPair(within: separation) { sets.unite($0, $1) }
    return sets.roots()
  }

  /// Goes through the pairs of particles of one micrograph that are nearer to each other than a
  /// distance: as they were picked, or where their poses put them. A pair may come twice.
  ///
  /// - Parameter distance: Å.
  func forEachNearPair(within distance: Double, _ body: (Int, Int) -> Void) {
    guard picks.count == count, distance > 0 else { return }
    forEachNearPair(picks.map(\.position), within: distance, body)
    // Two picks of a particle are brought to one centre by their origins.
    forEachNearPair(
      zip(picks, poses).map { $0.position - $1.origin }, within: distance, body)
  }

  private func forEachNearPair(
    _ positions: [Vector2], within distance: Double, _ body: (Int, Int) -> Void
  ) {
    // Along x within each micrograph: what is near is soon met.
    let order = picks.indices.filter { picks[$0].micrograph >= 0 }.sorted {
      (picks[$0].micrograph, positions[$0].x, $0) < (picks[$1].micrograph, positions[$1].x, $1)
    }
    for (place, row) in order.enumerated() {
      for other in order[(place + 1)...] {
        let step = positions[other] - positions[row]
        if picks[other].micrograph != picks[row].micrograph || step.x >= distance { break }
        if (step * step).sum() < distance * distance { body(row, other) }
      }
    }
  }
}
