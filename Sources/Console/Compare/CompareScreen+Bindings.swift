import Terminal

extension CompareScreen {
  static let context = Command.Context.compare

  static let bindings: [Binding<CompareScreen>] = [
    zooming(bar: 1),
    report(bar: 3, of: { $0.comparison.folders }),
    Binding(
      "maps", ["V"], "Maps", "The maps of the runs, one after the other; b blinks", bar: 2,
      obstacle: {
        MapShelf(comparing: $0.comparison.runs) == nil ? "None of the runs has kept maps yet" : nil
      },
      does: .effects { screen in
        MapShelf(comparing: screen.comparison.runs).map { [.push(MapScreen(shelf: $0))] } ?? []
      }),
  ]

  var commonBar: [(command: Command, rank: Int)] { [(.nextPane, 0), (.export, 4), (.copy, 5)] }
}
