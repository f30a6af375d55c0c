/// Titles side by side, one of them active.
public struct Tabs: Widget, Hashable {
  public var titles: [String]
  public var active: Int

  public init(_ titles: [String], active: Int) {
    self.titles = titles
    self.active = active
  }

  /// Where each title stands: the active one is always in view.
  public func places(in rect: Rect) -> [(index: Int, rect: Rect)] {
    guard rect.height > 0, !titles.isEmpty else { return [] }
    let widths = titles.map { $0.columns + 2 }
    let active = min(max(self.active, 0), titles.count - 1)
    // Titles before the active one go as soon as it would not fit.
    var first = 0
    while first < active && widths[first...active].reduce(0, +) + active - first > rect.width {
      first += 1
    }
    var column = rect.x
    var result: [(index: Int, rect: Rect)] = []
    for index in first..<titles.count where column < rect.right {
      let width = min(widths[index], rect.right - column)
      if width < widths[index] && index != active { break }
      result.append((index, Rect(x: column, y: rect.y, width: width, height: 1)))
      column += width + 1
    }
    return result
  }

  /// The index of the title at a position.
  public func index(at point: Point, in rect: Rect) -> Int? {
    places(in: rect).first { $0.rect.contains(point) }?.index
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    for place in places(in: rect) {
      let isActive = place.index == min(max(active, 0), titles.count - 1)
      // Brackets too, so that the active one shows without colours.
      let text = isActive ? "[\(titles[place.index])]" : " \(titles[place.index]) "
      grid.write(
        text, x: place.rect.x, y: place.rect.y, style: appearance[isActive ? .tabActive : .tab],
        width: place.rect.width)
    }
  }
}
