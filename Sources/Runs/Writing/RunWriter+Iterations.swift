import CryoEM
import Ground
import Refinement

/// The folders of iterations.
extension RunWriter {
  func write(_ metrics: IterationMetrics) throws(Problem) {
    try folder.makeIteration(metrics.iteration)
    try folder.write(
      metrics, to: folder.iterationPath(metrics.iteration) + "/metrics.json")
  }

  /// Writes the half-maps and the mask of an iteration and removes those of iterations that are no
  /// longer kept.
  ///
  /// - Parameter origin: position of the maps' first voxel in the frame of the input map, Å.
  public func writeMaps(
    a: Volume, b: Volume, mask: Volume, origin: Vector3 = .zero, iteration: Int, keep: Int
  ) {
    guard keep > 0 else { return }
    let path = folder.iterationPath(iteration)
    attempt { () throws(Problem) in
      try folder.makeIteration(iteration)
      for (map, name) in [(a, "half_map_a.mrc"), (b, "half_map_b.mrc"), (mask, "mask.mrc")] {
        try map.write(to: path + "/" + name, within: folder.root, origin: origin)
      }
    }
    state.withLock { state in
      state.keptMaps.removeAll { $0 == iteration }
      state.keptMaps = Array((state.keptMaps + [iteration]).suffix(keep))
    }
    removeOldMaps()
  }

  /// Removes the maps of all iterations but those whose maps are kept: of all, since a removal may have
  /// failed before.
  func removeOldMaps() {
    let kept = state.withLock { $0.keptMaps }
    guard !kept.isEmpty else { return }
    for other in folder.entries(of: folder.iterationsPath).compactMap(RunLayout.iteration(named:))
    where !kept.contains(other) {
      for map in folder.maps(of: other) { folder.removeFile(map) }
    }
  }

  /// Writes a file of an iteration with whatever knows its format; `write` gets the path.
  public func writeIterationFile(
    _ name: String, iteration: Int, _ write: (String) throws(Problem) -> Void
  ) {
    let path = folder.iterationPath(iteration)
    attempt { () throws(Problem) in
      try folder.makeIteration(iteration)
      try write(path + "/" + name)
    }
  }

  /// Says which iterations were written and are not there any more. The refinement does not need them,
  /// but their curves and poses are gone.
  func nameLostIterations(upTo last: Int) {
    // Those of several regions are in their own folders.
    guard manifest.regions == nil else { return }
    let there = Set(folder.iterations())
    let lost = state.withLock { state in
      // The last one may be under way.
      let lost = (0..<max(0, min(last, 10_000))).filter { !there.contains($0) }
      defer { state.lost.formUnion(lost) }
      return lost.filter { !state.lost.contains($0) }
    }
    guard !lost.isEmpty else { return }
    let names = lost.prefix(10).map { "iterations/" + RunLayout.folderName($0) }
    note(
      .warning,
      names.joined(separator: ", ") + (lost.count > 10 ? " and \(lost.count - 10) more" : "")
        + " vanished or lost their metrics; the refinement goes on without them")
  }
}
