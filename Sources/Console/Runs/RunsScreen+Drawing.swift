import Ground
import Jobs
import Refinement
import Report
import Runs
import Surface

extension RunsScreen {
  private func time(_ column: RunColumn, of listing: RunListing, _ surroundings: Surroundings)
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
    guard let listings = list.listings else {
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
    let rows = list.visible
    let (view, sorting) = (list.arrangement.view, list.arrangement.sorting)
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
    let (view, filter) = (list.arrangement.view, list.arrangement.filter)
    let sorting = list.arrangement.sorting
    let columns =
      switch view {
      case .list: Self.columns
      case .tree: treeColumns(of: rows, width: width)
      case .live: Self.liveColumns
      }
    return Table(
      columns: columns, rowCount: rows.count, selected: list.selectedIndex,
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
    let arrangement = list.arrangement
    return RunColumn.allCases.map { column in
      switch column {
      case .started, .duration: return Table.Entry(time(column, of: listing, surroundings), .dim)
      case .status where listing.sweep != nil:
        let look = listing.sweep?.look
        let symbol = surroundings.appearance[look?.symbol ?? .waiting]
        return Table.Entry("\(symbol) \(arrangement.text(column, of: listing))", look?.role ?? .dim)
      case .status:
        let status = listing.entry.problem == nil ? listing.entry.status : nil
        guard listing.isRead else { return Table.Entry("", .dim) }
        let look = status == nil ? nil : listing.statusLook
        let symbol = surroundings.appearance[look?.symbol ?? .warning]
        return Table.Entry("\(symbol) \(arrangement.text(column, of: listing))", look?.role ?? .bad)
      case .mark: return Table.Entry(arrangement.text(column, of: listing), .accent)
      case .resolution: return Table.Entry(arrangement.text(column, of: listing), .accent)
      case .mask, .note, .extents: return Table.Entry(arrangement.text(column, of: listing), .dim)
      default: return Table.Entry(arrangement.text(column, of: listing))
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
