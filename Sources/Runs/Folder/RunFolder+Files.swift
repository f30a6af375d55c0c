import Glibc
import Ground

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
    entries(of: finalPath).filter { holds(finalPath + "/" + $0) }.map { name in
      let path = finalPath + "/" + name
      return RunFile(
        path: path, bytes: facts(of: path).map { Int($0.st_size) } ?? 0, title: Self.title(of: name)
      )
    }.sorted { Self.rank($0) < Self.rank($1) }
  }

  /// The maps that an iteration has kept: half_map_a.mrc, half_map_b.mrc, mask.mrc.
  public func maps(of iteration: Int) -> [String] {
    RunLayout.iteration.filter { $0.hasSuffix(".mrc") }
      .map { iterationPath(iteration) + "/" + $0 }.filter(holds)
  }

  /// A line to copy that opens the final maps in ChimeraX.
  public func chimeraXLine() -> String {
    let names = ["map_sharp.mrc", "map.mrc", "mask.mrc"]
    let present = Set(entries(of: finalPath))
    let paths = names.filter(present.contains).map {
      shellQuoted(FilePath.absolute(finalPath) + "/" + $0)
    }
    return "chimerax " + paths.joined(separator: " ")
  }

  private static func title(of name: String) -> String {
    RunLayout.final.first { $0.name == name }?.title ?? name
  }

  private static func rank(_ file: RunFile) -> Int {
    RunLayout.final.firstIndex { file.path.hasSuffix("/" + $0.name) } ?? RunLayout.final.count
  }
}
