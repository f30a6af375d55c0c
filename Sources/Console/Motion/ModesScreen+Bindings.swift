import Terminal

extension ModesScreen {
  static let context = Command.Context.modes

  static let bindings: [Binding<ModesScreen>] = playing + choosing + surface

  private static let playing: [Binding<ModesScreen>] = [
    Binding(
      "play", [" "], "Play", "Let the complex move along the mode, or hold it", bar: 1,
      otherLabel: { $0.playing == nil ? nil : "Hold" }, obstacle: { $0.noMode ?? $0.noMaps },
      does: .inSurroundings {
        $0.play($1)
        return []
      }),
    Binding(
      "previous-iteration", ["["], "Back", "A step back along the mode", bar: 2,
      obstacle: { $0.noMode ?? $0.noMaps }, does: .inSurroundings { $0.step(by: -1, $1) }),
    Binding(
      "next-iteration", ["]"], "On", "A step on along the mode", bar: 3,
      obstacle: { $0.noMode ?? $0.noMaps }, does: .inSurroundings { $0.step(by: 1, $1) }),
    Binding(
      "exaggerate", ["x"], "Exaggerate", "Move 2, 4 or 8 standard deviations to either side",
      bar: 9, obstacle: { $0.noMode ?? $0.noMaps }, does: .effects { $0.exaggerate() }),
    zooming(bar: 11),
  ]

  private static let choosing: [Binding<ModesScreen>] = [
    Binding(
      "range-from", ["("], "From", "Keep particles from the cursor of the histogram on",
      bar: .at(4) { $0.focus == .histogram }, obstacle: { $0.noMode },
      does: .effects { $0.setLower() }),
    Binding(
      "range-to", [")"], "To", "Keep particles up to the cursor of the histogram",
      bar: .at(5) { $0.focus == .histogram }, obstacle: { $0.noMode },
      does: .effects { $0.setUpper() }),
    Binding(
      "select", ["W"], "Keep", "Write the particles of the range, or of an expression",
      bar: BarPlace { $0.focus == .histogram ? 6 : 13 }, obstacle: { $0.noMode },
      does: .effects {
        [.popUp($0.choice.prompt($0.expression ?? "mode\($0.mode + 1) > 1"))]
      }),
  ]

  private static let surface: [Binding<ModesScreen>] = [
    Binding(
      "maps", ["V"], "Maps", "The maps along the mode, with slices", bar: 12,
      obstacle: { $0.noMode ?? $0.noMaps },
      does: .effects { screen in screen.maps.map { [.push($0)] + $0.refreshed } ?? [] }),
    Binding(
      "colour-by", ["c"], "Colour", "Colour the surface by region, or in one colour", bar: 10,
      obstacle: { $0.noMode ?? $0.noMaps },
      does: .change { $0.toggleColouring() }),
    ofSurface("raise-threshold", [">", "."], "Raise", "Surface at a higher density", bar: 7) {
      maps, _ in maps.stepLevel(1)
    },
    ofSurface("lower-threshold", ["<", ","], "Lower", "Surface at a lower density", bar: 8) {
      maps, _ in maps.stepLevel(-1)
    },
    ofSurface("slice-forward", ["+", "="], "Nearer", "Surface larger", bar: 4) {
      $0.approach(by: 1, $1)
    },
    ofSurface("slice-back", ["-"], "Farther", "Surface smaller", bar: 5) {
      $0.approach(by: -1, $1)
    },
    ofSurface("view-axis", ["a"], "Axis", "See it along z, y, x (arrows turn it)", bar: 6) {
      maps, _ in maps.nextAxis()
    },
  ]

  /// A command of the complex's surface, shown where that has the focus.
  private static func ofSurface(
    _ command: Command, _ keys: [Key], _ label: String, _ help: String, bar rank: Int,
    change: @escaping @Sendable (inout MapScreen, Surroundings) -> Void
  ) -> Binding<ModesScreen> {
    Binding(
      command, keys, label, help, bar: .at(rank) { $0.focus == .surface || $0.focus == .axes },
      obstacle: { $0.noMode ?? $0.noMaps },
      does: .inSurroundings { screen, surroundings in
        guard var maps = screen.maps else { return [] }
        maps.pane = .surface
        change(&maps, surroundings)
        screen.maps = maps
        return []
      })
  }

  var commonBar: [(command: Command, rank: Int)] { [(.nextPane, 0), (.export, 14)] }

  // MARK: Obstacles

  /// Why there is no mode to look at.
  var noMode: String? {
    guard let motion else { return "The motion is being read" }
    if let problem = motion.problem { return problem.what }
    return modes.isEmpty
      ? "There is no mode: what moves is no more than the poses' noise" : nil
  }

  /// Why there is nothing to see of it.
  var noMaps: String? { maps == nil ? "The maps of the regions are not there" : nil }
}
