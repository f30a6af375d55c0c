import Ground
import Runs
import Surface

extension SweepScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard !table.outcomes.isEmpty else {
      frame.write("Reading the runs …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    let (head, body) = rect.split(top: 1)
    frame.write(" " + table.summary, x: head.x, y: head.y, .text, width: head.width)
    let free = body.height - table.outcomes.count - 1
    let detailRows = body.height >= 14 ? min(8, max(6, free)) : 0
    let (upper, lower) = body.split(bottom: detailRows)
    let order = order
    let best = SweepMeasure.allCases.map { ($0, table.best($0)) }
    let widget = Table(
      columns: tableColumns, rowCount: order.count, selected: selectedIndex,
      sort: sorting.map { ($0.column, !$0.descending) }
    ) { [self] row in
      columns.map { column in
        cell(column, row: order[row], Dictionary(best, uniquingKeysWith: { first, _ in first }))
      }
    }
    frame.table(widget, in: upper, pane: "sweep")
    if detailRows > 0 { drawDetail(in: lower, of: &frame) }
  }

  private var tableColumns: [Table.Column] {
    columns.map { column in
      switch column {
      case .mark: return Table.Column("", width: 1, priority: 1)
      case .name: return Table.Column("Run", width: min(18, width(of: column)))
      case .value(let key):
        let name = key.split(separator: ".").last.map(String.init) ?? key
        return Table.Column(name, width: max(5, min(max(name.columns, width(of: column)), 18)))
      case .particles: return Table.Column("Particles", width: 9, alignment: .right, priority: 10)
      case .measure(let measure):
        let width = max(measure.title.columns, width(of: column))
        return Table.Column(
          measure.title, width: width, alignment: .right, priority: Self.priority(of: measure))
      case .status: return Table.Column("Status", width: 12, priority: 2)
      }
    }
  }

  private static func priority(of measure: SweepMeasure) -> Int {
    switch measure {
    case .resolution: 0
    case .shareAtLimit: 3
    case .samplingCompensation: 5
    case .turned: 6
    case .moved: 7
    case .posteriorRotation: 4
    case .posteriorShift: 9
    case .seconds: 8
    }
  }

  /// Columns that what is in a column takes, the star included.
  private func width(of column: Column) -> Int {
    table.outcomes.map { text(column, of: $0).columns }.max() ?? 0
  }

  private func text(_ column: Column, of outcome: SweepOutcome) -> String {
    switch column {
    case .mark: marked.contains(outcome.folder) ? "*" : ""
    case .name: outcome.name
    case .value(let key): value(key, of: outcome)
    case .particles: Format.count(outcome.particles)
    case .measure(let measure): measure.text(of: outcome) + " "
    case .status: outcome.status.word
    }
  }

  private func cell(
    _ column: Column, row: Int, _ best: [SweepMeasure: Set<Int>]
  ) -> Table.Entry {
    let outcome = table.outcomes[row]
    let text = text(column, of: outcome)
    switch column {
    case .mark: return Table.Entry(text, .accent)
    case .measure(let measure):
      // A star beside the best, so that nothing is said by colour alone.
      guard best[measure]?.contains(row) == true else { return Table.Entry(text) }
      return Table.Entry(measure.text(of: outcome) + "*", .good)
    case .status: return Table.Entry(text, role(of: outcome))
    case .particles: return Table.Entry(text, .dim)
    default: return Table.Entry(text)
    }
  }

  private func role(of outcome: SweepOutcome) -> Role {
    guard outcome.status == .finished, outcome.objection != nil else { return outcome.status.role }
    return outcome.isBad ? .bad : .warning
  }

  /// All that is known of the selected run: also what the table has no room for.
  private func drawDetail(in rect: Rect, of frame: inout Frame) {
    guard let current else { return }
    let inner = frame.box(
      rect, Box(title: current.name, note: marked.isEmpty ? "" : "\(marked.count) marked"))
    var lines: [(text: String, role: Role)] = []
    let varied = current.varied.map { "\($0.key) = \($0.value)" }
    for line in varied { lines.append((" " + line, .accent)) }
    let measures = SweepMeasure.allCases.compactMap { measure -> String? in
      let text = measure.text(of: current)
      guard !text.isEmpty else { return nil }
      return measure == .resolution ? text + " Å" : "\(measure.title) \(text)"
    }
    let particles = current.part.counted(current.particles)
    let numbers = (measures + [particles]).joined(separator: ", ")
    lines += numbers.wrapped(toColumns: max(1, inner.width - 2)).map { (" " + $0, .text) }
    if table.asGood.contains(current.folder) {
      lines.append((" As good as the best, within the scatter of the FSC.", .text))
    }
    if let objection = current.objection {
      lines += objection.wrapped(toColumns: max(1, inner.width - 2))
        .map { (" " + $0, current.isBad ? .bad : .warning) }
    } else if current.status != .finished, !current.message.isEmpty {
      lines += current.message.wrapped(toColumns: max(1, inner.width - 2)).map { (" " + $0, .dim) }
    }
    frame.lines(lines, in: inner)
  }

  /// The table as it looks, and in full as numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    let rows = table.tsv.tabSeparatedRows
    return Export(name: name, grid: frame.grid, table: rows)
  }
}
