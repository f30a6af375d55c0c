import Surface
import Terminal

extension RunScreen {
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if arrangement.drag(mouse, in: Self.body(surroundings)) { return [] }
    if mouse.kind == .drag || mouse.kind == .release, view.choosing.drag != nil {
      return choose(in: rect, with: mouse, surroundings)
    }
    switch target {
    case .pane("histogram"): return choose(in: rect, with: mouse, surroundings)
    case .splitter(let splitter):
      if mouse.kind == .press { arrangement.grab(splitter) }
    case .row("particles", let index):
      switch mouse.kind {
      case .press: particles?.row = index
      case .wheelUp: particles?.navigate(.up)
      case .wheelDown: particles?.navigate(.down)
      case .drag, .release: break
      }
    case .column(_, let column):
      if mouse.kind == .press {
        particles?.column = column
        particles?.sort()
      }
    case .pane(let name):
      guard let panel = Panel(pane: name) else { return [] }
      return point(at: panel, in: rect, with: mouse, surroundings)
    default: break
    }
    return []
  }

  /// The mouse where particles are chosen: in the histogram of their table, or in the pane with the focus.
  private mutating func choose(
    in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect] {
    let place = Self.place(in: rect, surroundings)
    guard let particles else {
      return panes[arrangement.focus].point(mouse, in: place, &view) ?? []
    }
    let plots = particles.choicePlots(view, in: place.inner)
    let isChanged = view.choosing.point(mouse, in: plots, place.look)
    return isChanged == true ? view.countChoice() : []
  }

  private mutating func point(
    at panel: Panel, in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect] {
    let place = Self.place(in: rect, surroundings)
    if mouse.kind == .press { arrangement.focus(on: panel) }
    if let effects = panes[panel].point(mouse, in: place, &view) { return effects }
    // The wheel zooms all plots over frequencies, wherever it is turned.
    if mouse.kind == .wheelUp || mouse.kind == .wheelDown {
      let shell = FSCPane.shell(at: mouse.column, in: place, view)
      view.axis.zoom(by: mouse.kind == .wheelUp ? 0.8 : 1.25, at: shell, view.metrics)
    }
    return []
  }

  /// What is inside of a pane's frame.
  private static func place(in rect: Rect, _ surroundings: Surroundings) -> PaneRect {
    PaneRect(
      inner: rect.width >= 4 && rect.height >= 3 ? Box.content(of: rect) : rect,
      look: surroundings.appearance, timeZoneOffset: surroundings.timeZoneOffset)
  }

  /// Where the panes are on the whole screen.
  static func body(_ surroundings: Surroundings) -> Rect {
    let size = surroundings.size
    return parts(of: Rect(x: 0, y: 1, width: size.width, height: max(0, size.height - 2))).body
  }
}
