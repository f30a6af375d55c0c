import EMFiles
import Ground
import Particles

/// Converts files of particles between RELION and cryoSPARC.
public struct ParticleConverter: Sendable {
  /// A .star, .cs or .csg file.
  public var input: String
  /// .cs files with the other fields of the same particles.
  public var passthrough: [String]
  /// What to write: the format is the name's ending.
  public var output: String
  /// The version of RELION whose form a STAR file shall have; nil for its own, or 3.1.
  public var version: RelionVersion?
  /// Whether y of a pick counts from the opposite edge in the other program.
  public var flipsY = true
  /// Width and height of the micrographs, pixels.
  public var micrographSize: (width: Int, height: Int)?
  /// The folder that names of images and micrographs are relative to.
  public var projectDirectory = "."

  public init(
    input: String, passthrough: [String] = [], output: String, version: RelionVersion? = nil
  ) {
    (self.input, self.passthrough, self.output, self.version) = (
      input, passthrough, output, version
    )
  }

  /// What was converted.
  public struct Result: Sendable, Codable {
    /// The files that were read, and those that were written.
    public var inputs: [String]
    public var outputs: [String]
    public var particles: Int
    public var opticsGroups: Int
    public var hasPoses: Bool
    public var hasCTF: Bool
    /// Particles of the two half-sets; nil where there are none.
    public var halfSets: [Int]?
    /// What the other program does not see, and what was assumed.
    public var notes: [String]
  }

  /// The files that are written.
  ///
  /// - Throws: a problem when the ending is none of a particle file's, or of another format than asked for.
  public func outputs() throws(Problem) -> [String] {
    let name = output.lowercased()
    if name.hasSuffix(".star") { return [output] }
    if version != nil, name.hasSuffix(".cs") || name.hasSuffix(".csg") {
      throw Problem(
        "\(output) is cryoSPARC's, and a version of RELION was asked for",
        whatToDo: "Name a .star file with -o, or leave out --relion.")
    }
    if name.hasSuffix(".cs") { return [output] }
    // The file of a group that is a group of files stands beside it.
    if name.hasSuffix(".csg") { return [String(output.dropLast(1)), output] }
    throw Problem(
      "\(output): the ending says no format",
      whatToDo: "Name the output .star for RELION, or .cs or .csg for cryoSPARC.")
  }

  /// Converts.
  ///
  /// - Parameters:
  ///   - beforeWriting: called when the input is in order.
  ///   - progress: gets the step and how far it is, from 0 to 1.
  /// - Throws: everything that is wrong with the input, or the problem with the output.
  public func run(
    beforeWriting: () throws -> Void = {}, progress: (String, Double) -> Void = { _, _ in }
  ) throws -> Result {
    let outputs = try outputs()
    progress("Reading", 0)
    let file = try ParticleFile.read(
      path: input, passthrough: passthrough, projectDirectory: projectDirectory,
      resolvingImages: false, needsPoses: false)
    try beforeWriting()
    progress("Writing", 0.5)
    let isStar = outputs[0].lowercased().hasSuffix(".star")
    let conversion = ParticleConversion(
      target: isStar ? .star(version) : .cs, flipsY: flipsY, micrographSize: micrographSize,
      projectDirectory: projectDirectory)
    var notes = try file.convert(conversion, to: outputs[0])
    if let group = outputs.dropFirst().first {
      try CSGroup.write(groupOf: outputs[0], to: group)
    }
    progress("Writing", 1)
    for problem in file.halfSetProblems.prefix(1) {
      notes.append("There are no half-sets in the output: \(problem.what).")
    }
    let inA = file.particles.halfSets.count { $0 == .a }
    return Result(
      inputs: file.files, outputs: outputs, particles: file.particles.count,
      opticsGroups: Set(file.particles.opticsIndices).count, hasPoses: file.hasPoses,
      hasCTF: file.hasCTF,
      halfSets: file.particles.halfSets.isEmpty ? nil : [inA, file.particles.count - inA],
      notes: notes)
  }
}

extension ParticleConverter.Result {
  /// A few lines for people.
  public var text: String {
    let halves = halfSets.map {
      "half-sets of \(Format.count($0[0])) and \(Format.count($0[1]))"
    }
    let facts = [
      halves ?? "no half-sets", hasPoses ? "poses" : "no poses", hasCTF ? "CTF" : "no CTF",
      Format.counted(opticsGroups, "optics group"),
    ]
    let lines =
      ["\(Format.counted(particles, "particle")): \(facts.joined(separator: ", "))"] + notes
      + ["Wrote " + outputs.joined(separator: " and ")]
    return lines.joined(separator: "\n")
  }
}
