import Surface

/// Lines with a value of each run, in columns below the runs' names. Columns that have no room whole are
/// scrolled to.
struct ComparedTable {
  struct Row {
    /// What it is, from the longest name to the shortest.
    var names: [String]
    /// Of each run.
    var cells: [(text: String, role: Role)]
  }

  private let comparison: Comparison
  private let rows: [Row]

  init(_ comparison: Comparison, rows: [Row]) {
    (self.comparison, self.rows) = (comparison, rows)
  }

  private var runs: [RunSnapshot] { comparison.runs }

  /// How many lines a rectangle shows below the names of the runs.
  static func lines(in rect: Rect) -> Int { max(0, rect.height - 1) }

  func draw(in rect: Rect, from first: Int, into frame: inout Frame) {
    let body = rect.split(top: 1).rest
    // Without the scroll bar where there is one.
    let inner = rows.count > body.height ? rect.split(right: 1).rest : rect
    let columns = columns(in: inner)
    drawHeads(columns, in: inner, of: &frame)
    for (index, row) in rows.enumerated().dropFirst(first).prefix(body.height) {
      draw(row, columns, x: body.x, y: body.y + index - first, of: &frame)
    }
    frame.scrollBar(body, top: first, total: rows.count)
  }

  /// The columns of runs that are shown beside a column of names: those that fit whole, from the first
  /// that is not scrolled away.
  private struct Columns {
    var names: Int
    var shown: Range<Int>
    /// Where each run's column begins, and its width.
    var places: [(x: Int, width: Int)]
  }

  /// How narrow the columns of runs may become so that all have room.
  private static let narrowest = 9...16

  private func columns(in rect: Rect) -> Columns {
    var wanted = runs.enumerated().map { index, run in
      max(
        min(run.name.columns, 12),
        rows.map { min($0.cells[index].text.columns, 16) }.max() ?? 0)
    }
    let all = wanted.reduce(0) { $0 + $1 + 1 }
    let longest = min(rows.compactMap(\.names.first?.columns).max() ?? 0, 42)
    let nameWidth = max(min(longest, rect.width - all), min(longest, 14, rect.width * 2 / 5))
    let room = rect.width - nameWidth
    // What is compared is to be seen side by side: wide columns get narrower before one is scrolled away.
    let cap = Self.narrowest.reversed().first { cap in
      wanted.reduce(0) { $0 + min($1, cap) + 1 } <= room
    }
    if let cap { wanted = wanted.map { min($0, cap) } }
    var start = min(comparison.firstRun, max(0, runs.count - 1))
    // Nothing is scrolled away that has room.
    while start > 0, wanted[(start - 1)...].reduce(0, { $0 + $1 + 1 }) <= room { start -= 1 }
    var places: [(x: Int, width: Int)] = []
    var x = rect.x + nameWidth + 1
    for width in wanted[start...] {
      if !places.isEmpty, x + width > rect.right { break }
      let width = min(width, max(1, rect.right - x))
      places.append((x, width))
      x += width + 1
    }
    // Names get what is left over as far as they need it, the columns share the rest.
    let left = max(0, rect.right - x + 1)
    let forNames = min(left, longest - nameWidth)
    let spare = (left - forNames) / max(1, places.count)
    for index in places.indices {
      places[index].x += forNames + index * spare
      places[index].width += spare
    }
    return Columns(
      names: nameWidth + forNames, shown: start..<start + places.count, places: places)
  }

  /// The names of the runs, and how many are to the left and right of them.
  private func drawHeads(_ columns: Columns, in rect: Rect, of frame: inout Frame) {
    for (index, place) in zip(columns.shown, columns.places) {
      frame.write(
        runs[index].name.truncated(toColumns: place.width), x: place.x, y: rect.y, .series(index),
        width: place.width, alignment: .right)
    }
    let (before, after) = (columns.shown.lowerBound, runs.count - columns.shown.upperBound)
    guard before + after > 0 else { return }
    let (less, more) = (frame.look.glyph("←", "<"), frame.look.glyph("→", ">"))
    let text =
      (before > 0 ? "\(Character(less)) \(before) " : "")
      + (after > 0 ? "\(Character(more)) \(after) more" : "")
    frame.write(text, x: rect.x, y: rect.y, .warning, width: columns.names)
  }

  private func draw(_ row: Row, _ columns: Columns, x: Int, y: Int, of frame: inout Frame) {
    let name = row.names.first { $0.columns <= columns.names } ?? row.names.last ?? ""
    frame.write(name.truncated(toColumns: columns.names), x: x, y: y, .dim, width: columns.names)
    for (index, place) in zip(columns.shown, columns.places) where row.cells.indices.contains(index)
    {
      let (text, role) = row.cells[index]
      // Of long paths the end tells most.
      let cut =
        text.columns > place.width && text.contains("/")
        ? frame.look[Symbol.ellipsis] + text.suffix(max(0, place.width - 1))
        : text.truncated(toColumns: place.width)
      frame.write(cut, x: place.x, y: y, role, width: place.width, alignment: .right)
    }
  }
}
