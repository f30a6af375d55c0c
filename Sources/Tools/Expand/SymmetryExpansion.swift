import CryoEM
import Ground
import Particles

/// Expands particles by a symmetry, and takes that back.
public struct SymmetryExpansion: Sendable {
  /// A .star, .cs or .csg file.
  public var input: String
  /// .cs files with other fields of the same particles.
  public var passthrough: [String]
  /// What is done.
  public var action: Action
  /// Whether particles of which there are several rows already may be expanded.
  public var allowsCopies = false

  public enum Action: Sendable, Equatable {
    /// A copy for every rotation of a point group, by its name.
    case expand(String)
    /// One of the copies of each particle.
    case undo
  }

  public init(input: String, passthrough: [String] = [], action: Action) {
    (self.input, self.passthrough, self.action) = (input, passthrough, action)
  }

  /// What was done.
  public struct Result: Sendable, Codable {
    /// The files that were read, and those that were written.
    public var inputs: [String]
    public var outputs: [String] = []
    /// The point group; nil where copies were taken back.
    public var symmetry: String?
    /// Particles, each once, and rows with their copies.
    public var particles: Int
    public var copies: Int
    /// How many rows of each half-set are in the output; nil where there are none.
    public var halfSets: [Int]?
    public var notes: [String] = []
  }

  /// Reads and expands, or takes back.
  ///
  /// - Returns: the rows to write, and what was done.
  /// - Throws: what is wrong with the file or the name of the group.
  public func run(
    progress: (String, Double) -> Void = { _, _ in }
  ) throws -> (records: ParticleRecords, result: Result) {
    let group = try group()
    progress("Reading", 0)
    let records = try ParticleRecords(path: input, passthrough: passthrough)
    progress("Writing", 0.5)
    let families = Set(records.families(filaments: false)).count
    return try group.map { try expanded(records, by: $0, families: families) }
      ?? takenBack(records, families: families)
  }

  /// The group by which to expand; nil to take an expansion back.
  private func group() throws -> PointGroup? {
    guard case .expand(let name) = action else { return nil }
    let named = try PointGroup(name)
    guard named.order > 1 else {
      throw Problem(
        "the symmetry \(named.name) has one copy of each particle, so nothing is expanded",
        whatToDo: "Give the symmetry of the map, for example --symmetry D3.")
    }
    return named
  }

  private func expanded(
    _ records: ParticleRecords, by group: PointGroup, families: Int
  ) throws -> (records: ParticleRecords, result: Result) {
    if families < records.count, !allowsCopies, !records.hasColumn("sym_expand/src_uid") {
      throw Problem(
        "\(input): \(Format.count(records.count)) rows are of \(Format.count(families)) images, so "
          + "the particles seem to be expanded already",
        whatToDo: "Take that back with --undo, or expand them once more with --again.")
    }
    let expanded = try records.expanded(by: group)
    var result = Result(
      inputs: records.files, symmetry: group.name, particles: records.count,
      copies: expanded.count, halfSets: halfSets(of: expanded))
    if records.hasColumn("rlnAngleTiltPrior") || records.hasColumn("rlnAngleRotPrior") {
      result.notes.append(
        "Prior angles (rlnAngleTiltPrior and others) are those of the particle in all its copies."
      )
    }
    return (expanded, result)
  }

  private func takenBack(
    _ records: ParticleRecords, families: Int
  ) throws -> (records: ParticleRecords, result: Result) {
    guard families < records.count || records.hasColumn("sym_expand/src_uid") else {
      throw Problem(
        "\(input): no particle has copies, so there is nothing to take back",
        whatToDo: "Give the file that was expanded.")
    }
    let (kept, withoutFirst) = try records.unexpanded()
    var result = Result(
      inputs: records.files, particles: kept.count, copies: records.count,
      halfSets: halfSets(of: kept))
    if withoutFirst > 0 {
      result.notes.append(
        "Of \(Format.counted(withoutFirst, "particle")) the first copy is not there any more: another "
          + "one stands for it, at its own orientation.")
    }
    return (kept, result)
  }

  private func halfSets(of records: ParticleRecords) -> [Int]? {
    records.halfSets().map { halves in [halves.count { $0 == .a }, halves.count { $0 == .b }] }
  }
}

extension SymmetryExpansion.Result {
  /// A few lines for people.
  public var text: String {
    let halves = halfSets.map {
      ", half-sets of \(Format.count($0[0])) and \(Format.count($0[1]))"
    }
    let first =
      symmetry.map {
        "\(Format.counted(particles, "particle")) × \(copies / max(1, particles)) (\($0)): "
          + "\(Format.count(copies)) copies"
      }
      ?? "\(Format.count(copies)) copies of \(Format.counted(particles, "particle")): one of each kept"
    let lines = [first + (halves ?? "")] + notes
    return (outputs.isEmpty ? lines : lines + ["Wrote " + outputs.joined(separator: ", ")])
      .joined(separator: "\n")
  }
}
