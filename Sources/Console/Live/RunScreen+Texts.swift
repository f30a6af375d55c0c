import Ground
import Report
import Runs
import Surface

extension RunScreen {
  /// The log: time, sign of the level, text; the newest line at the bottom.
  func drawLog(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    let events = logLines
    if events.isEmpty {
      frame.write("Nothing here yet", x: rect.x, y: rect.y, .dim, width: rect.width)
      return
    }
    // Lines are wrapped from the newest upwards until the pane is full.
    var rows: [(time: String, symbol: Symbol?, text: String, role: Role)] = []
    let timeWidth = rect.width >= 50 ? 9 : 0
    let room = max(8, rect.width - timeWidth - 3)
    for event in events.dropLast(log.back).reversed() {
      if rows.count >= rect.height { break }
      let (symbol, role) = look(of: event)
      let clock = CalendarDate(event.time, offset: surroundings.timeZoneOffset).clock
      let number = event.kind == .stage ? event.iteration.map { ", iteration \($0)" } ?? "" : ""
      let lines = (event.text + number).wrapped(toColumns: room)
      for (index, line) in lines.enumerated().reversed() {
        rows.append((index == 0 ? clock : "", index == 0 ? symbol : nil, line, role))
      }
    }
    for (index, row) in rows.prefix(rect.height).reversed().enumerated() {
      let y = rect.y + index
      if timeWidth > 0 { frame.write(row.time, x: rect.x, y: y, .dim) }
      if let symbol = row.symbol {
        frame.write(frame.look[symbol], x: rect.x + timeWidth, y: y, row.role)
      }
      frame.write(row.text, x: rect.x + timeWidth + 2, y: y, row.role, width: room)
    }
    frame.scrollBar(
      rect, top: max(0, events.count - log.back - rect.height), total: events.count)
  }

  /// The sign and role of an event: no green for an iteration at a limit.
  private func look(of event: RunEvent) -> (Symbol?, Role) {
    guard event.kind == .iteration, let number = event.iteration,
      let metrics = snapshot?.metrics(of: number),
      metrics.shareAtLimit > VerdictRule.suspiciousShare
    else { return event.kind.look }
    return (.warning, .warning)
  }

  /// Files with their sizes, a line to copy, and the numbers of the summary.
  func drawFiles(in rect: Rect, of frame: inout Frame) {
    guard let snapshot else { return }
    var lines: [(text: String, role: Role)] = []
    if snapshot.files.isEmpty {
      lines.append(("The final files are written when the run ends.", .dim))
      for iteration in snapshot.iterationsWithMaps {
        lines.append(("Half-maps of iteration \(iteration) are kept.", .text))
      }
    }
    for file in snapshot.files {
      let size = Format.bytes(file.bytes).padded(toColumns: 8, alignment: .right)
      lines.append(
        ("\(FilePath.name(of: file.path).padded(toColumns: 22)) \(size)  \(file.title)", .text))
    }
    if !snapshot.chimeraXLine.isEmpty {
      lines.append(("", .text))
      lines.append(("To look at the map (y copies):", .dim))
      lines += snapshot.chimeraXLine.wrapped(toColumns: rect.width, indent: 2).map { ($0, .accent) }
    }
    if let summary = snapshot.summary {
      lines.append(("", .text))
      lines.append(("B factor \(Numbers.short(summary.bFactor)) Å²", .text))
      if let found = summary.bodyDefocus?.summary { lines.append((found, .text)) }
      lines.append(
        (
          "Time \(Format.duration(summary.seconds)), processors "
            + Format.duration(summary.cpuSeconds), .text
        ))
    }
    let columns = max(8, rect.width - 2)
    let rows = lines.flatMap { line -> [(text: String, role: Role)] in
      // Names and sizes stay in their columns; what a file is is cut with a mark.
      if snapshot.files.contains(where: { line.text.hasPrefix(FilePath.name(of: $0.path) + " ") }) {
        return [(line.text.truncated(toColumns: columns), line.role)]
      }
      return line.text.columns <= columns
        ? [line] : line.text.wrapped(toColumns: columns, indent: 2).map { ($0, line.role) }
    }
    let top = min(fileOffset, max(0, rows.count - rect.height))
    frame.lines(Array(rows.dropFirst(top)), in: rect)
    frame.scrollBar(rect, top: top, total: rows.count)
  }

  /// The table of particles, with the histogram of the column under the cursor.
  func drawParticles(_ page: ParticlePage, in rect: Rect, of frame: inout Frame) {
    guard let table = page.table else {
      frame.write("Reading the particles …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    if !table.problem.isEmpty {
      frame.write(table.problem, x: rect.x + 2, y: rect.y + 1, .warning, width: rect.width - 2)
      return
    }
    let histogramRows = rect.height >= 16 ? 7 : 0
    let (upper, lower) = rect.split(bottom: histogramRows)
    let (head, body) = upper.split(top: 1)
    let filter = page.condition.isEmpty ? "" : " with \(page.condition)"
    frame.write(
      " Particles of iteration \(table.iteration): \(Format.count(page.order.count)) of "
        + "\(Format.count(table.count))\(filter)"
        + (table.note.isEmpty ? "" : "; \(table.note)"), x: head.x, y: head.y, .title,
      width: head.width)
    let columns =
      [Table.Column("#", width: 8, alignment: .right)]
      + table.columns.enumerated().map { index, column in
        Table.Column(
          column.name, width: max(9, column.name.columns + 1), alignment: .right,
          priority: index == page.column ? 0 : index + 1)
      }
    frame.table(
      Table(
        columns: columns, rowCount: page.order.count, selected: page.row,
        sort: page.sorting.map { ($0.column + 1, !$0.descending) },
        emptyText: "No particle passes."
      ) { row in
        let particle = page.order[row]
        return [Table.Entry(Format.count(particle + 1), .dim)]
          + table.columns.enumerated().map { index, column in
            Table.Entry(
              Format.fixed(column.values[particle], column.decimals),
              index == page.column ? .accent : .text)
          }
      }, in: body, pane: "particles")
    guard histogramRows > 0, table.columns.indices.contains(page.column) else { return }
    let column = table.columns[page.column]
    let inner = frame.box(lower, Box(title: "Histogram of \(column.name)"))
    frame.mark(lower, .pane("histogram"))
    if let plot = page.histogram(chosen: choosing.ranges) { frame.draw(plot, in: inner) }
  }
}

extension RunEvent.Kind {
  /// The sign and role of a kind of event in the log.
  var look: (Symbol?, Role) {
    switch self {
    case .warning: (.warning, .warning)
    case .error: (.failed, .bad)
    case .iteration: (.done, .good)
    case .control: (.arrowRight, .accent)
    case .ended: (.stopped, .accent)
    case .started, .resumed: (.running, .accent)
    case .stage: (nil, .dim)
    case .log: (nil, .text)
    }
  }
}
