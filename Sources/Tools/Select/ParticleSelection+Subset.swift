import Expressions
import Ground
import Particles

/// Which of the rows that are left are taken.
extension ParticleSelection {
  func removeDuplicates(_ distance: Double, _ selected: inout Selected) throws {
    let rows = selected.isKept.indices.filter { selected.isKept[$0] }
    let records = selected.records.selecting(rows: rows.map(Int32.init))
    var problems = ProblemList()
    guard let centers = records.centers(problems: &problems),
      let micrographs = records.micrographs()
    else {
      try problems.throwIfAny()
      throw Problem(
        "\(input): the particles have no places on micrographs, so duplicates cannot be found",
        whatToDo:
          "Give a file with \(records.format == .cs ? "location/…, or its passthrough" : "rlnMicrographName and rlnCoordinateX, Y")."
      )
    }
    let kept = Duplicates.kept(
      centers: centers, micrographs: micrographs.indices, distance: distance,
      scores: try scores(of: records), copies: records.families(filaments: false),
      filaments: records.filamentKeys())
    for (place, row) in rows.enumerated() where !kept[place] { selected.isKept[row] = false }
    step("\(Format.short(distance)) Å apart", &selected)
  }

  /// The scores of rows: the larger the better.
  private func scores(of records: ParticleRecords) throws -> [Double] {
    guard let score else { return [Double](repeating: 0, count: records.count) }
    let isLowBetter = score.hasPrefix("-")
    let name = isLowBetter ? String(score.dropFirst()) : score
    do throws(ExpressionError) {
      let values = try SelectionColumns(records: records).numbers(name, place: 0)
      return isLowBetter ? values.map { -$0 } : values
    } catch {
      throw Problem("--best \(score): \(error.what)", whatToDo: error.whatToDo)
    }
  }

  func draw(_ size: SubsetSize, _ selected: inout Selected) throws {
    let rows = selected.isKept.indices.filter { selected.isKept[$0] }
    let records = selected.records.selecting(rows: rows.map(Int32.init))
    let wanted =
      switch size {
      case .count(let count): min(count, rows.count)
      case .percent(let percent): Int((Double(rows.count) * percent / 100).rounded())
      }
    let taken = BalancedSubset.drawn(
      count: wanted, families: records.families(filaments: true), parts: try parts(of: records),
      seed: seed)
    for (place, row) in rows.enumerated() where !taken[place] { selected.isKept[row] = false }
    let count = taken.count { $0 }
    step("\(Format.count(wanted)) at random", &selected)
    if count != wanted {
      selected.result.notes.append(
        "\(Format.count(count)) and not \(Format.count(wanted)): copies of a particle and segments of "
          + "a filament stay together.")
    }
  }

  /// The part of each row that a subset has its share of.
  private func parts(of records: ParticleRecords) throws -> [Int32] {
    func missing(_ what: String) -> Problem {
      Problem(
        "\(input) has no \(what) to balance over", whatToDo: "Choose another --balance, or none.")
    }
    switch balance {
    case .none: return [Int32](repeating: 0, count: records.count)
    case .half:
      guard let halves = records.halfSets() else { throw missing("half-sets") }
      return halves.map { half in half.map { Int32($0.rawValue) } ?? 2 }
    case .micrograph:
      guard let names = records.micrographs() else { throw missing("micrographs") }
      return names.indices
    case .view:
      var problems = ProblemList()
      guard let poses = records.poses(problems: &problems) else {
        try problems.throwIfAny()
        throw missing("poses")
      }
      return BalancedSubset.views(of: poses)
    }
  }
}
