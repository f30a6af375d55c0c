import EMFiles
import Ground

/// A file of particles, RELION's STAR or cryoSPARC's .cs and .csg: the particles in it, and the file
/// itself, so that it can be written back with new poses and everything else as it was.
public struct ParticleFile: Sendable {
  /// The two families of files.
  public enum Format: String, Sendable, Hashable, CaseIterable { case star, cs }

  /// What the user named.
  public let path: String
  /// Paths of all files that were read: that one, the passthrough files, and what a group names.
  public let files: [String]
  /// The family of the file.
  public let format: Format
  /// The particles, row by row; `stacks` are paths that can be opened.
  public let particles: ParticleSet
  /// Whether the file has what the CTF needs; if not, the defoci are zeros without meaning.
  public let hasCTF: Bool
  /// Whether the file has poses; if not, they are identities without meaning.
  public let hasPoses: Bool
  /// What was assumed where the file leaves a choice, for the log.
  public let log: [String]
  /// The stacks as the file names them, one for each of `particles.stacks`.
  public let stackNames: [String]
  /// What is wrong with the column of the half-sets; it is of no concern where they are drawn anew.
  public let halfSetProblems: [Problem]
  /// For each stack that a row names without the number of an image the place of that row.
  let unnumbered: [Int32: String]
  /// The file's columns.
  let content: Content

  enum Content: Sendable {
    /// A STAR file and which of its tables holds the particles.
    case star(STARFile, particles: Int)
    /// A .cs file, and the group that named it.
    case cs(CSFile, CSGroup?)
  }

  /// Reads particles.
  ///
  /// - Parameters:
  ///   - path: a .star, .cs or .csg file; what it is, is judged by its content.
  ///   - passthrough: .cs files with the other fields of the same particles, joined by uid.
  ///   - projectDirectory: the folder that image paths are relative to; the folder of `path` is tried
  ///     next.
  ///   - resolvingImages: whether the image stacks must exist; without them `particles.stacks` are
  ///     the names in the file.
  ///   - needsCTF: whether the columns of the CTF are needed; if not, they are not looked at.
  ///   - needsPoses: whether particles without poses are refused.
  /// - Throws: everything that is wrong, as far as it can be told in one go. What is wrong with the
  ///   half-sets is told by `checkHalfSets`.
  public static func read(
    path: String, passthrough: [String] = [], projectDirectory: String = ".",
    resolvingImages: Bool = true, needsCTF: Bool = true, needsPoses: Bool = true
  ) throws(Problems) -> ParticleFile {
    var problems = ProblemList()
    let kind = problems.catching { () throws(Problem) in try ParticleFileKind(path: path) }
    try problems.throwIfAny()
    var files = [path] + passthrough
    let isSTAR = kind?.isSTAR == true
    var (reading, content) =
      isSTAR
      ? try readSTAR(
        path, passthrough, needsCTF: needsCTF, needsPoses: needsPoses, &problems)
      : try readCS(
        path, isGroup: kind == .csg, passthrough, files: &files, needsCTF: needsCTF,
        needsPoses: needsPoses, &problems)
    let names = reading.particles.stacks
    if resolvingImages {
      reading.resolveImages(
        path: path, projectDirectory: projectDirectory, problems: &problems)
    }
    if problems.isEmpty { reading.checkPlausible(path: path, problems: &problems) }
    try problems.throwIfAny()
    reading.findCopies(areFiles: resolvingImages)
    return ParticleFile(
      path: path, files: files, format: isSTAR ? .star : .cs,
      particles: reading.particles, hasCTF: reading.hasCTF, hasPoses: reading.hasPoses,
      log: reading.log, stackNames: names,
      halfSetProblems: reading.halfSetProblems.all, unnumbered: reading.unnumbered,
      content: content)
  }

  /// - Parameter files: gets those that a group names.
  private static func readCS(
    _ path: String, isGroup: Bool, _ passthrough: [String], files: inout [String], needsCTF: Bool,
    needsPoses: Bool, _ problems: inout ProblemList
  ) throws(Problems) -> (ParticleReading, Content) {
    let group =
      isGroup ? problems.catching { () throws(Problem) in try CSGroup(path: path) } : nil
    try problems.throwIfAny()
    if let group { files += Set(group.results.map(\.metafile)).sorted() }
    var file = problems.catching { () throws(Problem) in
      if let group { return try CSFile(group: group, path: path) }
      return try CSFile(path: path)
    }
    for other in passthrough {
      problems.catching { () throws(Problem) in try file?.join(CSFile(path: other)) }
    }
    try problems.throwIfAny()
    guard let file else { throw Problems(problems.all) }
    let reading = ParticleReading(
      cryoSPARC: file, needsCTF: needsCTF, needsPoses: needsPoses, problems: &problems)
    return (reading, .cs(file, group))
  }

  private static func readSTAR(
    _ path: String, _ passthrough: [String], needsCTF: Bool, needsPoses: Bool,
    _ problems: inout ProblemList
  ) throws(Problems) -> (ParticleReading, Content) {
    if !passthrough.isEmpty {
      problems.add(
        Problem(
          "\(path) is a STAR file and cannot be joined with passthrough files",
          whatToDo: "Leave out the passthrough files; they are cryoSPARC's."))
    }
    let file = problems.catching { () throws(Problem) in try STARFile(path: path) }
    try problems.throwIfAny()
    guard let file else { throw Problems(problems.all) }
    let table = RelionTables(file, problems: &problems)
    try problems.throwIfAny()
    let reading = ParticleReading(
      relion: table, needsCTF: needsCTF, needsPoses: needsPoses, problems: &problems)
    return (reading, .star(file, particles: table.particlesIndex))
  }

  /// The column that holds the half-sets.
  public var halfSetColumn: String {
    format == .star ? "rlnRandomSubset" : "alignments3D/split"
  }

  /// Checks that the particles have a gold-standard split that can be trusted.
  ///
  /// - Throws: problems when there is none or its values are none, when a half is empty, or when
  ///   copies of a particle are in both halves.
  public func checkHalfSets() throws(Problems) {
    var problems = ProblemList()
    for problem in halfSetProblems { problems.add(problem) }
    try problems.throwIfAny()
    problems.catching { () throws(Problem) in
      try particles.checkHalfSets(path: path, column: halfSetColumn)
    }
    try problems.throwIfAny()
  }

  /// What makes the split doubtful: see `ParticleSet.halfSetWarnings`.
  public func halfSetWarnings(separation: Double) -> [Problem] {
    particles.halfSetWarnings(path: path, column: halfSetColumn, separation: separation)
  }
}

/// What reading a particle file gives, before it is known to be without problems.
struct ParticleReading {
  var particles = ParticleSet()
  var hasCTF = true
  var hasPoses = true
  var log: [String] = []
  var halfSetProblems = ProblemList()
  var unnumbered: [Int32: String] = [:]
  /// What copies of a particle have in common beside their image, a list for each kind of key.
  var copyKeys: [[UInt64?]] = []

  /// Finds the particles that are copies of one: rows of one image, whatever its stack is called, and
  /// those that share a key.
  ///
  /// - Parameter areFiles: whether the stacks are files that can be looked at; if not, only their
  ///   names are compared.
  mutating func findCopies(areFiles: Bool) {
    let stacks =
      areFiles ? firstsOfSameFiles(particles.stacks) : firstsOfSameNames(particles.stacks)
    var sets = DisjointSets(count: particles.count)
    sets.unite(
      byKeys: particles.images.lazy.map { identity(stack: stacks[Int($0.stack)], slice: $0.slice) })
    for keys in copyKeys where keys.count == particles.count { sets.unite(byKeys: keys) }
    particles.sources = sets.roots().map { UInt64($0) }
  }
}
