import Surface

/// Shares a rectangle among panes.
enum PanelLayout {
  typealias Place = (panel: Panel, rect: Rect)

  /// The panes that have room, with their places: rows of panes, each filled to its width. The one with
  /// the focus is always there; where the rectangle is too small for two, it is alone.
  ///
  /// - Parameter shares: what the user has made of rows and columns; even ones where it does not fit
  ///   their number.
  static func places(
    of panels: [Panel], focus: Panel, in rect: Rect, shares: PanelShares = PanelShares()
  ) -> [Place] {
    guard !rect.isEmpty, !panels.isEmpty else { return [] }
    let smallest = Panel.smallest
    let columns = max(1, min(rect.width / smallest.width, preferredColumns(rect)))
    // As many rows as suit the height; more, where that shows every pane and each still says something.
    let needed = (panels.count + columns - 1) / columns
    let rows = max(
      1, rect.height / max(smallest.height, preferredHeight(rect)),
      min(needed, rect.height / Self.tightHeight))
    let room = columns * rows
    var shown = Array(panels.prefix(room))
    if !shown.contains(focus) {
      // The focus takes the last place, so that the others stay where they are.
      if shown.count >= room { _ = shown.popLast() }
      shown.append(focus)
    }
    return arrange(shown, columns: columns, in: rect, shares)
  }

  /// The height down to which panes are pressed together so that all of them are seen.
  private static let tightHeight = 8

  /// Columns that suit a width: plots want about 50.
  private static func preferredColumns(_ rect: Rect) -> Int {
    switch rect.width {
    case ..<60: 1
    case ..<120: 2
    case ..<190: 3
    default: 4
    }
  }

  private static func preferredHeight(_ rect: Rect) -> Int {
    rect.height < 24 ? 8 : rect.height < 40 ? 11 : 15
  }

  private static func arrange(
    _ panels: [Panel], columns: Int, in rect: Rect, _ shares: PanelShares
  ) -> [Place] {
    let rows = (panels.count + columns - 1) / columns
    let tops = shares.edges(of: rows, from: rect.y, extent: rect.height, shares.rows)
    var places: [Place] = []
    for row in 0..<rows {
      let count = (panels.count - places.count + rows - row - 1) / (rows - row)
      let own = row < shares.columns.count ? shares.columns[row] : []
      let lefts = shares.edges(of: count, from: rect.x, extent: rect.width, own)
      for column in 0..<count {
        places.append(
          (
            panels[places.count],
            Rect(
              x: lefts[column], y: tops[row], width: lefts[column + 1] - lefts[column],
              height: tops[row + 1] - tops[row])
          ))
      }
    }
    return places
  }
}

/// The shares that rows of panes, and the panes of each row, have of the whole.
struct PanelShares: Sendable, Hashable {
  var rows: [Double] = []
  var columns: [[Double]] = []

  init() {}

  /// The shares that panes have now.
  init(of places: [PanelLayout.Place]) {
    for row in Self.rows(of: places) {
      rows.append(Double(row[0].height))
      columns.append(row.map { Double($0.width) })
    }
  }

  /// Where `count` neighbours begin, and where the last one ends.
  fileprivate func edges(of count: Int, from start: Int, extent: Int, _ shares: [Double]) -> [Int] {
    let shares = shares.count == count ? shares : Array(repeating: 1, count: count)
    let whole = max(shares.reduce(0, +), 1e-9)
    var sum = 0.0
    return [start]
      + shares.map { share in
        sum += share
        return start + Int((Double(extent) * sum / whole + 1e-9).rounded(.down))
      }
  }

  private static func rows(of places: [PanelLayout.Place]) -> [[Rect]] {
    var rows: [[Rect]] = []
    for place in places {
      if rows.last?[0].y == place.rect.y {
        rows[rows.count - 1].append(place.rect)
      } else {
        rows.append([place.rect])
      }
    }
    return rows
  }

  /// The edges between panes that can be moved.
  static func splitters(of places: [PanelLayout.Place]) -> [Splitter] {
    let rows = rows(of: places)
    var all: [Splitter] = []
    for (row, panes) in rows.enumerated() {
      for column in 0..<panes.count - 1 {
        let (left, right) = (panes[column], panes[column + 1])
        all.append(
          Splitter(
            row: row, column: column,
            handle: Rect(x: right.x - 1, y: left.y, width: 2, height: left.height),
            room: left.x..<right.right))
      }
      if row + 1 < rows.count {
        let (upper, lower) = (panes[0], rows[row + 1][0])
        all.append(
          Splitter(
            row: row, column: nil,
            handle: Rect(
              x: upper.x, y: lower.y - 1, width: panes[panes.count - 1].right - upper.x, height: 1),
            room: upper.y..<lower.bottom))
      }
    }
    return all
  }

  /// Moves an edge: the two neighbours share their room anew, neither under its least size.
  mutating func move(_ splitter: Splitter, to position: Int) {
    let least = splitter.column == nil ? Panel.smallest.height / 2 : Panel.smallest.width / 2
    let size = splitter.room.count
    guard size > 2 * least else { return }
    let first = Double(min(max(position - splitter.room.lowerBound, least), size - least))
    if let column = splitter.column {
      guard splitter.row < columns.count, column + 1 < columns[splitter.row].count else { return }
      columns[splitter.row][column] = first
      columns[splitter.row][column + 1] = Double(size) - first
    } else {
      guard splitter.row + 1 < rows.count else { return }
      rows[splitter.row] = first
      rows[splitter.row + 1] = Double(size) - first
    }
  }
}

/// An edge between two neighbouring panes, or between two rows of them.
public struct Splitter: Sendable, Hashable {
  /// The row, and the pane in it left of the edge; no pane for the edge below the row.
  var row: Int
  var column: Int?
  /// The cells that can be dragged.
  var handle: Rect
  /// The cells of both neighbours along the direction of the movement.
  var room: Range<Int>

  /// Where it is.
  var position: Int { column == nil ? handle.y + 1 : handle.x + 1 }
}
