import Surface

/// A line of a list: text at the left, a note at the right.
struct ListLine: Sendable, Hashable {
  var text: String
  var note: String
  var role: Role

  init(_ text: String, note: String = "", role: Role = .text) {
    self.text = text
    self.note = note
    self.role = role
  }
}

extension Frame {
  /// The first line that is shown so that the selected one is seen, near the middle of long lists.
  static func firstLine(selected: Int, visible: Int, total: Int) -> Int {
    min(max(0, selected - visible / 2), max(0, total - visible))
  }

  /// Draws a list with one selected line; each line can be clicked.
  mutating func list(_ lines: [ListLine], selected: Int, in rect: Rect, pane: String) {
    list(count: lines.count, selected: selected, in: rect, pane: pane) { lines[$0] }
  }

  /// Draws a list whose lines are made as they are drawn: it may be long.
  mutating func list(
    count: Int, selected: Int, in rect: Rect, pane: String, emptyText: String = "Nothing matches.",
    line: (Int) -> ListLine
  ) {
    guard !rect.isEmpty else { return }
    if count == 0 { write(emptyText, x: rect.x, y: rect.y, .dim, width: rect.width) }
    let first = Self.firstLine(selected: selected, visible: rect.height, total: count)
    let width = rect.width - (count > rect.height ? 2 : 0)
    for row in 0..<max(0, min(rect.height, count - first)) {
      let line = line(first + row)
      let isSelected = first + row == selected
      let ground: Role = isSelected ? .selection : .text
      let place = Rect(x: rect.x, y: rect.y + row, width: width, height: 1)
      if isSelected { grid.fill(place, style: look[ground]) }
      let note = line.note.columns
      let style = look.style(line.role, on: ground)
      if isSelected { focus = Point(x: place.x, y: place.y) }
      // A sign besides the colour tells the selected line where there is none.
      if isSelected { grid.write(look[Symbol.selected], x: place.x, y: place.y, style: style) }
      grid.write(
        line.text, x: place.x + 2, y: place.y, style: style,
        width: max(0, width - 2 - (note > 0 ? note + 1 : 0)))
      if note > 0, note < width {
        grid.write(
          line.note, x: place.right - note, y: place.y, style: look.style(.dim, on: ground))
      }
      mark(place, .row(pane: pane, first + row))
    }
    scrollBar(rect, top: first, total: count)
  }

  /// Draws a table that shows its selected row; rows and headings can be clicked.
  mutating func table(_ table: Table, in rect: Rect, pane: String) {
    guard !rect.isEmpty else { return }
    var table = table
    let visible = Table.visibleRows(in: rect)
    table.top = Self.firstLine(
      selected: table.selected ?? 0, visible: visible, total: table.rowCount)
    draw(table, in: rect)
    var start = rect.x
    for x in rect.x..<rect.right {
      let column = table.column(at: Point(x: x, y: rect.y), in: rect)
      let next = table.column(at: Point(x: x + 1, y: rect.y), in: rect)
      if let column, next != column {
        mark(
          Rect(x: start, y: rect.y, width: x + 1 - start, height: 1),
          .column(pane: pane, column))
      }
      if next != column { start = x + 1 }
    }
    if let selected = table.selected, selected >= table.top, selected < table.top + visible {
      focus = Point(x: rect.x, y: rect.y + 1 + selected - table.top)
    }
    for row in 0..<max(0, min(visible, table.rowCount - table.top)) {
      mark(
        Rect(x: rect.x, y: rect.y + 1 + row, width: rect.width, height: 1),
        .row(pane: pane, table.top + row))
    }
  }
}
