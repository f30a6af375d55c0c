/// Rows and columns with heads, a selected row, marked rows, and a scroll bar.
///
/// Rows are made as they are drawn, so that a table of a million particles costs no more than one
/// of forty.
public struct Table: Widget {
  /// One column.
  public struct Column: Sendable, Hashable {
    public var title: String
    /// Columns of cells that it needs; it is left out where there is no room for them.
    public var width: Int
    public var alignment: Alignment
    /// Whether it takes what is left over.
    public var isFlexible: Bool
    /// Columns with lower numbers stay longest when room is short.
    public var priority: Int

    public init(
      _ title: String, width: Int, alignment: Alignment = .left, isFlexible: Bool = false,
      priority: Int = 0
    ) {
      self.title = title
      self.width = max(1, width)
      self.alignment = alignment
      self.isFlexible = isFlexible
      self.priority = priority
    }
  }

  /// The text of one cell of the table and what it means.
  public struct Entry: Sendable, Hashable, ExpressibleByStringLiteral {
    public var text: String
    public var role: Role

    public init(_ text: String, _ role: Role = .text) {
      self.text = text
      self.role = role
    }

    public init(stringLiteral text: String) { self.init(text) }
  }

  public var columns: [Column]
  public var rowCount: Int
  /// The entries of a row, one for each column; missing ones are empty.
  public var row: @Sendable (Int) -> [Entry]
  public var selected: Int?
  public var marked: Set<Int>
  /// Whether a column before the first says which rows are marked.
  public var showsMarks: Bool
  /// The column by which rows are sorted, and whether upwards.
  public var sort: (column: Int, isAscending: Bool)?
  /// The first row in view.
  public var top: Int
  public var isFocused: Bool
  /// Said in the middle where there are no rows.
  public var emptyText: String

  public init(
    columns: [Column], rowCount: Int, selected: Int? = nil, marked: Set<Int> = [],
    showsMarks: Bool = false, sort: (column: Int, isAscending: Bool)? = nil, top: Int = 0,
    isFocused: Bool = true, emptyText: String = "", row: @escaping @Sendable (Int) -> [Entry]
  ) {
    self.columns = columns
    self.rowCount = max(0, rowCount)
    self.row = row
    self.selected = selected
    self.marked = marked
    self.showsMarks = showsMarks
    self.sort = sort
    self.top = top
    self.isFocused = isFocused
    self.emptyText = emptyText
  }

  /// Rows that fit below the heads.
  public static func visibleRows(in rect: Rect) -> Int { max(0, rect.height - 1) }

  /// The row at a position, nil on the heads or below the last.
  public func row(at point: Point, in rect: Rect) -> Int? {
    guard rect.contains(point), point.y > rect.y else { return nil }
    let index = firstRow(in: rect) + point.y - rect.y - 1
    return index < rowCount ? index : nil
  }

  /// The column whose head is at a position, to sort by it.
  public func column(at point: Point, in rect: Rect) -> Int? {
    guard point.y == rect.y else { return nil }
    return places(in: rect).first { point.x >= $0.x && point.x < $0.x + $0.width }?.column
  }

  /// Whether a column has room.
  public func shows(column: Int, in rect: Rect) -> Bool {
    places(in: rect).contains { $0.column == column }
  }

  private func firstRow(in rect: Rect) -> Int {
    max(0, min(top, rowCount - Table.visibleRows(in: rect)))
  }

  /// Where each column that fits stands.
  func places(in rect: Rect) -> [(column: Int, x: Int, width: Int)] {
    let lead = showsMarks ? 2 : 0
    let scrolls = rowCount > Table.visibleRows(in: rect)
    let room = rect.width - lead - (scrolls ? 2 : 0)
    var shown = Array(columns.indices)
    func needed() -> Int { shown.reduce(0) { $0 + columns[$1].width } + max(0, shown.count - 1) }
    while shown.count > 1, needed() > room {
      // Of columns of one priority the last goes first.
      guard let last = shown.max(by: { columns[$0].priority <= columns[$1].priority }) else {
        break
      }
      shown.removeAll { $0 == last }
    }
    let spare = max(0, room - needed())
    let flexible = shown.filter { columns[$0].isFlexible }
    var x = rect.x + lead
    var result: [(column: Int, x: Int, width: Int)] = []
    for column in shown {
      var width = columns[column].width
      if let place = flexible.firstIndex(of: column) {
        width += spare / flexible.count + (place < spare % flexible.count ? 1 : 0)
      }
      width = min(width, max(0, rect.x + lead + room - x))
      result.append((column, x, width))
      x += width + 1
    }
    return result
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard !rect.isEmpty else { return }
    let places = places(in: rect)
    drawHeads(places, in: rect, of: &grid, appearance)
    let first = firstRow(in: rect)
    let visible = Table.visibleRows(in: rect)
    if rowCount == 0 && visible > 0 {
      grid.write(
        emptyText, x: rect.x, y: rect.y + 1 + visible / 2, style: appearance[.dim],
        width: rect.width, alignment: .centre)
    }
    for offset in 0..<min(visible, rowCount - first) {
      drawRow(first + offset, at: rect.y + 1 + offset, places, in: rect, of: &grid, appearance)
    }
    if rowCount > visible {
      let bar = Rect(x: rect.right - 1, y: rect.y + 1, width: 1, height: visible)
      grid.draw(ScrollBar(total: rowCount, visible: visible, top: first), in: bar, appearance)
    }
  }

  private func drawHeads(
    _ places: [(column: Int, x: Int, width: Int)], in rect: Rect, of grid: inout Grid,
    _ appearance: Appearance
  ) {
    for place in places {
      let column = columns[place.column]
      var title = column.title
      if let sort, sort.column == place.column {
        let mark = appearance[sort.isAscending ? Symbol.ascending : .descending]
        // The mark stays when the title is cut.
        title = title.truncated(toColumns: max(0, place.width - 1)) + mark
      }
      grid.write(
        title, x: place.x, y: rect.y, style: appearance[.header], width: place.width,
        alignment: column.alignment)
    }
  }

  private func drawRow(
    _ index: Int, at y: Int, _ places: [(column: Int, x: Int, width: Int)], in rect: Rect,
    of grid: inout Grid, _ appearance: Appearance
  ) {
    let isSelected = index == selected
    let ground: Role = isSelected ? (isFocused ? .selection : .selectionInactive) : .text
    if isSelected {
      let width = rowCount > Table.visibleRows(in: rect) ? rect.width - 2 : rect.width
      grid.fill(Rect(x: rect.x, y: y, width: width, height: 1), style: appearance[ground])
    }
    if showsMarks {
      let isMarked = marked.contains(index)
      grid.write(
        appearance[isMarked ? Symbol.marked : .unmarked], x: rect.x, y: y,
        style: appearance.style(isMarked ? .accent : .dim, on: ground), width: 1)
    }
    let entries = row(index)
    for place in places where place.column < entries.count {
      let entry = entries[place.column]
      grid.write(
        entry.text, x: place.x, y: y, style: appearance.style(entry.role, on: ground),
        width: place.width, alignment: columns[place.column].alignment)
    }
  }
}
