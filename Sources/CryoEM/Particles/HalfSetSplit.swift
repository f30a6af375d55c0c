import EMFiles

extension ParticleSet {
  /// Checks that there is a gold-standard split that can be trusted.
  ///
  /// - Parameters:
  ///   - path: the particle file, for messages.
  ///   - column: what the split is called there.
  /// - Throws: a problem when there is no split, when a half is empty, or when copies of a particle
  ///   are in both halves: those make the halves agree on noise, and the FSC a lie.
  public func checkHalfSets(path: String, column: String) throws(Problem) {
    let advice = "Set refinement.resplit = true to split the particles anew."
    guard halfSets.count == count, count > 0 else {
      throw Problem(
        "\(path) has no half-sets: the column \(column) is missing", whatToDo: advice)
    }
    let inA = halfSets.count { $0 == .a }
    guard inA > 0, inA < count else {
      throw Problem(
        "\(path): all \(count) particles are in half-set \(inA > 0 ? "A" : "B") (column \(column))",
        whatToDo: advice)
    }
    let leaking = leakingSourceCount
    guard leaking == 0 else {
      throw Problem(
        "\(path): copies of \(leaking) particle\(leaking == 1 ? " is" : "s are") in both half-sets "
          + "(column \(column)), so the FSC would be too good",
        whatToDo: advice)
    }
  }

  /// How many sources have copies in both half-sets.
  public var leakingSourceCount: Int {
    guard halfSets.count == count else { return 0 }
    var halvesOfSource: [UInt64: UInt8] = [:]
    halvesOfSource.reserveCapacity(count)
    for (source, half) in zip(sources, halfSets) {
      halvesOfSource[source, default: 0] |= half == .a ? 1 : 2
    }
    return halvesOfSource.values.count { $0 == 3 }
  }

  /// A new split into halves, copies of a particle always together.
  ///
  /// The sources are shuffled and dealt out in turn, so the halves have equally many, but for one.
  ///
  /// - Parameter seed: the same seed gives the same split of the same file.
  public func resplit(seed: UInt64) -> [HalfSet] {
    var indexOfSource: [UInt64: Int] = [:]
    indexOfSource.reserveCapacity(count)
    for source in sources where indexOfSource[source] == nil {
      indexOfSource[source] = indexOfSource.count
    }
    var generator = SeededGenerator(seed: seed)
    let order = Array(0..<indexOfSource.count).shuffled(using: &generator)
    var halfOfIndex = [HalfSet](repeating: .a, count: order.count)
    for (turn, index) in order.enumerated() where turn % 2 == 1 { halfOfIndex[index] = .b }
    return sources.map { source in indexOfSource[source].map { halfOfIndex[$0] } ?? .a }
  }
}
