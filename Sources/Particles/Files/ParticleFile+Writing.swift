import CryoEM
import Ground

/// A column that a refinement adds to its particles.
public struct ParticleColumn: Sendable {
  /// The column's name in a STAR file, without the underscore.
  public var starName: String
  /// The field's name in a .cs file.
  public var csName: String
  /// A number for every particle.
  public var values: [Double]

  public init(starName: String, csName: String, values: [Double]) {
    self.starName = starName
    self.csName = csName
    self.values = values
  }
}

extension ParticleFile {
  /// Writes the particles with new poses, whole or not at all.
  ///
  /// In the format it came in, the file is written back as it was, except for what changed: a
  /// particle whose pose is the one that was read keeps its text or bytes. In the other format, a new
  /// file is made of what both can say. A file that a group named gets a group beside it.
  ///
  /// - Parameters:
  ///   - poses: one for every particle; the ones that were read by default.
  ///   - halfSets: a new split; nil to keep the one that was read.
  ///   - defoci: of which the two values of the defocus are written; nil to keep those that were read.
  ///   - extraColumns: columns to add or replace.
  ///   - format: nil for the format it came in.
  ///   - root: as `FilePlace` has it.
  /// - Returns: what the other format cannot say, and what was left out, for the log.
  /// - Throws: a problem when the file cannot be written.
  @discardableResult
  public func write(
    poses: [Pose]? = nil, halfSets: [HalfSet]? = nil, defoci: [Defocus]? = nil,
    extraColumns: [ParticleColumn] = [], as format: Format? = nil, to path: String,
    within root: String? = nil
  ) throws(Problem) -> [String] {
    let poses = poses ?? particles.poses
    precondition(poses.count == particles.count, "there is a pose for every particle")
    precondition(halfSets.map { $0.count == particles.count } ?? true)
    precondition(defoci.map { $0.count == particles.count } ?? true)
    precondition(extraColumns.allSatisfy { $0.values.count == particles.count })
    let output = ParticleOutput(
      file: self, poses: poses, halfSets: halfSets, defoci: hasCTF ? defoci : nil,
      extraColumns: extraColumns, root: root)
    switch (content, format ?? self.format) {
    case (.star(let file, let table), .star): try output.update(file, table: table, path: path)
    case (.cs(let file, let group), .cs):
      let notes = try output.update(file, path: path)
      try group?.write(main: fileName(path), to: withoutExtension(path) + ".csg", within: root)
      return notes
    case (.star, .cs): return try output.convert(ParticleConversion(target: .cs), to: path)
    case (.cs, .star):
      return try output.convert(ParticleConversion(target: .star(.v31)), to: path)
    }
    return []
  }
}

/// What is to be written.
struct ParticleOutput {
  let file: ParticleFile
  let poses: [Pose]
  let halfSets: [HalfSet]?
  let defoci: [Defocus]?
  let extraColumns: [ParticleColumn]
  /// The folder inside of which no link is followed.
  let root: String?

  var particles: ParticleSet { file.particles }
  /// The particles' CTF with the two values of the defocus that are to be written.
  var writtenDefoci: [Defocus] {
    guard let defoci else { return particles.defoci }
    return zip(particles.defoci, defoci).map { read, written in
      var defocus = read
      (defocus.u, defocus.v) = (written.u, written.v)
      return defocus
    }
  }
  var count: Int { poses.count }

  /// The particles whose pose is not the one that was read.
  var changedPoses: [Bool] { zip(poses, particles.poses).map { $0 != $1 } }

  /// The split to write; empty when there is none.
  var split: [HalfSet] { halfSets ?? particles.halfSets }

  /// The particles whose half-set is not the one that was read; nil for all.
  var changedHalfSets: [Bool]? {
    particles.halfSets.count == count ? zip(split, particles.halfSets).map { $0 != $1 } : nil
  }

  func optics(_ row: Int) -> OpticsGroup { particles.opticsGroup(of: row) }
}

/// The name of a file in its folder.
private func fileName(_ path: String) -> String {
  path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
}

/// A path without the ending of its file's name.
private func withoutExtension(_ path: String) -> String {
  let name = fileName(path)
  guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return path }
  return String(path.dropLast(name[dot...].count))
}
