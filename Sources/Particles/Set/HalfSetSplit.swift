import Ground

/// What helps against half-sets that cannot be used.
let resplitAdvice = "Set refinement.resplit = true to split the particles anew."

extension ParticleSet {
  /// Checks that there is a gold-standard split that can be trusted.
  ///
  /// - Parameters:
  ///   - path: the particle file, for messages.
  ///   - column: what the split is called there.
  /// - Throws: a problem when there is no split, when a half is empty, or when copies of a particle
  ///   are in both halves: those make the halves agree on noise, and the FSC a lie.
  public func checkHalfSets(path: String, column: String) throws(Problem) {
    guard halfSets.count == count, count > 0 else {
      throw Problem(
        "\(path) has no half-sets: the column \(column) is missing", whatToDo: resplitAdvice)
    }
    let inA = halfSets.count { $0 == .a }
    guard inA > 0, inA < count else {
      throw Problem(
        "\(path): all \(count) particles are in half-set \(inA > 0 ? "A" : "B") (column \(column))",
        whatToDo: resplitAdvice)
    }
    let leaking = leakingSourceCount
    guard leaking == 0 else {
      throw Problem(
        "\(path): copies of \(leaking) particle\(leaking == 1 ? "" : "s") are in both half-sets "
          + "(column \(column)), so the FSC would be too good",
        whatToDo: resplitAdvice)
    }
  }

  /// How many sources have copies in both half-sets.
  public var leakingSourceCount: Int { tornCount(sources.map { Optional($0) }) }

  /// What makes a split doubtful without being certainly wrong: filaments in both halves, and picks
  /// that may be of one particle.
  ///
  /// - Parameters:
  ///   - path: the particle file, for messages.
  ///   - column: what the split is called there.
  ///   - separation: how near picks may be, Å; 0 for as near as they like.
  public func halfSetWarnings(path: String, column: String, separation: Double) -> [Problem] {
    guard halfSets.count == count else { return [] }
    var warnings: [Problem] = []
    func warn(_ what: String, _ whatToDo: String) {
      warnings.append(Problem("\(path): \(what)", whatToDo: whatToDo, severity: .warning))
    }
    let filaments = self.filaments.count == count ? self.filaments : []
    let torn = tornCount(filaments.map { $0 < 0 ? nil : $0 })
    if torn > 0 {
      warn(
        "\(torn) of \(Set(filaments.filter { $0 >= 0 }).count) filaments have segments in both "
          + "half-sets (column \(column)); they share noise, so the FSC can be too good",
        "Set refinement.resplit = true: a new split keeps filaments whole.")
    }
    let near = tornNearCount(separation: separation, filaments: filaments)
    if near > 0 {
      warn(
        "\(near) particle\(near == 1 ? " is" : "s are") within \(shortest(separation)) Å of one of "
          + "the other half-set on the same micrograph; a particle that was picked twice makes the "
          + "FSC too good",
        "Set refinement.resplit = true, which keeps them in one half, or remove the duplicates; "
          + "refinement.minimum_separation says what is near.")
    }
    return warnings
  }

  /// How many particles have one of the other half near by that is neither their copy nor of their
  /// filament.
  private func tornNearCount(separation: Double, filaments: [Int32]) -> Int {
    var isNear = [Bool](repeating: false, count: count)
    forEachNearPair(within: separation) { row, other in
      if halfSets[row] == halfSets[other] { return }
      if sources.count == count, sources[row] == sources[other] { return }
      if !filaments.isEmpty, filaments[row] >= 0, filaments[row] == filaments[other] { return }
      (isNear[row], isNear[other]) = (true, true)
    }
    return isNear.count { $0 }
  }

  /// How many keys have particles in both half-sets.
  private func tornCount<Key: Hashable>(_ keys: [Key?]) -> Int {
    guard halfSets.count == count, keys.count == count else { return 0 }
    var halvesOfKey: [Key: UInt8] = [:]
    halvesOfKey.reserveCapacity(count)
    for (key, half) in zip(keys, halfSets) {
      if let key { halvesOfKey[key, default: 0] |= half == .a ? 1 : 2 }
    }
    return halvesOfKey.values.count { $0 == 3 }
  }

  /// A new split into halves, families always together.
  ///
  /// The families are shuffled and each is given to the half that has fewer particles, so the halves
  /// differ by no more than the largest family.
  ///
  /// - Parameters:
  ///   - seed: the same seed gives the same split of the same file.
  ///   - families: for each particle the first one of its family.
  public func resplit(seed: UInt64, families: [Int32]) -> [HalfSet] {
    precondition(families.count == count)
    var sizes = [Int](repeating: 0, count: count)
    for family in families { sizes[Int(family)] += 1 }
    var order = sizes.indices.filter { sizes[$0] > 0 }
    var generator = SeededGenerator(seed: seed)
    order.shuffle(using: &generator)
    var halves = [HalfSet](repeating: .a, count: count)
    var surplusOfA = 0
    for family in order {
      if surplusOfA > 0 { halves[family] = .b }
      surplusOfA += surplusOfA > 0 ? -sizes[family] : sizes[family]
    }
    return families.map { halves[Int($0)] }
  }
}
