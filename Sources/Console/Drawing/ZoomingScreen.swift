import Surface

/// A screen of panes, of which the one with the focus may fill it.
protocol ZoomingScreen: Screen {
  var isZoomed: Bool { get set }
}

extension ZoomingScreen {
  /// The pane with the focus as it looks when it fills the screen.
  func zoomedFrame(_ surroundings: Surroundings) -> Frame {
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    var alone = self
    alone.isZoomed = true
    alone.draw(in: frame.grid.bounds, of: &frame, surroundings)
    return frame
  }
}
