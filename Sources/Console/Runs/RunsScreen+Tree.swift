import Ground
import Runs
import Surface

/// What the first screen shows of the runs.
enum RunsView: Sendable, CaseIterable {
  case list, tree
  /// Those that go on, and those that wait.
  case live
}

/// A line of the tree of runs: its run or sweep, and what stands beside it.
struct RunBranch: Sendable {
  var line: RunTree.Line
  /// The name of the run of the line above, and the folder of the first one of the branch.
  var parent: String?
  var root: String?
}

/// How far the poses of a run have come from those with which the first of its branch began.
struct RootChange: Sendable {
  var folder: String
  var root: String
  /// Degrees, and Å; or why it is not known.
  var turned = 0.0
  var moved = 0.0
  var problem: String?
}

extension RunsScreen {
  /// The lines of the tree of runs, siblings in the order of the list.
  func branches(of tree: RunTree, _ sorted: [RunListing]) -> [RunListing] {
    let lines = tree.lines(folded: folded) { run in
      let listing = sorted[run]
      return unfolded.contains(listing.entry.folder.path)
        ? listing.regions.map(\.entry.folder.path) : []
    }
    return lines.map { line in
      var branch = RunBranch(line: line)
      branch.parent = line.parent.map { lines[$0] }.flatMap { above in
        above.run.map { sorted[$0].entry.name } ?? above.sweep?.name
      }
      branch.root = lines[line.root].run.map { sorted[$0].entry.folder.path }
      if let run = line.run {
        var listing = line.region.map { sorted[run].regions[$0] } ?? sorted[run]
        listing.branch = branch
        return listing
      }
      let sweep = line.sweep
      var listing = RunFold(
        name: sweep?.name ?? "", members: (sweep?.runs ?? []).map { sorted[$0] },
        isOpen: !line.isFolded
      ).line
      listing.branch = branch
      return listing
    }
  }

  /// Shows or hides what is below the selected line: first the runs that come from it, then its regions.
  /// A line with nothing to hide gives way to the one above it.
  mutating func setBranch(open: Bool) {
    guard let branch = current?.branch else { return }
    if open {
      if folded.remove(branch.line.id) == nil { _ = setRegions(open: true) }
    } else if setRegions(open: false) {
      return
    } else if branch.line.hasChildren, !branch.line.isFolded {
      folded.insert(branch.line.id)
    } else if let parent = branch.line.parent, visible.indices.contains(parent) {
      selected = visible[parent].entry.folder.path
    }
  }

  /// What is to be read of the selected run: how far it has come from the first of its branch.
  var wantedRootChange: [Effect] {
    guard view == .tree, let current, !current.isRegion, current.summary != nil,
      let branch = current.branch,
      branch.line.depth > 0, let root = branch.root,
      rootChanges[current.entry.folder.path]?.root != root
    else { return [] }
    return [.compareWithRoot(folder: current.entry.folder.path, root: root)]
  }

  /// The columns of the tree; that of the names as wide as these are, up to half of the screen.
  func treeColumns(of rows: [RunListing], width: Int) -> [Table.Column] {
    let names = rows.map { listing in
      (listing.sweep?.name ?? listing.entry.name).columns + 2 * (listing.branch?.line.depth ?? 0)
        + 2
    }
    return [
      Table.Column("", width: 1, priority: 1),
      Table.Column("Run", width: min(max(14, names.max() ?? 0), max(14, width / 2 - 16))),
      Table.Column("Status", width: 13),
      Table.Column("Å", width: 6, alignment: .right),
      Table.Column("From", width: 9, priority: 2),
      Table.Column("Changed", width: 18, isFlexible: true, priority: 1),
      Table.Column("Started", width: 12, priority: 3),
    ]
  }

  /// The cells of a line of the tree, by those of the list.
  func treeCells(
    of listing: RunListing, _ cells: [Table.Entry], _ surroundings: Surroundings
  ) -> [Table.Entry] {
    guard let line = listing.branch?.line else { return cells }
    let isASCII = surroundings.appearance.glyphs == .ascii
    let guide = line.guide(isASCII ? ("|-", "`-", "| ") : ("├─", "└─", "│ "))
    // A plus where Right shows more.
    let hidesRegions = !listing.regions.isEmpty && !unfolded.contains(line.id)
    let hasMore = (line.hasChildren && line.isFolded) || hidesRegions
    let fold = line.hasChildren || !listing.regions.isEmpty ? (hasMore ? "+ " : "- ") : ""
    let name = listing.sweep?.name ?? listing.entry.name
    let from = line.origin.map { line.parent == nil ? $0.run : $0.short } ?? ""
    return [
      cells[Column.mark.rawValue], Table.Entry(guide + fold + name),
      cells[Column.status.rawValue], cells[Column.resolution.rawValue], Table.Entry(from, .dim),
      Table.Entry(line.changeText, .changed), cells[Column.started.rawValue],
    ]
  }

  /// Where the selected run comes from, what was changed, and how far its poses are from either start.
  func treeDetail(of listing: RunListing) -> [(String, String, Role)] {
    guard let branch = listing.branch, let origin = branch.line.origin else { return [] }
    var lines: [(String, String, Role)] = [("From", origin.text, .text)]
    if !branch.line.changes.isEmpty {
      lines.append(("Changed", branch.line.changeText, .changed))
    }
    guard let summary = listing.summary else { return lines }
    var text = "\(Self.change(summary.medianRotation, summary.medianShift)) from its start"
    if let change = rootChanges[listing.entry.folder.path], change.root == branch.root {
      text +=
        change.problem.map { "; from that of the first: \($0)" }
        ?? "; \(Self.change(change.turned, change.moved)) from that of "
        + RunFolder(change.root).name
    } else if branch.line.depth > 0, branch.root != nil {
      text += "; from that of the first: reading …"
    }
    return lines + [("Poses", text, .text)]
  }

  private static func change(_ turned: Double, _ moved: Double) -> String {
    "\(Format.fixed(turned, 2))°, \(Format.fixed(moved, 2)) Å"
  }
}
