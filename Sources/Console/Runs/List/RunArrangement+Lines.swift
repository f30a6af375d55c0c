import Runs

/// A line of the tree of runs: its run or sweep, and what stands beside it.
struct RunBranch: Sendable {
  var line: RunTree.Line
  /// The name of the run of the line above, and the folder of the first one of the branch.
  var parent: String?
  var root: String?
}

extension RunArrangement {
  /// The lines of the list, or of what goes on and waits, of runs in their order.
  func lines(of sorted: [RunListing]) -> [RunListing] {
    if view == .live { return Self.live(sorted) }
    // What is looked for is not hidden in a fold.
    return withRegions(filter.isEmpty ? RunFold.folded(sorted, unfolded: unfolded) : sorted)
  }

  /// Those that go on in the order of the list, then those that wait, by their places.
  private static func live(_ sorted: [RunListing]) -> [RunListing] {
    let going = sorted.filter { $0.entry.status?.isLive == true }
    let waiting = sorted.filter { $0.entry.status == .queued }
    return going + waiting.sorted { ($0.entry.place ?? .max) < ($1.entry.place ?? .max) }
  }

  /// The lines with the regions of those runs behind them that are unfolded.
  private func withRegions(_ lines: [RunListing]) -> [RunListing] {
    lines.flatMap { [$0] + (unfolded.contains($0.path) ? $0.regions : []) }
  }

  /// The lines of the tree of runs, siblings in the order of the list.
  func branches(of tree: RunTree, _ sorted: [RunListing]) -> [RunListing] {
    let lines = tree.lines(folded: folded) { run in
      unfolded.contains(sorted[run].path) ? sorted[run].regions.map(\.path) : []
    }
    return lines.map { line in
      var branch = RunBranch(line: line)
      branch.parent = line.parent.map { lines[$0] }.flatMap { above in
        above.run.map { sorted[$0].entry.name } ?? above.sweep?.name
      }
      branch.root = lines[line.root].run.map { sorted[$0].path }
      var listing: RunListing
      if let run = line.run {
        listing = line.region.map { sorted[run].regions[$0] } ?? sorted[run]
      } else {
        listing =
          RunFold(
            name: line.sweep?.name ?? "", members: (line.sweep?.runs ?? []).map { sorted[$0] },
            isOpen: !line.isFolded
          ).line
      }
      listing.branch = branch
      return listing
    }
  }
}
