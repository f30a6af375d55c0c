/// What part of something long is in view.
public struct ScrollBar: Widget, Hashable {
  public var total: Int
  public var visible: Int
  public var top: Int

  public init(total: Int, visible: Int, top: Int) {
    self.total = total
    self.visible = visible
    self.top = top
  }

  /// Rows that the thumb covers in a bar of some height: one at least, and at the ends exactly when
  /// what is shown is at its end.
  public func thumb(height: Int) -> Range<Int> {
    guard total > visible, visible > 0, height > 0 else { return 0..<max(0, height) }
    let length = min(max(1, height * visible / total), max(1, height - 1))
    let hidden = total - visible
    let room = height - length
    let top = min(max(0, self.top), hidden)
    var start = (top * room + hidden / 2) / hidden
    if top > 0 && start == 0 && room > 1 { start = 1 }
    if top < hidden && start == room && room > 1 { start = room - 1 }
    return start..<start + length
  }

  /// The first row to show when the bar is clicked or dragged to a row of it.
  public func top(atRow row: Int, height: Int) -> Int {
    guard height > 1, total > visible else { return 0 }
    return min(max(0, row), height - 1) * (total - visible) / (height - 1)
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard total > visible else { return }
    let thumb = thumb(height: rect.height)
    for row in 0..<rect.height {
      let symbol: Symbol = thumb.contains(row) ? .scrollThumb : .scrollTrack
      grid.put(
        symbol.scalar(at: appearance.glyphs), x: rect.x, y: rect.y + row,
        style: appearance[.scrollBar])
    }
  }
}

/// Where a list of items must start so that one of them is in view.
public enum Scrolling {
  /// The first row to show: `top` moved as little as it takes, and never past the end.
  public static func top(showing index: Int, total: Int, visible: Int, top: Int) -> Int {
    guard visible > 0 else { return max(0, index) }
    var top = top
    if index < top { top = index }
    if index >= top + visible { top = index - visible + 1 }
    return max(0, min(top, total - visible))
  }
}
