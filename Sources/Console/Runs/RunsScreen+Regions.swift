import Ground
import Runs

/// Runs of several regions: a line each that unfolds into its regions, whose folders are those of runs.
extension RunsScreen {
  /// The lines with the regions of those runs behind them that are unfolded.
  func withRegions(_ lines: [RunListing]) -> [RunListing] {
    lines.flatMap { listing in
      [listing] + (unfolded.contains(listing.entry.folder.path) ? listing.regions : [])
    }
  }

  /// A run, or a region of one, by its folder.
  func listing(at path: String) -> RunListing? {
    for listing in listings ?? [] {
      if listing.entry.folder.path == path { return listing }
      if let region = listing.regions.first(where: { $0.entry.folder.path == path }) {
        return region
      }
    }
    return nil
  }

  /// Shows or hides the regions of the selected run, or of the run of the selected region.
  ///
  /// - Returns: whether there was anything to do.
  mutating func setRegions(open: Bool) -> Bool {
    guard let current else { return false }
    let run = current.isRegion ? current.entry.folder.root : current.entry.folder.path
    guard listing(at: run)?.regions.isEmpty == false else { return false }
    if open {
      unfolded.insert(run)
      return true
    }
    guard unfolded.remove(run) != nil else { return false }
    selected = run
    return true
  }

  /// The run whose parameters or poses another has taken, where it is in the list.
  private func parent(of listing: RunListing) -> RunListing? {
    guard let parent = listing.entry.manifest?.parent else { return nil }
    return listings?.first { other in
      parent.identifier.map { $0 == other.entry.manifest?.identifier }
        ?? (other.entry.name == parent.run)
    }
  }

  /// The folders of what is marked, as they stand in the list, those that are folded away last: a run of
  /// several regions stands for all of them. Where nothing is marked, the selected run and that which it
  /// comes from.
  var comparedFolders: [String] {
    let shown = visible.map(\.entry.folder.path).filter(marked.contains)
    var all = shown + marked.subtracting(shown).sorted()
    if marked.isEmpty, let current, let parent = parent(of: current) {
      all = [parent.entry.folder.path, current.entry.folder.path]
    }
    var folders: [String] = []
    for folder in all.flatMap({ path -> [String] in
      let regions = listing(at: path)?.regions.map(\.entry.folder.path) ?? []
      return regions.isEmpty ? [path] : regions
    }) where !folders.contains(folder) { folders.append(folder) }
    return folders
  }
}

extension RunListing {
  /// Whether it is a region of a run.
  var isRegion: Bool { entry.folder.root != entry.folder.path }

  /// Reads a run, and the regions that are refined together in it.
  init(reading folder: RunFolder) {
    let known = KnownRun(folder)
    self.init(entry: known.entry, job: known.job, summary: known.summary)
    regions = folder.regions.map { region in
      let known = KnownRun(region)
      return RunListing(entry: known.entry, job: known.job, summary: known.summary)
    }
  }
}
