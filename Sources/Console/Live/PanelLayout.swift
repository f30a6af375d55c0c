import Surface

/// Shares a rectangle among panes.
enum PanelLayout {
  /// The panes that have room, with their places: rows of equal height, each filled to its width. The
  /// one with the focus is always there; where the rectangle is too small for two, it is alone.
  static func places(
    of panels: [Panel], focus: Panel, in rect: Rect
  ) -> [(panel: Panel, rect: Rect)] {
    guard !rect.isEmpty, !panels.isEmpty else { return [] }
    let smallest = Panel.smallest
    let columns = max(1, min(rect.width / smallest.width, preferredColumns(rect)))
    let rows = max(1, rect.height / max(smallest.height, preferredHeight(rect)))
    let room = columns * rows
    var shown = Array(panels.prefix(room))
    if !shown.contains(focus) {
      // The focus takes the last place, so that the others stay where they are.
      if shown.count >= room { _ = shown.popLast() }
      shown.append(focus)
    }
    return arrange(shown, columns: columns, in: rect)
  }

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
    _ panels: [Panel], columns: Int, in rect: Rect
  ) -> [(panel: Panel, rect: Rect)] {
    let rows = (panels.count + columns - 1) / columns
    var places: [(panel: Panel, rect: Rect)] = []
    var next = 0
    for row in 0..<rows {
      let count = (panels.count - next + rows - row - 1) / (rows - row)
      let top = rect.y + rect.height * row / rows
      let bottom = rect.y + rect.height * (row + 1) / rows
      for column in 0..<count {
        let left = rect.x + rect.width * column / count
        let right = rect.x + rect.width * (column + 1) / count
        places.append(
          (panels[next], Rect(x: left, y: top, width: right - left, height: bottom - top)))
        next += 1
      }
    }
    return places
  }
}
