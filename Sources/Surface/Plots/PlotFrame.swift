/// Where a plot's data, axes and labels go in a rectangle, and which value stands where.
public struct PlotFrame: Sendable {
  /// A line across the plot with a label on the vertical axis.
  public struct Threshold: Sendable, Hashable {
    public var value: Double
    public var label: String

    /// - Parameter label: on the axis; without it the value.
    public init(_ value: Double, label: String? = nil) {
      self.value = value
      self.label = label ?? NumberText.short(value)
    }
  }

  /// The cells of the data.
  public let area: Rect
  /// The row above for a legend or a read-out; empty where there is no room.
  let header: Rect
  let gutter: Rect
  let x: AxisMapping
  let y: AxisMapping
  private let axes: (x: PlotAxis, y: PlotAxis)
  private let marker: Marker
  private let hasAxisLine: Bool
  private let labelRows: Int
  private let yLabels: [(row: Int, text: String, isThreshold: Bool)]

  init(
    rect: Rect, x xAxis: PlotAxis, y yAxis: PlotAxis, xMapping: AxisMapping,
    yMapping: AxisMapping, thresholds: [Threshold] = [], marker: Marker, wantsHeader: Bool
  ) {
    axes = (xAxis, yAxis)
    x = xMapping
    y = yMapping
    self.marker = marker
    let parts = rect.split(top: wantsHeader && rect.height >= 6 ? 1 : 0)
    header = parts.top
    let height = parts.rest.height
    hasAxisLine = height >= 8
    labelRows = height < 4 ? 0 : height >= 10 && xAxis.isSpatialFrequency ? 2 : 1
    let body = parts.rest.split(bottom: labelRows + (hasAxisLine ? 1 : 0)).rest
    let rows = body.height * marker.dots.rows
    yLabels = PlotFrame.yLabels(yMapping, thresholds, rows: body.height, dots: rows, marker: marker)
    let labelWidth = yLabels.map(\.text.columns).max() ?? 0
    let hasGutter = rect.width >= 16 && labelWidth + 1 <= rect.width / 3 && labelRows > 0
    let columns = body.split(left: hasGutter ? labelWidth + 1 : 0)
    gutter = columns.left
    area = columns.rest
  }

  /// A frame without axes.
  init(unlabelled parts: (top: Rect, rest: Rect), _ xMapping: AxisMapping, _ yMapping: AxisMapping)
  {
    axes = (PlotAxis(), PlotAxis())
    x = xMapping
    y = yMapping
    marker = .dot
    header = parts.top
    gutter = .empty
    area = parts.rest
    hasAxisLine = false
    labelRows = 0
    yLabels = []
  }

  /// Labels of the vertical axis: thresholds first, then round values, one a row, one row apart.
  private static func yLabels(
    _ mapping: AxisMapping, _ thresholds: [Threshold], rows: Int, dots: Int, marker: Marker
  ) -> [(row: Int, text: String, isThreshold: Bool)] {
    guard rows > 0 else { return [] }
    func row(_ value: Double) -> Int? {
      let share = mapping.share(of: value)
      guard share > -1e-9, share < 1 + 1e-9 else { return nil }
      return Int(((1 - share) * Double(dots - 1)).rounded()) / marker.dots.rows
    }
    var result: [(row: Int, text: String, isThreshold: Bool)] = []
    for threshold in thresholds {
      guard let row = row(threshold.value), !result.contains(where: { $0.row == row }) else {
        continue
      }
      result.append((row, threshold.label, true))
    }
    let ticks = mapping.ticks(max(2, min(rows / 2, 8)))
    let step = ticks.count > 1 ? ticks[1] - ticks[0] : abs(ticks.first ?? 1)
    // The ends say most about a plot, so they are placed before those between.
    let order = ticks.indices.sorted {
      min($0, ticks.count - 1 - $0) < min($1, ticks.count - 1 - $1)
    }
    for index in order {
      guard let row = row(ticks[index]) else { continue }
      // Round values that are a row away from a threshold say nothing new; the ends do.
      let isEnd = index == 0 || index == ticks.count - 1
      let near = thresholds.isEmpty ? 0 : isEnd ? 1 : 2
      if result.contains(where: { abs($0.row - row) <= ($0.isThreshold ? near : 0) }) { continue }
      let label =
        mapping.scale == .logarithmic
        ? NumberText.short(ticks[index]) : AxisMapping.label(ticks[index], step: step)
      result.append((row, label, false))
    }
    if result.count < 2 && rows > 1 {
      for (row, value) in [(0, mapping.upper), (rows - 1, mapping.lower)]
      where !result.contains(where: { abs($0.row - row) < 2 }) {
        result.append((row, NumberText.short(value), false))
      }
    }
    return result
  }

  /// The column of the data in which a value stands, nil outside.
  public func column(of value: Double) -> Int? {
    let share = x.share(of: value)
    guard area.width > 0, share > -1e-9, share < 1 + 1e-9 else { return nil }
    let dots = area.width * marker.dots.columns
    return area.x
      + min(area.width - 1, Int((share * Double(dots - 1)).rounded()) / marker.dots.columns)
  }

  /// The row of the data in which a value stands, nil outside.
  public func row(of value: Double) -> Int? {
    let share = y.share(of: value)
    guard area.height > 0, share > -1e-9, share < 1 + 1e-9 else { return nil }
    let dots = area.height * marker.dots.rows
    return area.y
      + min(area.height - 1, Int(((1 - share) * Double(dots - 1)).rounded()) / marker.dots.rows)
  }

  /// The value in the middle of a column, as for the mouse; ends where the axis ends.
  public func xValue(atColumn column: Int) -> Double {
    let dots = area.width * marker.dots.columns
    guard dots > 1 else { return x.lower }
    let dot = Double((column - area.x) * marker.dots.columns) + Double(marker.dots.columns - 1) / 2
    return x.value(at: min(max(dot / Double(dots - 1), 0), 1))
  }

  /// The value in the middle of a row.
  public func yValue(atRow row: Int) -> Double {
    let dots = area.height * marker.dots.rows
    guard dots > 1 else { return y.lower }
    let dot = Double((row - area.y) * marker.dots.rows) + Double(marker.dots.rows - 1) / 2
    return y.value(at: min(max(1 - dot / Double(dots - 1), 0), 1))
  }

  /// Where a point is on a canvas over the data.
  func dot(_ xValue: Double, _ yValue: Double) -> (x: Double, y: Double) {
    (
      x.share(of: xValue) * Double(area.width * marker.dots.columns - 1),
      (1 - y.share(of: yValue)) * Double(area.height * marker.dots.rows - 1)
    )
  }

  func drawAxes(of grid: inout Grid, _ appearance: Appearance) {
    let style = appearance[.axis]
    if gutter.width > 0 {
      for row in area.y..<area.bottom {
        grid.put(appearance.glyph("│", "|"), x: area.x - 1, y: row, style: style)
      }
      for label in yLabels {
        grid.write(
          label.text, x: gutter.x, y: area.y + label.row,
          style: label.isThreshold ? appearance[.threshold].adding(.bold) : style,
          width: gutter.width - 1, alignment: .right)
        grid.put(
          appearance.glyph("┤", "+"), x: area.x - 1, y: area.y + label.row, style: style)
      }
    }
    guard labelRows > 0, area.width > 0 else { return }
    let ticks = horizontalTicks()
    if hasAxisLine {
      for column in area.x..<area.right {
        grid.put(appearance.glyph("─", "-"), x: column, y: area.bottom, style: style)
      }
      if gutter.width > 0 {
        grid.put(appearance.glyph("└", "+"), x: area.x - 1, y: area.bottom, style: style)
      }
      for tick in ticks {
        grid.put(appearance.glyph("┴", "+"), x: tick.column, y: area.bottom, style: style)
      }
    }
    let first = area.bottom + (hasAxisLine ? 1 : 0)
    let titles = labelRows == 2 ? ["1/Å", "Å"] : [axes.x.isSpatialFrequency ? "Å" : axes.x.title]
    for row in 0..<labelRows {
      var end = area.x
      for tick in ticks {
        let text = tick.labels[row]
        grid.write(text, x: tick.starts[row], y: first + row, style: style)
        end = max(end, tick.starts[row] + text.columns)
      }
      drawTitle(titles[row], row: first + row, after: end, of: &grid, appearance)
    }
  }

  /// A unit fits below the vertical axis' labels; a longer title where the labels end.
  private func drawTitle(
    _ title: String, row: Int, after end: Int, of grid: inout Grid, _ appearance: Appearance
  ) {
    let style = appearance[.dim]
    if title.columns < gutter.width {
      grid.write(
        title, x: gutter.x, y: row, style: style, width: gutter.width - 1, alignment: .right)
    } else if end + 1 + title.columns <= area.right {
      grid.write(title, x: area.right - title.columns, y: row, style: style)
    }
  }

  private struct Tick {
    var column: Int
    var labels: [String]
    var starts: [Int]
  }

  /// As many round values as have labels that stay a blank or two apart.
  private func horizontalTicks() -> [Tick] {
    var count = max(1, area.width / 5)
    while count > 1 {
      if let ticks = horizontalTicks(count) { return ticks }
      count -= 1
    }
    return horizontalTicks(1) ?? []
  }

  /// Resolutions in as few digits, from two on, as tell them apart.
  private func resolutionLabels(_ values: [Double]) -> [String] {
    var labels: [String] = []
    for digits in 2...5 {
      labels = values.map { AxisMapping.resolutionLabel($0, digits: digits) }
      if Set(labels).count == labels.count { break }
    }
    return labels
  }

  private func horizontalTicks(_ count: Int) -> [Tick]? {
    let values = x.ticks(count)
    let step = values.count > 1 ? values[1] - values[0] : abs(values.first ?? 1)
    var ends = Array(repeating: area.x - 2, count: labelRows)
    var result: [Tick] = []
    let resolutions = resolutionLabels(values)
    for (index, value) in values.enumerated() {
      guard let column = column(of: value) else { continue }
      let plain =
        x.scale == .logarithmic ? NumberText.short(value) : AxisMapping.label(value, step: step)
      let labels =
        axes.x.isSpatialFrequency
        ? [plain, resolutions[index]].suffix(labelRows) : [plain]
      var starts: [Int] = []
      for (row, label) in labels.enumerated() {
        let width = label.columns
        if width > area.width { return count == 1 ? [] : nil }
        let start = min(max(column - width / 2, area.x), area.right - width)
        if start < ends[row] + 2 { return nil }
        starts.append(start)
        ends[row] = start + width
      }
      result.append(Tick(column: column, labels: Array(labels), starts: starts))
    }
    return result
  }
}
