import Jobs
import Runs

/// The lines of the list and their order.
extension RunsScreen {
  /// The columns, by which runs can be sorted.
  enum Column: Int, Sendable, CaseIterable {
    case mark, name, status, iteration, resolution, extents, particles, started, duration, mask
    case note
  }

  mutating func arrange() {
    let all = kept(listings ?? [])
    let keys = all.map { (number: sortNumber($0), word: sortWord($0), name: $0.entry.name) }
    let order = all.indices.sorted { left, right in
      let (a, b) = (keys[left], keys[right])
      if a.number != b.number { return a.number < b.number }
      return a.word != b.word ? a.word < b.word : a.name < b.name
    }
    let sorted = (sorting.descending ? order.reversed() : order).map { all[$0] }
    grown = nil
    switch view {
    case .tree:
      let tree = RunTree(sorted.map(\.known))
      grown = (tree, sorted)
      return visible = branches(of: tree, sorted)
    case .live: return visible = live(sorted)
    case .list: break
    }
    // What is looked for is not hidden in a fold.
    visible = withRegions(
      filter.isEmpty ? RunFold.folded(sorted, unfolded: unfolded) : sorted)
  }

  /// Shows and hides lines; the runs and their order stay.
  mutating func refold() {
    guard view == .tree, let grown else { return arrange() }
    visible = branches(of: grown.tree, grown.runs)
  }

  /// What a column sorts by; equal for columns of words.
  private func sortNumber(_ listing: RunListing) -> Double {
    let manifest = listing.entry.manifest
    switch sorting.column {
    case .iteration: return Double(listing.iteration ?? -1)
    case .resolution: return listing.resolution ?? .infinity
    case .extents: return listing.job?[Parameter.search.rotationExtent] ?? -1
    case .particles: return Double(manifest?.particles ?? -1)
    case .started: return listing.started
    case .duration: return manifest?.duration ?? -1
    case .mark: return marked.contains(listing.entry.folder.path) ? 1 : 0
    default: return 0
    }
  }

  /// The words that a column sorts by; of columns of numbers, those that decide between equal ones.
  private func sortWord(_ listing: RunListing) -> String {
    // Without what the name has before it in a fold.
    sorting.column == .name ? listing.entry.name : text(sorting.column, of: listing)
  }

  /// By the next column, in the direction that is usual for it.
  mutating func sortByNext() {
    let columns = Column.allCases.filter { $0 != .mark }
    let index = columns.firstIndex(of: sorting.column) ?? 0
    sorting.column = columns[(index + 1) % columns.count]
    sorting.descending = [.iteration, .particles, .started, .duration].contains(sorting.column)
  }
}
