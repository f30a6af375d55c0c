/// Divides rectangles among panes.
public enum Layout {
  /// What one of several neighbours needs along their direction.
  public struct Part: Sendable, Hashable {
    public var minimum: Int
    /// Share of what is left after all minima; 0 keeps the minimum.
    public var weight: Double
    public var maximum: Int

    public init(minimum: Int = 0, weight: Double = 1, maximum: Int = .max) {
      self.minimum = max(0, minimum)
      self.weight = weight.isFinite ? min(max(0, weight), 1e9) : 0
      self.maximum = max(self.minimum, maximum)
    }

    /// Exactly `size` cells.
    public static func fixed(_ size: Int) -> Part { Part(minimum: size, weight: 0) }
  }

  /// Which way neighbours follow each other.
  public enum Direction: Sendable, Hashable { case rows, columns }

  /// Divides a rectangle among neighbours.
  ///
  /// Where the minima do not fit, the last ones shrink, to nothing if need be. The parts never
  /// overlap and never leave the rectangle; they fill it unless all have a maximum or no weight.
  public static func split(
    _ rect: Rect, _ direction: Direction, _ parts: [Part], gap: Int = 0
  ) -> [Rect] {
    let extent = direction == .rows ? rect.height : rect.width
    var position = direction == .rows ? rect.y : rect.x
    let end = position + extent
    let room = max(0, extent - max(0, gap) * max(0, parts.count - 1))
    return sizes(room, parts).map { size in
      let start = min(position, end)
      let size = min(size, end - start)
      position = start + size + max(0, gap)
      return direction == .rows
        ? Rect(x: rect.x, y: start, width: rect.width, height: size)
        : Rect(x: start, y: rect.y, width: size, height: rect.height)
    }
  }

  /// The extents of parts in a room; their sum never exceeds it.
  static func sizes(_ room: Int, _ parts: [Part]) -> [Int] {
    var sizes: [Int] = []
    var left = max(0, room)
    for part in parts {
      let size = min(part.minimum, left)
      sizes.append(size)
      left -= size
    }
    // Parts that reach their maximum give back, so this ends after as many rounds as parts.
    while left > 0 {
      let open = parts.indices.filter { parts[$0].weight > 0 && sizes[$0] < parts[$0].maximum }
      let total = open.reduce(0) { $0 + parts[$1].weight }
      guard !open.isEmpty, total > 0 else { break }
      let share = left
      var sum = 0.0
      var given = 0
      for index in open {
        // Rounding the running sum and not each share leaves no cell over.
        sum += parts[index].weight
        let upTo = Int((Double(share) * sum / total).rounded())
        let growth = min(max(0, upTo - given), parts[index].maximum - sizes[index], left)
        given = upTo
        sizes[index] += growth
        left -= growth
      }
      if left == share {
        sizes[open[0]] += 1
        left -= 1
      }
    }
    return sizes
  }

  /// Divides a rectangle among `count` like panes: as many columns as make panes nearest to
  /// `aspect` columns a row, each at least `minimum`.
  ///
  /// - Returns: one rectangle for each pane that fits, row by row; fewer than `count` where not all
  ///   fit, and one at least unless the rectangle is empty. The last row's panes share its width.
  public static func panes(
    _ count: Int, in rect: Rect, minimum: Size = Size(width: 36, height: 9), aspect: Double = 3.2
  ) -> [Rect] {
    guard count > 0, !rect.isEmpty else { return [] }
    let mostColumns = max(1, rect.width / max(1, minimum.width))
    let mostRows = max(1, rect.height / max(1, minimum.height))
    let shown = min(count, mostColumns * mostRows)
    var best = (columns: 1, cost: Double.infinity)
    for columns in 1...min(mostColumns, shown) {
      let rows = (shown + columns - 1) / columns
      guard rows <= mostRows else { continue }
      let ratio = Double(rect.width) / Double(columns) / (Double(rect.height) / Double(rows))
      let distance = ratio > aspect ? ratio / aspect : aspect / ratio
      // A last row with gaps makes wide panes: not wrong, but less even.
      let cost = distance + 0.15 * Double(rows * columns - shown)
      if cost < best.cost { best = (columns, cost) }
    }
    let columns = best.cost.isFinite ? best.columns : mostColumns
    let rows = (shown + columns - 1) / columns
    let bands = split(rect, .rows, Array(repeating: Part(), count: rows))
    var result: [Rect] = []
    for (row, band) in bands.enumerated() {
      let inRow = min(columns, shown - row * columns)
      result += split(band, .columns, Array(repeating: Part(), count: inRow))
    }
    return result
  }
}
