import Ground
import Motion
import Report

/// What a finished run says of one region: a folder of final results.
public struct FinishedRegion: Sendable {
  /// The run's name, or that of the region where it has several.
  public let name: String
  /// `final/`, or `final/NAME/`.
  public let path: String
  public let summary: RunSummary
  /// The names of its files.
  let names: Set<String>

  /// The path of a file; nil where there is none.
  public func file(_ name: String) -> String? { names.contains(name) ? path + "/" + name : nil }

  /// The particles with the region's poses.
  public var particles: String? { RunLayout.particles.lazy.compactMap { file($0) }.first }
}

extension RunFolder {
  var regionsPath: String { path + "/" + RunLayout.regions }

  /// The folder of a region, which is that of a run: its iterations and events, and its final results.
  public func region(named name: String) -> RunFolder { RunFolder(regionsPath + "/" + name) }

  /// The folders of the regions that are refined together, in the order of the job; empty for one region.
  public var regions: [RunFolder] {
    inOrder(entries(of: regionsPath)).map(region(named:)).filter(\.exists)
  }

  /// Names of regions in the order of the job.
  private func inOrder(_ found: [String]) -> [String] {
    guard found.count > 1, let names = try? job().regions.map(\.name) else { return found }
    return found.sorted {
      (names.firstIndex(of: $0) ?? .max, $0) < (names.firstIndex(of: $1) ?? .max, $1)
    }
  }

  /// run.json; a region's with what its run as a whole does at the moment.
  public func wholeManifest() throws(Problem) -> RunManifest {
    var manifest = try manifest()
    guard root != path else { return manifest }
    let run = try RunFolder(root).manifest()
    manifest.regions = run.regions
    manifest.progress = run.progress
    (manifest.heartbeat, manifest.remaining) = (run.heartbeat, run.remaining)
    (manifest.memory, manifest.pausedSince) = (run.memory, run.pausedSince)
    if manifest.status.isLive { manifest.status = run.status }
    return manifest
  }

  /// How the regions of a finished run move.
  ///
  /// - Throws: a problem where nothing was learnt of it, or the file is damaged.
  public func motion() throws(Problem) -> MotionReport {
    let path = finalPath + "/motion.json"
    guard holds(path) else {
      throw Problem(
        "\(self.path) does not say how its regions move",
        whatToDo: "Look into its log for why, or learn it from finished runs: fulcrum motion RUN …")
    }
    return try JSONFile.read(MotionReport.self, from: path, within: root)
  }

  /// The particles with their final poses; nil where there are none yet.
  public var finalParticles: String? {
    RunLayout.particles.lazy.map { finalPath + "/" + $0 }.first { holds($0) }
  }

  /// The regions of a finished run: each folder in `final/` that has a summary, in the order of the job,
  /// or `final/` itself.
  ///
  /// - Throws: a problem where the run has not finished, or a summary cannot be read.
  public func finishedRegions() throws(Problem) -> [FinishedRegion] {
    let folders = inOrder(
      entries(of: finalPath).filter { holds(finalPath + "/" + $0 + "/summary.json") })
    if folders.isEmpty {
      guard exists, holds(summaryPath) else {
        throw Problem(
          "\(path): there is no finished run",
          whatToDo: exists
            ? "Let it come to its end, or go on with it: fulcrum resume \(shellQuoted(path))"
            : "Give the folder of a finished run.")
      }
      return [try region(name: name, at: finalPath)]
    }
    var regions: [FinishedRegion] = []
    for folder in folders { regions.append(try region(name: folder, at: finalPath + "/" + folder)) }
    return regions
  }

  private func region(name: String, at folder: String) throws(Problem) -> FinishedRegion {
    FinishedRegion(
      name: name, path: folder,
      summary: try JSONFile.read(RunSummary.self, from: folder + "/summary.json", within: root),
      names: Set(entries(of: folder).filter { holds(folder + "/" + $0) }))
  }
}
