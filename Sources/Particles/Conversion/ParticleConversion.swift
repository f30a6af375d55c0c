import CryoEM
import EMFiles
import Ground

/// How particles are converted from one format to another.
public struct ParticleConversion: Sendable {
  /// What is written.
  public enum Target: Sendable, Equatable {
    /// A STAR file; of a STAR file without a version the file as it is.
    case star(RelionVersion?)
    case cs
  }

  /// What is written.
  public var target: Target
  /// Whether y of a pick counts from the opposite edge in the other program.
  public var flipsY: Bool
  /// Width and height of the micrographs, pixels, which no STAR file says.
  public var micrographSize: (width: Int, height: Int)?
  /// The folder that names of micrographs and images are relative to.
  public var projectDirectory: String

  public init(
    target: Target, flipsY: Bool = true, micrographSize: (width: Int, height: Int)? = nil,
    projectDirectory: String = "."
  ) {
    self.target = target
    self.flipsY = flipsY
    self.micrographSize = micrographSize
    self.projectDirectory = projectDirectory
  }
}

extension ParticleFile {
  /// Writes the particles in another format, or in another version of it, whole or not at all.
  ///
  /// What both programs know is written as the other one has it. What only one knows, and digits that
  /// cryoSPARC's single precision has no room for, are kept in columns that the other leaves alone, and
  /// come back by the way back: only where the value beside them is still the one that was written.
  ///
  /// - Parameter root: as `FilePlace` has it.
  /// - Returns: what the other format cannot say, and what was assumed.
  /// - Throws: a problem when the file cannot be written.
  public func convert(
    _ conversion: ParticleConversion, to path: String, within root: String? = nil
  ) throws(Problem) -> [String] {
    let output = ParticleOutput(
      file: self, poses: particles.poses, halfSets: nil, defoci: nil, extraColumns: [], root: root)
    return try output.convert(conversion, to: path)
  }

  /// The version of RELION whose form a STAR file has; nil for a .cs file.
  public var relionVersion: RelionVersion? {
    guard case .star(let file, _) = content else { return nil }
    return file.index(ofBlock: "optics") == nil ? .v30 : .v31
  }
}

extension ParticleOutput {
  /// Writes the particles as a conversion has it.
  func convert(_ conversion: ParticleConversion, to path: String) throws(Problem) -> [String] {
    switch (file.content, conversion.target) {
    case (.star(let star, let index), .star(let version)):
      guard let version, version != file.relionVersion else {
        try star.write(to: path, within: root)
        return []
      }
      let form = relionForm(star, table: star.tables[index])
      return try form.write(version, to: path, within: root)
    case (.cs(let source, _), .star(let version)):
      var maker = RelionFormMaker(output: self, source: source, options: conversion)
      let form = maker.make()
      return form.notes + (try form.write(version ?? .v31, to: path, within: root))
    case (.star(let star, let index), .cs):
      var maker = CryoSPARCFormMaker(
        output: self, file: star, table: star.tables[index], options: conversion)
      try CSFile.write(try maker.make(), rowCount: count, to: path, within: root)
      return maker.notes
    case (.cs(let source, _), .cs):
      try source.writeJoined(to: path, within: root)
      return []
    }
  }
}
