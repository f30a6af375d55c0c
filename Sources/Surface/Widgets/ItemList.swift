/// Lines one below the other, one of them selected.
public struct ItemList: Widget, Hashable {
  public var items: [Table.Entry]
  public var selected: Int?
  /// The first item in view.
  public var top: Int
  public var isFocused: Bool

  public init(
    _ items: [Table.Entry], selected: Int? = nil, top: Int = 0, isFocused: Bool = true
  ) {
    self.items = items
    self.selected = selected
    self.top = top
    self.isFocused = isFocused
  }

  private func first(in rect: Rect) -> Int { max(0, min(top, items.count - rect.height)) }

  /// The item at a position, nil below the last.
  public func index(at point: Point, in rect: Rect) -> Int? {
    guard rect.contains(point) else { return nil }
    let index = first(in: rect) + point.y - rect.y
    return index < items.count ? index : nil
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let scrolls = items.count > rect.height
    let width = rect.width - (scrolls ? 2 : 0)
    let first = first(in: rect)
    for (row, item) in items.dropFirst(first).prefix(rect.height).enumerated() {
      let isSelected = first + row == selected
      let ground: Role = isSelected ? (isFocused ? .selection : .selectionInactive) : .text
      let line = Rect(x: rect.x, y: rect.y + row, width: width, height: 1)
      if isSelected { grid.fill(line, style: appearance[ground]) }
      grid.write(
        isSelected ? appearance[Symbol.selected] : " ", x: line.x, y: line.y,
        style: appearance[ground])
      grid.write(
        item.text, x: line.x + 2, y: line.y, style: appearance.style(item.role, on: ground),
        width: width - 2)
    }
    if scrolls {
      grid.draw(
        ScrollBar(total: items.count, visible: rect.height, top: first),
        in: Rect(x: rect.right - 1, y: rect.y, width: 1, height: rect.height), appearance)
    }
  }
}
