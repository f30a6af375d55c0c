import Ground

extension ParticleSelection {
  /// What was selected.
  public struct Result: Sendable, Codable {
    /// The files that were read, and those that were written.
    public var inputs: [String]
    public var outputs: [String] = []
    public var particles: Int
    public var kept: Int
    /// Particles of the two half-sets among the kept; nil where there are none.
    public var halfSets: [Int]?
    /// The micrographs of the kept particles; nil where the file names none.
    public var micrographs: Micrographs?
    /// Optics groups of all particles and of the kept ones; nil where the file has none.
    public var opticsGroups: Groups?
    /// What each step has left.
    public var steps: [Step] = []
    /// What was assumed.
    public var notes: [String] = []

    /// Micrographs of all particles and of the kept ones, and how many are kept on one of the latter.
    public struct Micrographs: Sendable, Codable {
      public var all: Int
      public var kept: Int
      public var least: Int
      public var median: Int
      public var most: Int
    }

    /// How many groups there are, and of how many some particle is kept.
    public struct Groups: Sendable, Codable, Equatable {
      public var all: Int
      public var kept: Int
    }

    /// A step and how many particles it left.
    public struct Step: Sendable, Codable {
      public var what: String
      public var kept: Int
    }
  }
}

extension ParticleSelection.Result {
  private var halves: String {
    halfSets.map { ", half-sets of \(Format.count($0[0])) and \(Format.count($0[1]))" } ?? ""
  }

  private var places: String? {
    micrographs.map { found in
      let range =
        found.least == found.most
        ? "\(Format.count(found.most)) each"
        : "\(Format.count(found.least)) to \(Format.count(found.most)) each, "
          + "median \(Format.count(found.median))"
      return
        "on \(Format.count(found.kept)) of \(Format.counted(found.all, "micrograph")): \(range)"
    }
  }

  private var groups: String? {
    opticsGroups.flatMap { found in
      found.all > 1 ? "of \(found.kept) of \(found.all) optics groups" : nil
    }
  }

  /// The same in few words.
  public var brief: String {
    "\(Format.count(kept)) of \(Format.count(particles))"
      + (halfSets.map { ", \(Format.count($0[0])) + \(Format.count($0[1]))" } ?? "")
      + (micrographs.map { " on \(Format.counted($0.kept, "micrograph"))" } ?? "")
      + (groups.map { ", \($0)" } ?? "")
  }

  /// How many are kept, in words.
  public var sentence: String {
    "\(Format.count(kept)) of \(Format.counted(particles, "particle"))\(halves)"
      + (places.map { "; \($0)" } ?? "") + (groups.map { ", \($0)" } ?? "")
      + ". \(Format.count(particles - kept)) are left out."
  }

  /// A few lines for people.
  public var text: String {
    var lines = ["\(Format.counted(particles, "particle")) in \(inputs.first ?? "")"]
    lines += steps.map { "\(Format.count($0.kept)) after: \($0.what)" }
    lines.append(
      "kept \(Format.count(kept))" + halves
        + ", rejected \(Format.count(particles - kept))")
    if let places { lines.append("kept " + places) }
    if let groups { lines.append("kept " + groups) }
    lines += notes
    if !outputs.isEmpty { lines.append("Wrote " + outputs.joined(separator: ", ")) }
    return lines.joined(separator: "\n")
  }
}
