import Runs

/// How the runs of a folder are arranged: which of them are shown, in which order, and what of them is
/// unfolded. The lines are a function of it and of what was read, of nothing else.
struct RunArrangement: Sendable, Equatable {
  /// A column to sort by, and the direction.
  struct Sorting: Sendable, Equatable {
    var column: RunColumn
    var descending: Bool
  }

  /// What is shown of the runs.
  enum View: Sendable, CaseIterable {
    case list, tree
    /// Those that go on, and those that wait.
    case live
  }

  var view = View.list
  /// What was typed to find runs: words, or a condition.
  var filter = ""
  var sorting = Sorting(column: .started, descending: true)
  /// Paths of the folders of marked runs.
  var marked: Set<String> = []
  /// Names of the sweeps whose runs are shown, and folders of the runs whose regions are.
  var unfolded: Set<String> = []
  /// The lines of the tree whose branches are hidden.
  var folded: Set<String> = []

  /// Whether another one chooses or orders the runs differently; else they differ at most in what is unfolded.
  func reorders(_ other: RunArrangement) -> Bool {
    view != other.view || filter != other.filter || sorting != other.sorting
      || (sorting.column == .mark && marked != other.marked)
  }

  /// Whether another one shows and hides other lines of the same runs.
  func refolds(_ other: RunArrangement) -> Bool {
    unfolded != other.unfolded || folded != other.folded
  }

  // MARK: Which, and in which order

  /// The runs that the filter lets through.
  func kept(_ listings: [RunListing]) -> [RunListing] {
    guard !filter.isEmpty else { return listings }
    if case .condition(let condition) = RunFilter.reading(of: filter),
      let isKept = try? condition.keeps(listings.map(\.known))
    {
      return zip(listings, isKept).filter(\.1).map(\.0)
    }
    let needle = filter.lowercased()
    return listings.filter { listing in
      RunColumn.allCases.contains { text($0, of: listing).lowercased().contains(needle) }
    }
  }

  /// The runs that the filter lets through, in their order.
  func sorted(_ listings: [RunListing]) -> [RunListing] {
    let all = kept(listings)
    let keys = all.map { (number: sortNumber($0), word: sortWord($0), name: $0.entry.name) }
    let order = all.indices.sorted { left, right in
      let (a, b) = (keys[left], keys[right])
      if a.number != b.number { return a.number < b.number }
      return a.word != b.word ? a.word < b.word : a.name < b.name
    }
    return (sorting.descending ? order.reversed() : order).map { all[$0] }
  }

  /// What a column sorts by; equal for columns of words.
  private func sortNumber(_ listing: RunListing) -> Double {
    let manifest = listing.entry.manifest
    switch sorting.column {
    case .iteration: return Double(listing.iteration ?? -1)
    case .resolution: return listing.resolution ?? .infinity
    case .extents: return listing.rotationExtent ?? -1
    case .particles: return Double(manifest?.particles ?? -1)
    case .started: return listing.started
    case .duration: return manifest?.duration ?? -1
    case .mark: return marked.contains(listing.path) ? 1 : 0
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
    let next = sorting.column.next
    sorting = Sorting(column: next, descending: next.isUsuallyDescending)
  }

  /// By a column; by that which it is sorted by already, the other way round.
  mutating func sort(by column: RunColumn) {
    if sorting.column == column { sorting.descending.toggle() } else { sorting.column = column }
  }
}
