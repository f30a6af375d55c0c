import Glibc
import Refinement

/// A file that a run has written.
public struct RunFile: Sendable, Hashable {
  public let path: String
  public let bytes: Int
  /// What it is, in words.
  public let title: String
}

extension RunFolder {
  /// The files of final/, in the order in which people want them.
  public func finalFiles() -> [RunFile] {
    entries(of: finalPath).map { name in
      let path = finalPath + "/" + name
      return RunFile(path: path, bytes: size(of: path), title: Self.title(of: name))
    }.sorted { Self.rank($0) < Self.rank($1) }
  }

  /// The maps that an iteration has kept: half_map_a.mrc, half_map_b.mrc, mask.mrc.
  public func maps(of iteration: Int) -> [String] {
    entries(of: iterationPath(iteration)).filter { $0.hasSuffix(".mrc") }
      .map { iterationPath(iteration) + "/" + $0 }
  }

  /// A line to copy that opens the final maps in ChimeraX.
  public func chimeraXLine() -> String {
    let names = ["map_sharp.mrc", "map.mrc", "mask.mrc"]
    let present = Set(entries(of: finalPath))
    let paths = names.filter(present.contains).map {
      Job.shellQuoted(FilePath.absolute(finalPath) + "/" + $0)
    }
    return "chimerax " + paths.joined(separator: " ")
  }

  private func size(of path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }

  private static let titles: [(name: String, title: String)] = [
    ("map_sharp.mrc", "sharpened map"),
    ("map.mrc", "map, not sharpened"),
    ("half_map_a.mrc", "half-map A"),
    ("half_map_b.mrc", "half-map B"),
    ("mask.mrc", "mask of the refinement"),
    ("mask_fsc.mrc", "mask of the FSC"),
    ("local_resolution.mrc", "local resolution"),
    ("particles.star", "particles with their new poses"),
    ("particles.cs", "particles with their new poses"),
    ("fsc.tsv", "FSC curves, a table"),
    ("fsc.star", "FSC curves as of relion_postprocess"),
    ("fsc.xml", "FSC curve for a deposition"),
    ("motion.json", "how the body moves"),
    ("summary.json", "summary"),
  ]

  private static func title(of name: String) -> String {
    titles.first { $0.name == name }?.title ?? name
  }

  private static func rank(_ file: RunFile) -> Int {
    titles.firstIndex { file.path.hasSuffix("/" + $0.name) } ?? titles.count
  }
}
