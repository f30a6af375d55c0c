import Surface
import Terminal

/// A screen of panes, of which the one with the focus may fill it.
protocol ZoomingScreen: Screen {
  var isZoomed: Bool { get set }
}

/// The names of a screen's panes, numbered from 0 in the order in which Tab goes through them.
protocol PaneName: RawRepresentable<Int>, CaseIterable, Hashable, Sendable {}

extension PaneName {
  /// The pane that is so many further on, in a ring; at most once around, to either side.
  func moved(by step: Int) -> Self {
    let count = Self.allCases.count
    return Self(rawValue: (rawValue + step + count) % count) ?? self
  }
}

extension ZoomingScreen {
  /// Takes the zoom back; leaves the screen where there is none.
  mutating func goBack() -> [Effect] {
    guard isZoomed else { return [.pop] }
    isZoomed = false
    return []
  }

  /// The command that lets the pane with the focus fill the screen, and takes it back.
  static func zooming(bar: BarPlace<Self>) -> Binding<Self> {
    Binding(
      "zoom", ["z", .enter], "Zoom", "Pane to the whole screen and back", bar: bar,
      does: .change { $0.isZoomed.toggle() })
  }

  /// The pane with the focus as it looks when it fills the screen.
  func zoomedFrame(_ surroundings: Surroundings) -> Frame {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    var alone = self
    alone.isZoomed = true
    alone.draw(in: frame.grid.bounds, of: &frame, surroundings)
    return frame
  }
}
