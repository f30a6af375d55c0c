import ArgumentParser
import FoundationEssentials
import Jobs
import Refinement
import Runs
import Surface

/// What a shell offers when a word of the command line is completed: files by their kind, run folders,
/// themes, and keys of parameters with their values.
enum Completions {
  static let jobs = CompletionKind.file(extensions: ["toml"])
  static let particles = CompletionKind.file(extensions: ["star", "cs", "csg"])
  static let maps = CompletionKind.file(extensions: ["mrc", "map", "ccp4", "gz"])

  /// The run folders below this one.
  static let runs = CompletionKind.custom { _, _, prefix in runFolders(startingWith: prefix) }

  /// The sweeps of this folder.
  static let sweeps = CompletionKind.custom { _, _, _ in SweepGroup.names(in: ".") }

  static let themes = CompletionKind.custom { _, _, _ in
    ThemeCatalogue.standard(environment: ProcessInfo.processInfo.environment).identifiers
  }

  static let assignments = CompletionKind.custom { _, _, prefix in
    Completions.assignments(startingWith: prefix)
  }

  /// Runs of the current folder and of one that has been typed.
  static func runFolders(startingWith prefix: String) -> [String] {
    let typed = prefix.lastIndex(of: "/").map { String(prefix[...$0]) } ?? ""
    // The catalogue finds the runs of a folder in its `runs`, and in itself.
    let folders = Set(["", typed]).flatMap { folder in
      RunCatalogue.places(in: folder.isEmpty ? "." : folder).map(\.folder.name).flatMap {
        [folder + $0, folder + "runs/" + $0]
      }
    }
    return Set(folders).filter { $0.hasPrefix(prefix) && RunFolder($0).exists }.sorted()
  }

  /// `key=` for every parameter; `key=value` for each value where a key with few is complete.
  static func assignments(startingWith prefix: String) -> [String] {
    guard let equals = prefix.firstIndex(of: "=") else {
      return Parameter.all.map { $0.key + "=" }.filter { $0.hasPrefix(prefix) }
    }
    let key = String(prefix[..<equals])
    guard let parameter = Parameter.named(key) else { return [] }
    let values: [String]
    switch parameter.type {
    case .toggle: values = ["true", "false"]
    case .choice(let choices): values = choices
    default: values = []
    }
    return values.map { key + "=" + $0 }.filter { $0.hasPrefix(prefix) }
  }
}
