import Ground
import Surface

extension MapScreen {
  func draw(in rect: Rect, of frame: inout Frame, _ surroundings: Surroundings) {
    guard let shown = view.shown, let density = view.density else {
      let problem = view.cache.problem(of: view.steps.wanted?.request)
      frame.write(
        problem?.what ?? "Reading the map …", x: rect.x + 2, y: rect.y + 1,
        problem == nil ? .dim : .bad, width: rect.width - 2)
      frame.write(problem?.whatToDo ?? "", x: rect.x + 2, y: rect.y + 2, width: rect.width - 2)
      return
    }
    let lines = view.facts(shown, density, hair, columns: rect.width)
    let rows = min(
      lines.count, rect.height >= 18 ? 5 : rect.height >= 16 ? 4 : rect.height >= 10 ? 2 : 1)
    let (upper, lower) = rect.split(bottom: rows)
    for (pane, place) in places(in: upper) {
      if let plane = pane.plane {
        slices.draw(
          plane, shown, of: view, in: place, isFocused: pane == self.pane, into: &frame)
      } else {
        surface.draw(
          view, in: place, isFocused: self.pane == .surface && !isZoomed, into: &frame,
          surroundings)
      }
    }
    frame.lines(Array(lines.prefix(rows)), in: lower.inset(columns: 1, rows: 0))
    if rows >= 2 { view.drawLegend(in: lower, into: &frame) }
  }

  /// The panes that are seen, with their places.
  private func places(in rect: Rect) -> [(pane: Pane, rect: Rect)] {
    if isZoomed { return [(pane, rect)] }
    if rect.width >= 100, rect.height >= 26 {
      let columns = Layout.split(rect, .columns, [.init(), .init()])
      let places = columns.flatMap { Layout.split($0, .rows, [.init(), .init()]) }
      // The surface at the upper left, the slices around it.
      return Array(zip([.surface, .second, .first, .third], places))
    }
    if pane == .surface { return [(pane, rect)] }
    if rect.width < 60 { return [(pane, rect)] }
    let slices: [Pane] = [.first, .second, .third]
    return Array(
      zip(slices, Layout.split(rect, .columns, Array(repeating: .init(), count: 3))))
  }

  func exported(_ surroundings: Surroundings) -> Export {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    draw(in: frame.grid.bounds, of: &frame, surroundings)
    var table: [[String]]?
    if let shown = view.shown, let density = view.density {
      table =
        [["fact", "text"]]
        + view.facts(shown, density, hair, columns: 200).map { line in
          [line.text.prefix(11).description.trimmed, line.text.dropFirst(11).description]
        }
    }
    return Export(name: title, grid: frame.grid, table: table)
  }
}
