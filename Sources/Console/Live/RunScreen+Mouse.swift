import Pages
import Refinement
import Surface
import Terminal

extension RunScreen {
  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    if mouse.kind == .press { dragged = nil }
    if let splitter = dragged {
      if mouse.kind == .drag { move(splitter, to: mouse, surroundings) }
      if mouse.kind == .release { dragged = nil }
      return []
    }
    if mouse.kind == .drag || mouse.kind == .release, choosing.drag != nil {
      return choose(at: focus, content: rect, with: mouse, surroundings) ?? []
    }
    switch target {
    case .pane("histogram"):
      return choose(at: focus, content: Box.content(of: rect), with: mouse, surroundings) ?? []
    case .splitter(let splitter):
      if mouse.kind == .press { dragged = splitter }
    case .row("particles", let index):
      switch mouse.kind {
      case .press: particles?.row = index
      case .wheelUp: particles?.navigate(.up)
      case .wheelDown: particles?.navigate(.down)
      default: break
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

  private mutating func move(
    _ splitter: Splitter, to mouse: MouseEvent, _ surroundings: Surroundings
  ) {
    shares = PanelShares(of: places(in: Self.body(surroundings)))
    shares.move(splitter, to: splitter.column == nil ? mouse.row : mouse.column)
  }

  /// Where the panes are on the whole screen.
  static func body(_ surroundings: Surroundings) -> Rect {
    let size = surroundings.size
    return parts(of: Rect(x: 0, y: 1, width: size.width, height: max(0, size.height - 2))).body
  }

  /// Makes the pane with the focus wider, narrower, taller or shorter by moving one of its edges.
  mutating func resize(
    isAcross: Bool, grows: Bool, _ surroundings: Surroundings
  ) {
    let places = places(in: Self.body(surroundings))
    guard let own = places.first(where: { $0.panel == focus })?.rect else { return }
    let edges = PanelShares.splitters(of: places).filter { edge in
      guard (edge.column != nil) == isAcross else { return false }
      return isAcross
        ? edge.handle.y == own.y && (edge.position == own.right || edge.position == own.x)
        : edge.position == own.bottom || edge.position == own.y
    }
    // The edge after the pane, or the one before the last pane.
    guard let edge = edges.max(by: { $0.position < $1.position }) else { return }
    let isAfter = edge.position == (isAcross ? own.right : own.bottom)
    let step = (isAcross ? 4 : 1) * (grows == isAfter ? 1 : -1)
    shares = PanelShares(of: places)
    shares.move(edge, to: edge.position + step)
  }

  private mutating func point(
    at panel: Panel, in rect: Rect, with mouse: MouseEvent, _ surroundings: Surroundings
  ) -> [Effect] {
    switch (mouse.kind, panel) {
    case (.wheelUp, .log): log.navigate(.up, count: logLines.count)
    case (.wheelDown, .log): log.navigate(.down, count: logLines.count)
    case (.wheelUp, .files): fileOffset = max(0, fileOffset - 1)
    case (.wheelDown, .files): fileOffset += 1
    case (.wheelUp, _): zoomPlot(by: 0.8, at: shell(at: mouse.column, in: rect, surroundings))
    case (.wheelDown, _): zoomPlot(by: 1.25, at: shell(at: mouse.column, in: rect, surroundings))
    case (.press, _):
      focus = panel
      if Self.choicePanels.contains(panel) {
        let content = rect.width >= 4 && rect.height >= 3 ? Box.content(of: rect) : rect
        return choose(at: panel, content: content, with: mouse, surroundings) ?? []
      }
      if panel == .fsc || panel == .noise {
        dragStart = shell(at: mouse.column, in: rect, surroundings)
        crosshair = dragStart
      }
    case (.drag, .fsc), (.drag, .noise): crosshair = shell(at: mouse.column, in: rect, surroundings)
    case (.release, .fsc), (.release, .noise):
      if let start = dragStart, let end = shell(at: mouse.column, in: rect, surroundings),
        abs(end - start) > 2
      {
        shells = min(start, end)...max(start, end)
        crosshair = nil
      }
      dragStart = nil
    case (.drag, _) where Self.choicePanels.contains(panel):
      return choiceObstacle(panel).map { [.say($0)] } ?? []
    default: break
    }
    return []
  }

  /// The shell under a column of the FSC's pane, as near as a plot's column can say.
  func shell(at column: Int, in rect: Rect, _ surroundings: Surroundings) -> Int? {
    guard let metrics, let range = shellRange else { return nil }
    let inner = rect.width >= 4 && rect.height >= 3 ? Box.content(of: rect) : rect
    let plot = fscPlot(metrics, isNarrow: inner.width < 56)
    let frequency = plot.frame(in: inner, surroundings.appearance).xValue(atColumn: column)
    guard frequency.isFinite else { return nil }
    let shell = Int((frequency / metrics.frequencyStep).rounded())
    return min(max(shell, range.lowerBound), range.upperBound)
  }

  private mutating func zoomPlot(by factor: Double, at shell: Int?) {
    guard let range = shellRange, let shell, let metrics else { return }
    let span = Double(range.upperBound - range.lowerBound) * factor
    let share =
      Double(shell - range.lowerBound) / Double(max(1, range.upperBound - range.lowerBound))
    let lower = max(1, Int((Double(shell) - share * span).rounded()))
    let upper = min(metrics.lastShell, Int((Double(shell) + (1 - share) * span).rounded()))
    shells =
      upper - lower < 4 ? range : lower == 1 && upper == metrics.lastShell ? nil : lower...upper
  }
}
