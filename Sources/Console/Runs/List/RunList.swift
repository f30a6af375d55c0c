import Runs

/// The runs of a folder as a list: what was read, how it is arranged into lines, and the line that is selected.
struct RunList: Sendable {
  /// The runs that were found; nil until the folder was read.
  private(set) var listings: [RunListing]?
  var arrangement = RunArrangement() {
    didSet {
      if arrangement.reorders(oldValue) {
        arrange()
      } else if arrangement.refolds(oldValue) {
        refold()
      }
    }
  }
  /// The lines that are shown; made when runs or arrangement change, since there may be thousands.
  private(set) var visible: [RunListing] = []
  /// The tree of the runs that the filter lets through, and these in their order, which folding does not change; nil
  /// where no tree is shown.
  private var grown: (tree: RunTree, runs: [RunListing])?
  /// Path of the selected run.
  var selected: String?

  /// The runs that were read, none until then.
  var all: [RunListing] { listings ?? [] }

  private mutating func arrange() {
    let sorted = arrangement.sorted(all)
    grown = arrangement.view == .tree ? (RunTree(sorted.map(\.known)), sorted) : nil
    if grown == nil { visible = arrangement.lines(of: sorted) } else { refold() }
  }

  /// Shows and hides lines; the runs and their order stay.
  private mutating func refold() {
    guard let grown else { return arrange() }
    visible = arrangement.branches(of: grown.tree, grown.runs)
  }

  /// Takes what was found now. Marks go with their runs; where the selected run is gone, the selection keeps its place.
  mutating func take(_ found: [RunListing]) {
    let index = selectedIndex
    listings = found
    arrangement.marked.formIntersection(found.flatMap { [$0] + $0.regions }.map(\.path))
    arrange()
    if !visible.contains(where: { $0.path == selected }) {
      selected = visible.isEmpty ? nil : visible[min(index, visible.count - 1)].path
    }
  }

  /// A run, or a region of one, by its folder.
  func listing(at path: String) -> RunListing? {
    for listing in all {
      if listing.path == path { return listing }
      if let region = listing.regions.first(where: { $0.path == path }) { return region }
    }
    return nil
  }

  // MARK: Selection

  /// The place of the selected line; 0 where none is.
  var selectedIndex: Int { visible.firstIndex { $0.path == selected } ?? 0 }

  /// The line that is selected; the first where none is.
  var current: RunListing? {
    let index = selectedIndex
    return visible.indices.contains(index) ? visible[index] : nil
  }

  mutating func move(by step: Int) {
    guard !visible.isEmpty else { return }
    selected = visible[min(max(0, selectedIndex + step), visible.count - 1)].path
  }

  // MARK: Marks

  /// Marks the selected run, or takes its mark away, and goes to the next.
  mutating func toggleMark() {
    guard let path = current?.path else { return }
    if arrangement.marked.remove(path) == nil { arrangement.marked.insert(path) }
    move(by: 1)
  }

  /// Marks all runs that are shown, or none where some are marked.
  mutating func markAll() {
    let runs = visible.filter { $0.sweep == nil && !$0.isRegion }
    arrangement.marked = arrangement.marked.isEmpty ? Set(runs.map(\.path)) : []
  }

  /// The marked runs of the list, or the selected one, of a sweep all.
  var meant: [RunListing] {
    if !arrangement.marked.isEmpty { return all.filter { arrangement.marked.contains($0.path) } }
    return current.map { $0.sweep?.members ?? [$0] } ?? []
  }

  /// The run whose parameters or poses another has taken, where it is in the list.
  private func parent(of listing: RunListing) -> RunListing? {
    guard let parent = listing.entry.manifest?.parent else { return nil }
    return all.first { other in
      parent.identifier.map { $0 == other.entry.manifest?.identifier }
        ?? (other.entry.name == parent.run)
    }
  }

  /// The folders of what is marked, as they stand in the list, those that are folded away last: a run of
  /// several regions stands for all of them. Where nothing is marked, the selected run and that which it
  /// comes from.
  var comparedFolders: [String] {
    let marked = arrangement.marked
    let shown = visible.map(\.path).filter(marked.contains)
    var paths = shown + marked.subtracting(shown).sorted()
    if marked.isEmpty, let current, let parent = parent(of: current) {
      paths = [parent.path, current.path]
    }
    var folders: [String] = []
    for folder in paths.flatMap({ path -> [String] in
      let regions = listing(at: path)?.regions.map(\.path) ?? []
      return regions.isEmpty ? [path] : regions
    }) where !folders.contains(folder) { folders.append(folder) }
    return folders
  }
}
