import EMFiles
import Glibc
import Refinement

/// The runs of a folder.
public enum RunCatalogue {
  /// A run as a list shows it; damaged ones have a problem instead of a manifest.
  public struct Entry: Sendable {
    public let folder: RunFolder
    public let manifest: RunManifest?
    public let status: RunStatus?
    public let note: String
    public let problem: Problem?

    public var name: String { folder.name }
  }

  /// The runs of `folder`/runs, or of `folder` itself where it holds runs, newest first. Never fails:
  /// what is no run is left out, a damaged run is listed with what is wrong.
  public static func runs(in folder: String = ".") -> [Entry] {
    let here = RunFolder(folder)
    if here.exists { return [entry(of: here)] }
    let inside = list(FilePath.joined(folder, "runs"))
    return (inside.isEmpty ? list(folder) : inside).sorted {
      ($0.manifest?.started ?? 0, $1.name) > ($1.manifest?.started ?? 0, $0.name)
    }
  }

  /// One run.
  public static func entry(of folder: RunFolder) -> Entry {
    do {
      let manifest = try folder.manifest()
      return Entry(
        folder: folder, manifest: manifest, status: folder.status(of: manifest),
        note: folder.note(), problem: nil)
    } catch {
      return Entry(
        folder: folder, manifest: nil, status: nil, note: folder.note(), problem: error)
    }
  }

  /// The first free of runs/NAME, runs/NAME-2 … in a folder.
  public static func freeFolder(named name: String, in folder: String = ".") -> String {
    let first = FilePath.joined(folder, "runs/" + name)
    if access(first, F_OK) != 0 { return first }
    var number = 2
    while access("\(first)-\(number)", F_OK) == 0 { number += 1 }
    return "\(first)-\(number)"
  }

  private static func list(_ folder: String) -> [Entry] {
    RunFolder(folder).entries(of: folder).map { RunFolder(folder + "/" + $0) }
      .filter(\.exists).map(entry(of:))
  }
}
