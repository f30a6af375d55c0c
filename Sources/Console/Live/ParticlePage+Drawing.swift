import Ground
import Surface

extension ParticlePage {
  /// The table of particles, with the histogram of the column under the cursor.
  ///
  /// - Parameter chosen: of the particles.
  func draw(chosen: RangeChoice, in rect: Rect, of frame: inout Frame) {
    guard let table else {
      frame.write("Reading the particles …", x: rect.x + 2, y: rect.y + 1, .dim)
      return
    }
    if !table.problem.isEmpty {
      frame.write(table.problem, x: rect.x + 2, y: rect.y + 1, .warning, width: rect.width - 2)
      return
    }
    let histogramRows = rect.height >= 16 ? 7 : 0
    let (upper, lower) = rect.split(bottom: histogramRows)
    let (head, body) = upper.split(top: 1)
    let filter = condition.isEmpty ? "" : " with \(condition)"
    frame.write(
      " Particles of iteration \(table.iteration): \(Format.count(order.count)) of "
        + "\(Format.count(table.count))\(filter)" + (table.note.isEmpty ? "" : "; \(table.note)"),
      x: head.x, y: head.y, .title, width: head.width)
    drawRows(of: table, in: body, of: &frame)
    guard histogramRows > 0, table.columns.indices.contains(column) else { return }
    let inner = frame.box(lower, Box(title: "Histogram of \(table.columns[column].name)"))
    frame.mark(lower, .pane("histogram"))
    if let plot = histogram(chosen: chosen) { frame.draw(plot, in: inner) }
  }

  private func drawRows(of table: ParticleTable, in rect: Rect, of frame: inout Frame) {
    let columns =
      [Table.Column("#", width: 8, alignment: .right)]
      + table.columns.enumerated().map { index, column in
        Table.Column(
          column.name, width: max(9, column.name.columns + 1), alignment: .right,
          priority: index == self.column ? 0 : index + 1)
      }
    frame.table(
      Table(
        columns: columns, rowCount: order.count, selected: row,
        sort: sorting.map { ($0.column + 1, !$0.descending) }, emptyText: "No particle passes."
      ) { row in
        let particle = order[row]
        return [Table.Entry(Format.count(particle + 1), .dim)]
          + table.columns.enumerated().map { index, column in
            Table.Entry(
              Format.fixed(column.values[particle], column.decimals),
              index == self.column ? .accent : .text)
          }
      }, in: rect, pane: "particles")
  }

  /// All rows in their order.
  var numbers: [[String]]? {
    guard let table else { return nil }
    return [["particle"] + table.columns.map(\.name)]
      + order.map { row in
        ["\(row + 1)"] + table.columns.map { Format.fixed($0.values[row], 4) }
      }
  }

  // MARK: Choosing

  /// Why no particles can be chosen by the column with the cursor; nil where they can.
  func choiceObstacle(_ view: RunView) -> String? {
    guard view.snapshot?.status == .finished else { return view.choiceObstacle }
    return table?.iteration == view.finalPoses
      ? chosenAxis == nil ? "No expression knows this column" : nil
      : "Particles are chosen by their final poses: leave the table, f, then t"
  }

  /// The histogram of the column in the rectangle of its content.
  func choicePlots(_ view: RunView, in rect: Rect) -> [ChoicePlot] {
    guard choiceObstacle(view) == nil, let axis = chosenAxis,
      let plot = histogram(chosen: view.choosing.ranges)
    else { return [] }
    return [ChoicePlot(axes: [axis], rect: rect, kind: .histogram(plot))]
  }
}
