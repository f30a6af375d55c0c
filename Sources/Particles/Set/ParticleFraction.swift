import Ground

extension ParticleSet {
  /// The rows of an even part of the particles, ascending.
  ///
  /// Families are taken whole, from both halves alike, and from each optics group as far as its size
  /// allows. In every group of a half the families are shuffled and get places in [0, 1), evenly apart but
  /// for a random part of a step; those of a half whose places come first are taken. So a smaller part
  /// is a subset of a larger one of the same seed, which depends on nothing but the particles.
  ///
  /// - Parameters:
  ///   - fraction: above 0; from 1 on all rows are taken.
  ///   - families: for each particle the first one of its family; a family is of the half and of the
  ///     group of that one.
  public func rows(fraction: Double, families: [Int32], seed: UInt64) -> [Int32] {
    precondition(families.count == count)
    guard fraction < 1 else { return (0..<Int32(count)).map { $0 } }
    var sizes = [Int](repeating: 0, count: count)
    for family in families { sizes[Int(family)] += 1 }
    var places = [Double](repeating: 0, count: count)
    var familiesOfHalf: [[Int]] = [[], []]
    let strata = Dictionary(grouping: sizes.indices.filter { sizes[$0] > 0 }) {
      Stratum(half: half(of: $0), group: Int(opticsIndices[$0]))
    }
    for (stratum, members) in strata {
      var generator = SeededGenerator(
        seed: seed, stream: UInt64(2 * stratum.group + stratum.half + 1))
      var order = members
      order.shuffle(using: &generator)
      let total = Double(members.reduce(0) { $0 + sizes[$1] })
      var before = 0
      for family in order {
        places[family] = (Double(before) + generator.uniform() * Double(sizes[family])) / total
        before += sizes[family]
      }
      familiesOfHalf[stratum.half] += members
    }
    var isTaken = [Bool](repeating: false, count: count)
    for families in familiesOfHalf {
      let wanted = fraction * Double(families.reduce(0) { $0 + sizes[$1] })
      var taken = 0
      for family in families.sorted(by: { (places[$0], $0) < (places[$1], $1) }) {
        // To the nearest: a family that goes beyond by more than it is short of stays out.
        guard Double(taken) + Double(sizes[family]) / 2 <= wanted else { break }
        isTaken[family] = true
        taken += sizes[family]
      }
    }
    return families.indices.filter { isTaken[Int(families[$0])] }.map { Int32($0) }
  }

  private struct Stratum: Hashable {
    let half: Int
    let group: Int
  }

  private func half(of row: Int) -> Int { halfSets.count == count ? halfSets[row].rawValue : 0 }

  /// The set with some of its rows, ascending and families whole; the stacks and the optics stay.
  public func selecting(rows: [Int32]) -> ParticleSet {
    func chosen<Element>(_ values: [Element]) -> [Element] {
      values.count == count ? rows.map { values[Int($0)] } : values
    }
    var set = self
    set.images = chosen(images)
    set.opticsIndices = chosen(opticsIndices)
    set.poses = chosen(poses)
    set.defoci = chosen(defoci)
    set.halfSets = chosen(halfSets)
    set.sources = chosen(sources)
    set.filaments = chosen(filaments)
    set.picks = chosen(picks)
    set.signs = chosen(signs)
    set.scales = chosen(scales)
    var places = [Int32](repeating: 0, count: count)
    for (place, row) in rows.enumerated() { places[Int(row)] = Int32(place) }
    set.families = chosen(families).map { places[Int($0)] }
    return set
  }
}

extension ParticleFile {
  /// The file with some of its rows, to be written back with those alone.
  ///
  /// - Parameter rows: ascending, families whole.
  public func selecting(rows: [Int32]) -> ParticleFile {
    let chosen: Content
    switch content {
    case .star(var file, let table):
      file.tables[table] = file.tables[table].selecting(rows: rows)
      chosen = .star(file, particles: table)
    case .cs(let file, let group): chosen = .cs(file.selecting(rows: rows), group)
    }
    return ParticleFile(
      path: path, files: files, format: format, particles: particles.selecting(rows: rows),
      hasCTF: hasCTF, hasPoses: hasPoses, log: log, stackNames: stackNames,
      halfSetProblems: halfSetProblems, unnumbered: unnumbered, content: chosen)
  }
}
