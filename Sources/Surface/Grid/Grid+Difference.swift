/// Neighbouring cells of a row that changed, from left to right.
public struct ChangedRun: Sendable, Hashable {
  public var x: Int
  public var y: Int
  public var cells: [Cell]
}

extension Grid {
  /// What has to be drawn over `old` so that it shows this grid; everything where the sizes differ.
  ///
  /// - Parameter joining: unchanged cells between two changed ones up to this number are sent
  ///   again, since moving the cursor over them costs more.
  public func changes(from old: Grid, joining: Int = 0) -> [ChangedRun] {
    var runs: [ChangedRun] = []
    let comparable = size == old.size
    for y in 0..<size.height {
      let row = y * size.width
      var start: Int?
      var end = 0
      for x in 0..<size.width where !comparable || cells[row + x] != old.cells[row + x] {
        if let from = start, x - end > joining {
          runs.append(ChangedRun(x: from, y: y, cells: Array(cells[row + from..<row + end])))
          start = nil
        }
        start = start ?? x
        end = x + 1
      }
      if let from = start {
        runs.append(ChangedRun(x: from, y: y, cells: Array(cells[row + from..<row + end])))
      }
    }
    return runs
  }

  /// Draws changed runs over this grid.
  public mutating func apply(_ runs: [ChangedRun]) {
    for run in runs { replace(run.cells, x: run.x, y: run.y) }
  }
}

extension [ChangedRun] {
  /// The first cells of these that cost so many bytes or a little more, by an estimate for terminals with
  /// 24-bit colours: both colours again for each cell that looks otherwise than the one before.
  public func prefix(costing bytes: Int) -> [ChangedRun] {
    var sum = 0
    var style: Style?
    for (index, run) in enumerated() {
      sum += 8
      for (place, cell) in run.cells.enumerated() {
        // A wide character is not parted from its second cell.
        if sum >= bytes, cell.width > 0 {
          let part = ChangedRun(x: run.x, y: run.y, cells: Swift.Array(run.cells[..<place]))
          return self[..<index] + (place > 0 ? [part] : [])
        }
        sum += cell.text.utf8.count + (cell.style == style ? 0 : 36)
        style = cell.style
      }
    }
    return self
  }
}
