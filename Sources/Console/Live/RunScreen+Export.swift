import Surface

extension RunScreen {
  /// The pane with the focus, or the table of particles: as it looks when it fills the screen, and its
  /// numbers.
  func exported(_ surroundings: Surroundings) -> Export {
    let frame = zoomedFrame(surroundings)
    if let particles {
      return Export(
        name: "\(title) Particles", grid: frame.grid, table: particles.numbers, figure: frame.sheet)
    }
    return Export(
      name: "\(title) \(arrangement.focus.title)", grid: frame.grid, table: pane.table(view),
      text: pane.copyText(view), figure: frame.sheet)
  }
}
