import CryoEM
import Expressions
import Ground
import Particles

/// A selection of particles: an expression, other files, duplicates, a random subset, in this order.
public struct ParticleSelection: Sendable {
  /// A .star, .cs or .csg file, or a run's folder, which stands for its final particles.
  public var input: String
  /// .cs files with other fields of the same particles.
  public var passthrough: [String] = []
  /// What rows must fulfil; nil for all.
  public var expression: String?
  /// The file with the poses that `turned` and `moved` are against; nil for a run's input.
  public var against: String?
  /// Files that particles must be in, and must not be in.
  public var and: [String] = []
  public var minus: [String] = []
  /// A file whose columns are added; particles that are not in it are left out.
  public var join: String?
  /// How near particles of a micrograph are duplicates, Å; nil to leave them.
  public var separation: Double?
  /// The column whose higher values are better, with a minus in front whose lower ones are.
  public var score: String?
  /// How many to draw at random; nil for all.
  public var random: SubsetSize?
  /// What a random subset has as many particles of in each part.
  public var balance = SubsetBalance.none
  public var seed: UInt64 = 0
  /// Whether the rows are written as the run's input has them, with the poses that the run began with: for
  /// a job whose regions all begin there.
  public var takesInput = false

  public init(input: String) { self.input = input }

  /// A number of particles, or a share of them.
  public enum SubsetSize: Sendable, Equatable {
    case count(Int)
    case percent(Double)
  }

  /// What a random subset is balanced over.
  public enum SubsetBalance: String, Sendable, CaseIterable { case none, half, micrograph, view }

  /// The selected rows of a file.
  public struct Selected: Sendable {
    /// The file, before anything was selected.
    public var records: ParticleRecords
    /// Whether each row is kept.
    public var isKept: [Bool]
    /// The kept rows of the file whose columns are added, for each kept row; nil for none.
    var joined: (records: ParticleRecords, rows: [Int32])?
    /// The file that is written in place of `records`, with its row for each of theirs; nil for none.
    var origin: (records: ParticleRecords, rows: [Int32])?
    public var result: Result

    /// The kept rows, with the columns that are added.
    public func kept() throws(Problem) -> ParticleRecords {
      let selected = rows { $0 }
      guard let joined else { return selected }
      return try selected.joined(with: joined.records, rows: joined.rows)
    }

    /// The rows that are not kept.
    public func rejected() -> ParticleRecords { rows { !$0 } }

    private func rows(_ isWanted: (Bool) -> Bool) -> ParticleRecords {
      let rows = isKept.indices.filter { isWanted(isKept[$0]) }.map(Int32.init)
      guard let origin else { return records.selecting(rows: rows) }
      return origin.records.selecting(rows: rows.map { origin.rows[Int($0)] })
    }
  }

  /// Reads the files and selects.
  ///
  /// - Parameter progress: gets the step and how far it is, from 0 to 1.
  /// - Throws: what is wrong with a file, or with the expression, at its character.
  public func run(progress: (String, Double) -> Void = { _, _ in }) throws -> Selected {
    let parsed = try parse()
    progress("Reading", 0)
    let source = try SelectionSource(input: input, passthrough: passthrough)
    let records = source.records
    var selected = Selected(
      records: records, isKept: [Bool](repeating: true, count: records.count),
      result: Result(inputs: source.files, particles: records.count, kept: records.count))
    progress("Selecting", 0.3)
    if let parsed, let expression {
      try select(parsed, expression, source: source, in: &selected)
    }
    for path in and { try intersect(path, isIn: true, &selected) }
    for path in minus { try intersect(path, isIn: false, &selected) }
    if takesInput { try replaceByInput(source, &selected) }
    if let path = join { try join(path, &selected) }
    if let separation { try removeDuplicates(separation, &selected) }
    if let random { try draw(random, &selected) }
    restrictJoin(&selected)
    selected.result.kept = selected.isKept.count { $0 }
    if let halves = records.halfSets() {
      let kept = zip(halves, selected.isKept).filter(\.1).map(\.0)
      selected.result.halfSets = [kept.count { $0 == .a }, kept.count { $0 == .b }]
    }
    if let names = records.micrographs() {
      selected.result.micrographs = Self.micrographs(names.indices, isKept: selected.isKept)
    }
    if let groups = Self.opticsColumns.lazy.compactMap({ records.texts($0) }).first {
      let kept = zip(groups.indices, selected.isKept).filter(\.1).map(\.0)
      selected.result.opticsGroups = Result.Groups(
        all: Set(groups.indices).count, kept: Set(kept).count)
    }
    guard selected.result.kept > 0 else {
      let steps = selected.result.steps.map { "\($0.what) leaves \($0.kept)" }
      throw Problem(
        "no particle of \(records.path) is left: \(steps.joined(separator: ", "))",
        whatToDo: "Select less strictly; nothing was written.")
    }
    progress("Writing", 0.6)
    return selected
  }

  /// Names of the column of optics groups.
  static let opticsColumns = ["rlnOpticsGroupName", "rlnOpticsGroup", "ctf/exp_group_id"]

  private static func micrographs(
    _ indices: [Int32], isKept: [Bool]
  ) -> Result.Micrographs? {
    var counts = [Int](repeating: 0, count: Int(indices.max() ?? -1) + 1)
    var isThere = [Bool](repeating: false, count: counts.count)
    for (index, isKept) in zip(indices, isKept) {
      isThere[Int(index)] = true
      if isKept { counts[Int(index)] += 1 }
    }
    let kept = counts.filter { $0 > 0 }.sorted()
    guard let least = kept.first, let most = kept.last else { return nil }
    return Result.Micrographs(
      all: isThere.count { $0 }, kept: kept.count, least: least, median: kept[kept.count / 2],
      most: most)
  }

  /// What is wrong with an expression before any file is looked at; nil for nothing.
  public static func objection(to expression: String) -> Problem? {
    do throws(ExpressionError) {
      _ = try ColumnExpression(expression, example: SelectionColumns.example)
      return nil
    } catch { return error.problem(in: expression) }
  }

  private func parse() throws(Problem) -> ColumnExpression? {
    guard let expression else { return nil }
    do throws(ExpressionError) {
      return try ColumnExpression(expression, example: SelectionColumns.example)
    } catch {
      throw error.problem(in: expression)
    }
  }
}
