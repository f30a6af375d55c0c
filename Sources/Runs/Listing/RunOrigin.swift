import Glibc
import Ground
import Jobs

/// Where a run comes from: as it was recorded, or as the places of its inputs tell.
public struct RunOrigin: Sendable, Equatable {
  public var kind: RunManifest.Parent.Kind
  /// The name of the run that it comes from.
  public var run: String
  /// The iteration whose poses it has taken; nil for its result.
  public var iteration: Int?
  /// Whether only maps were taken, no poses.
  public var isOfMaps = false

  /// In a few words: "continues t2, iteration 3".
  public var text: String {
    if isOfMaps { return "maps of \(run)" }
    return switch kind {
    case .continued: "continues \(run)" + (iteration.map { ", iteration \($0)" } ?? "")
    case .selected: "particles of \(run)"
    case .rerun: "\(run) with changes"
    }
  }

  /// Without the name, for whoever stands beside it: "iteration 3".
  public var short: String {
    if isOfMaps { return "maps" }
    return switch kind {
    case .continued: iteration.map { "it \($0)" } ?? "result"
    case .selected: "selected"
    case .rerun: "rerun"
    }
  }
}

extension RunOrigin {
  /// As it was recorded.
  public init(_ parent: RunManifest.Parent) {
    kind = parent.kind ?? .continued
    run = parent.run
    iteration = kind == .continued ? parent.iteration : nil
  }

  /// Where a run comes from, and the folder of the run that it comes from as far as that is known.
  ///
  /// - Parameters:
  ///   - named: finds a run by its identifier, or by its name.
  ///   - isRun: whether a folder is that of a run.
  static func origin(
    of run: KnownRun, named: (RunManifest.Parent) -> String?,
    isRun: (String) -> Bool = { access($0 + "/run.json", F_OK) == 0 }
  ) -> (origin: RunOrigin, folder: String?)? {
    if let parent = run.entry.manifest?.parent {
      return (RunOrigin(parent), named(parent))
    }
    guard let job = run.job else { return nil }
    let input = Parameter.input
    for path in job[input.particles] ?? [] {
      guard let place = RunPlace(FilePath.absolute(job.resolved(path))), isRun(place.run) else {
        continue
      }
      return (
        RunOrigin(
          kind: place.isSelection ? .selected : .continued, run: FilePath.name(of: place.run),
          iteration: place.iteration), place.run
      )
    }
    for path in [job[input.halfMapA], job[input.map]].compactMap({ $0 }) {
      guard let place = RunPlace(FilePath.absolute(job.resolved(path))), isRun(place.run) else {
        continue
      }
      return (
        RunOrigin(
          kind: .continued, run: FilePath.name(of: place.run), iteration: place.iteration,
          isOfMaps: true), place.run
      )
    }
    return nil
  }
}

/// A place inside a run folder, as a path tells it.
struct RunPlace: Equatable {
  /// The run's folder.
  var run: String
  /// The iteration; nil for the result.
  var iteration: Int?
  /// Whether it is no file of the run itself: something that was made of it and put there.
  var isSelection = false

  /// Nil for a path that is in no folder as runs have them.
  init?(_ path: String) {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard let name = parts.last,
      let place = parts.dropLast().lastIndex(where: { $0 == "final" || $0 == "iterations" })
    else { return nil }
    var end = place
    if parts[place] == "iterations" {
      guard parts.count == place + 3, let number = RunLayout.iteration(named: parts[place + 1])
      else { return nil }
      iteration = number
      // Those of a region are in a folder of its own.
      if place >= 3, parts[place - 2] == RunLayout.regions { end = place - 2 }
    } else {
      // The results of a region are in a folder of its name.
      guard parts.count <= place + 3 else { return nil }
      isSelection = !RunLayout.final.contains { $0.name == name }
    }
    run = parts[..<end].joined(separator: "/")
    if run.isEmpty { return nil }
  }
}
