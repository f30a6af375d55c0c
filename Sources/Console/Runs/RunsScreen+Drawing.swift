import Ground
import Jobs
import Refinement
import Report
import Runs
import Surface

extension RunsScreen {
  /// What a column says of a run.
  func text(_ column: Column, of listing: RunListing) -> String {
    if let sweep = listing.sweep { return sweep.text(column) }
    let manifest = listing.entry.manifest
    switch column {
    case .mark: return marked.contains(listing.entry.folder.path) ? "*" : ""
    case .name:
      // Under the line of its sweep.
      let isInFold = manifest?.group.map { filter.isEmpty && unfolded.contains($0.name) } ?? false
      let indent = isInFold || listing.isRegion ? "  " : ""
      guard !listing.regions.isEmpty, view == .list else { return indent + listing.entry.name }
      let isOpen = unfolded.contains(listing.entry.folder.path)
      return indent + (isOpen ? "- " : "+ ") + listing.entry.name
    case .status: return listing.entry.statusText
    case .iteration:
      return manifest.map { "\(listing.iteration ?? 0)/\($0.maximumIterations)" } ?? ""
    case .resolution: return listing.resolution.map { Numbers.resolution($0) } ?? "–"
    case .extents: return extents(of: listing.job)
    case .particles: return manifest.map { particles(of: $0) } ?? ""
    case .started, .duration: return ""
    case .mask:
      if listing.job?[Parameter.mask.type] == RefinementSettings.MaskMode.none { return "none" }
      if !listing.regions.isEmpty {
        return listing.regions.map(\.entry.name).joined(separator: ", ")
      }
      return listing.job?[Parameter.input.mask].map { FilePath.name(of: $0) } ?? ""
    case .note: return listing.entry.note.split(separator: "\n").first.map(String.init) ?? ""
    }
  }

  /// How many particles, and which share of the file's: the column has no room for both numbers.
  private func particles(of manifest: RunManifest) -> String {
    let count = Format.count(manifest.particles)
    return manifest.part.map { "\(count) \(Format.rounded(100 * $0.fraction, digits: 2))%" }
      ?? count
  }

  private func extents(of job: Job?) -> String {
    let limits = SearchLimits(job)
    guard let rotation = limits.rotation, let shift = limits.shift else { return "" }
    return "\(Numbers.short(rotation))° \(Numbers.short(shift)) Å"
  }

  private func time(_ column: Column, of listing: RunListing, _ surroundings: Surroundings)
    -> String
  {
    if let sweep = listing.sweep {
      return column == .duration
        ? Format.duration(sweep.seconds)
        : CalendarDate(sweep.started, offset: surroundings.timeZoneOffset).short
    }
    guard let manifest = listing.entry.manifest else { return "" }
    if column == .started {
      return CalendarDate(manifest.started, offset: surroundings.timeZoneOffset).short
    }
    let isLive = listing.entry.status?.isLive == true
    return Format.duration(isLive ? manifest.duration(at: surroundings.now) : manifest.duration)
  }

  private static let columns: [Table.Column] = [
    Table.Column("", width: 1, priority: 1),
    Table.Column("Run", width: 14, isFlexible: true),
    Table.Column("Status", width: 13),
    Table.Column("Iter", width: 6, alignment: .right, priority: 3),
    Table.Column("Å", width: 6, alignment: .right),
    Table.Column("Extents", width: 11, alignment: .right, priority: 5),
    Table.Column("Particles", width: 9, alignment: .right, priority: 4),
    Table.Column("Started", width: 12, priority: 2),
    Table.Column("Time", width: 8, alignment: .right, priority: 6),
    Table.Column("Mask", width: 15, isFlexible: true, priority: 8),
    Table.Column("Note", width: 15, isFlexible: true, priority: 9),
  ]

  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let listings else {
      frame.write("Reading \(surroundings.folder) …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    if listings.isEmpty {
      drawWelcome(in: rect, of: &frame, surroundings)
      return
    }
    // What the runs leave free is the selected one's, up to all that is said of it.
    let free = rect.height - listings.count - 2
    let detailRows = rect.height >= 16 ? min(10, max(7, free)) : 0
    let (upper, lower) = rect.split(bottom: detailRows)
    let rows = visible
    let table = table(of: rows, width: upper.width, surroundings)
    var notes: [String] = []
    if let filterNote { notes.append(filterNote) }
    // An order by a column that has no room would look like none; a few rows are worth more.
    let showsOrder = view == .list && table.shows(column: sorting.column.rawValue, in: upper)
    if view == .live { notes.append(liveNote) }
    if upper.height > 5, view != .live, !showsOrder {
      let sign = frame.look[sorting.descending ? Symbol.descending : .ascending]
      notes.append("Sorted by \(sorting.column.title) \(sign)")
    }
    let (head, body) = upper.split(top: notes.isEmpty ? 0 : 1)
    frame.write(
      notes.joined(separator: "   "), x: head.x + 1, y: head.y, .match, width: head.width - 2)
    frame.table(table, in: body, pane: "runs")
    if detailRows > 0 { drawDetail(in: lower, of: &frame, surroundings) }
  }

  private func table(
    of rows: [RunListing], width: Int, _ surroundings: Surroundings
  ) -> Table {
    let columns =
      switch view {
      case .list: Self.columns
      case .tree: treeColumns(of: rows, width: width)
      case .live: Self.liveColumns
      }
    return Table(
      columns: columns, rowCount: rows.count, selected: selectedIndex,
      sort: view == .list ? (sorting.column.rawValue, !sorting.descending) : nil,
      emptyText: filter.isEmpty ? "Nothing goes on, and nothing waits." : "No run: \(filter)"
    ) { [self] in
      let cells = cells(of: rows[$0], surroundings)
      return switch view {
      case .list: cells
      case .tree: treeCells(of: rows[$0], cells, surroundings)
      case .live: liveCells(of: rows[$0], cells, surroundings)
      }
    }
  }

  private func cells(of listing: RunListing, _ surroundings: Surroundings) -> [Table.Entry] {
    Column.allCases.map { column in
      switch column {
      case .started, .duration: return Table.Entry(time(column, of: listing, surroundings), .dim)
      case .status where listing.sweep != nil:
        let look = listing.sweep?.look
        let symbol = surroundings.appearance[look?.symbol ?? .waiting]
        return Table.Entry("\(symbol) \(text(column, of: listing))", look?.role ?? .dim)
      case .status:
        let status = listing.entry.problem == nil ? listing.entry.status : nil
        guard listing.isRead else { return Table.Entry("", .dim) }
        let look = status == nil ? nil : listing.statusLook
        let symbol = surroundings.appearance[look?.symbol ?? .warning]
        return Table.Entry("\(symbol) \(text(column, of: listing))", look?.role ?? .bad)
      case .mark: return Table.Entry(text(column, of: listing), .accent)
      case .resolution: return Table.Entry(text(column, of: listing), .accent)
      case .mask, .note, .extents: return Table.Entry(text(column, of: listing), .dim)
      default: return Table.Entry(text(column, of: listing))
      }
    }
  }

  private func drawWelcome(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    let key = surroundings.keyMap.keyName(of: "new", in: .runs) ?? "N"
    let lines: [(String, Role)] = [
      ("No runs here yet.", .title), ("", .text),
      ("Folder  \(surroundings.folder)", .dim), ("", .text),
      ("\(key)  makes a new job: particles, map, mask, and how to search.", .text),
      ("?  shows the keys of every screen, Ctrl-P finds any command.", .text), ("", .text),
      ("From the command line:", .dim),
      ("fulcrum new JOB.toml    edit a job file in the form", .text),
      ("fulcrum run JOB.toml    refine without the screens", .text),
      ("fulcrum simulate        make particles to try it with", .text),
    ]
    let width = min(rect.width, 66)
    let place = rect.centred(Size(width: width, height: lines.count))
    for (index, line) in lines.prefix(place.height).enumerated() {
      frame.write(line.0, x: place.x, y: place.y + index, line.1, width: place.width)
    }
  }
}

extension RunsScreen.Column {
  /// The column's name in a sentence.
  fileprivate var title: String {
    switch self {
    case .mark: "mark"
    case .name: "name"
    case .iteration: "iteration"
    case .resolution: "resolution"
    case .duration: "time"
    default: "\(self)"
    }
  }
}
