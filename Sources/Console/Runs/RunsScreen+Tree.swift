import Ground
import Runs
import Surface

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
  /// What is to be read of the selected run: how far it has come from the first of its branch.
  var wantedRootChange: [Effect] {
    guard list.arrangement.view == .tree, let current, !current.isRegion, current.summary != nil,
      let branch = current.branch,
      branch.line.depth > 0, let root = branch.root,
      rootChanges[current.path]?.root != root
    else { return [] }
    return [.read(.rootChange(folder: current.path, root: root))]
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
    let hidesRegions = !listing.regions.isEmpty && !list.arrangement.unfolded.contains(line.id)
    let hasMore = (line.hasChildren && line.isFolded) || hidesRegions
    let fold = line.hasChildren || !listing.regions.isEmpty ? (hasMore ? "+ " : "- ") : ""
    let name = listing.sweep?.name ?? listing.entry.name
    let from = line.origin.map { line.parent == nil ? $0.run : $0.short } ?? ""
    return [
      cells[RunColumn.mark.rawValue], Table.Entry(guide + fold + name),
      cells[RunColumn.status.rawValue], cells[RunColumn.resolution.rawValue],
      Table.Entry(from, .dim),
      Table.Entry(line.changeText, .changed), cells[RunColumn.started.rawValue],
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
    if let change = rootChanges[listing.path], change.root == branch.root {
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
