import Terminal

extension ModesScreen {
  static let context = Command.Context.modes

  static let bindings: [Binding<ModesScreen>] =
    playing + ModeHistogramPane.bindings + ModeSurfacePane.bindings

  private static let playing: [Binding<ModesScreen>] = [
    Binding(
      "play", [" "], "Play", "Let the complex move along the mode, or hold it", bar: 1,
      otherLabel: { $0.view.complex.isPlaying ? "Hold" : nil }, obstacle: { $0.view.noPicture },
      does: .inSurroundings {
        $0.view.complex.play($1)
        return []
      }),
    Binding(
      "previous-iteration", ["["], "Back", "A step back along the mode", bar: 2,
      obstacle: { $0.view.noPicture },
      does: .inSurroundings { $0.view.complex.step(by: -1, $1) }),
    Binding(
      "next-iteration", ["]"], "On", "A step on along the mode", bar: 3,
      obstacle: { $0.view.noPicture },
      does: .inSurroundings { $0.view.complex.step(by: 1, $1) }),
    Binding(
      "exaggerate", ["x"], "Exaggerate", "Move 2, 4 or 8 standard deviations to either side",
      bar: 9, obstacle: { $0.view.noPicture }, does: .effects { $0.exaggerate() }),
    zooming(bar: 11),
  ]

  var commonBar: [(command: Command, rank: Int)] { [(.nextPane, 0), (.export, 14)] }
}
