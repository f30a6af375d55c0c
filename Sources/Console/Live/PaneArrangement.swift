import Surface
import Terminal

/// The panes of a run on the screen: which are on, which has the focus, and the room of each.
struct PaneArrangement: Sendable {
  /// Those that are on, and the one that keys go to.
  private(set) var panels = Panel.sets[0].panels
  private(set) var focus = Panel.fsc
  var isZoomed = false
  /// What was made of the sizes, and the edge that is being dragged.
  private var shares = PanelShares()
  private(set) var dragged: Splitter?
  /// Markers of panes that are plotted otherwise than the rest.
  private(set) var markers: [Panel: Marker] = [:]

  /// Those that are on, in the order of their keys.
  var shown: [Panel] { Panel.allCases.filter(panels.contains) }

  /// The panes that are seen, with their places.
  func places(in body: Rect) -> [PanelLayout.Place] {
    isZoomed
      ? [(panel: focus, rect: body)]
      : PanelLayout.places(of: shown, focus: focus, in: body, shares: shares)
  }

  // MARK: What is seen

  mutating func focus(on panel: Panel) {
    panels.insert(panel)
    focus = panel
  }

  /// Shows a pane, or hides it.
  mutating func toggle(_ panel: Panel) {
    // While a pane fills the screen its number changes to another one.
    guard !isZoomed, panels.contains(panel) else { return focus(on: panel) }
    if panels.count > 1 { panels.remove(panel) }
    if focus == panel { focus = shown.first { $0.rawValue > panel.rawValue } ?? shown[0] }
  }

  mutating func moveFocus(by step: Int) {
    let list = shown
    guard let index = list.firstIndex(of: focus) else {
      focus = list.first ?? .fsc
      return
    }
    focus = list[(index + step + list.count) % list.count]
  }

  /// To the next set of panes that suits a question.
  ///
  /// - Returns: what it is called.
  mutating func nextSet() -> String {
    let all = Panel.sets
    let index = all.firstIndex { $0.panels == panels } ?? all.count - 1
    let next = all[(index + 1) % all.count]
    panels = next.panels
    isZoomed = false
    shares = PanelShares()
    if !panels.contains(focus) { focus = shown[0] }
    return next.title
  }

  /// Plots the pane with the focus with the next marker.
  mutating func nextMarker(_ look: Appearance) -> Marker {
    let marker = (markers[focus] ?? look.marker).next(at: look.glyphs)
    markers[focus] = marker == look.marker ? nil : marker
    return marker
  }

  // MARK: Sizes

  /// Makes the pane with the focus wider, narrower, taller or shorter by moving one of its edges.
  mutating func resize(isAcross: Bool, grows: Bool, in body: Rect) {
    let places = places(in: body)
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

  /// Begins to drag an edge.
  mutating func grab(_ splitter: Splitter) { dragged = splitter }

  /// What the mouse does while an edge is dragged.
  ///
  /// - Returns: whether one is.
  mutating func drag(_ mouse: MouseEvent, in body: Rect) -> Bool {
    if mouse.kind == .press { dragged = nil }
    guard let dragged else { return false }
    if mouse.kind == .drag {
      shares = PanelShares(of: places(in: body))
      shares.move(dragged, to: dragged.column == nil ? mouse.row : mouse.column)
    }
    if mouse.kind == .release { self.dragged = nil }
    return true
  }
}
