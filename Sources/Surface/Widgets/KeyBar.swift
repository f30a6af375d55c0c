/// What keys do at the moment, at the bottom of the screen; a click on an entry is as good as its
/// key.
public struct KeyBar: Widget, Hashable {
  /// One key and what it does.
  public struct Item: Sendable, Hashable {
    public var key: String
    public var label: String
    /// What the application calls the action.
    public var action: String

    public init(key: String, label: String, action: String) {
      self.key = key
      self.label = label
      self.action = action
    }

    fileprivate var columns: Int { key.columns + label.columns + 2 }
  }

  /// Most important first: those at the end are left out where there is no room.
  public var items: [Item]

  public init(_ items: [Item]) { self.items = items }

  /// Where each entry that is shown stands, for the mouse.
  public func places(in rect: Rect) -> [(action: String, rect: Rect)] {
    guard rect.height > 0 else { return [] }
    var column = rect.x
    var result: [(action: String, rect: Rect)] = []
    for item in items {
      if column + item.columns - 1 > rect.right { break }
      result.append(
        (item.action, Rect(x: column, y: rect.y, width: item.columns - 1, height: 1)))
      column += item.columns
    }
    return result
  }

  /// The action of the entry at a position.
  public func action(at point: Point, in rect: Rect) -> String? {
    places(in: rect).first { $0.rect.contains(point) }?.action
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard rect.height > 0 else { return }
    grid.fill(rect.split(top: 1).top, style: appearance[.keyLabel])
    for (item, place) in zip(items, places(in: rect)) {
      let used = grid.write(item.key, x: place.rect.x, y: rect.y, style: appearance[.key])
      grid.write(
        " " + item.label, x: place.rect.x + used, y: rect.y, style: appearance[.keyLabel],
        width: place.rect.width - used)
    }
  }
}
