import Surface
import Terminal

/// The complex as it moves along the mode.
struct ModeSurfacePane: ModesPane {
  static let title = "Motion"

  func draw(_ place: ModesPlace, of view: ModesView, into frame: inout Frame) {
    guard let maps = view.complex.maps else {
      say("No maps of the regions.", place, into: &frame)
      return
    }
    var moment = maps.view
    moment.steps.index = view.complex.step(place.surroundings)
    guard moment.shown != nil else {
      say("Composing …", place, into: &frame)
      return
    }
    let rect = place.rect
    maps.surface.draw(
      moment, in: rect, isFocused: place.isFocused, into: &frame, place.surroundings)
    guard frame.look.colours >= .c256, moment.colouring == .regions, rect.width > 40 else { return }
    var x = rect.x + 2
    for (index, name) in moment.shelf.regions.enumerated() {
      x += frame.write(
        " \(frame.look.glyph("■", "#")) \(name) ", x: x, y: rect.y + 1, .series(index),
        width: max(0, rect.right - 1 - x))
    }
  }

  /// What stands in its place while there is nothing to see.
  private func say(_ text: String, _ place: ModesPlace, into frame: inout Frame) {
    let inner = frame.box(place.rect, Box(title: Self.title, isFocused: place.isFocused))
    frame.write(text, x: inner.x + 1, y: inner.y, .dim, width: inner.width)
  }

  mutating func point(
    at target: Frame.Target, in rect: Rect, with mouse: MouseEvent, _ view: inout ModesView,
    _ surroundings: inout Surroundings
  ) -> [Effect] {
    guard case .row = target else { return [] }
    return view.complex.maps?.point(at: target, in: rect, with: mouse, &surroundings) ?? []
  }

  // MARK: Commands

  static let bindings: [Binding<ModesScreen>] = [
    Binding(
      "maps", ["V"], "Maps", "The maps along the mode, with slices", bar: 12,
      obstacle: { $0.view.noPicture },
      does: .effects { screen in
        screen.view.complex.maps.map { [.push($0)] + $0.reading } ?? []
      }),
    Binding(
      "colour-by", ["c"], "Colour", "Colour the surface by region, or in one colour", bar: 10,
      obstacle: { $0.view.noPicture },
      does: .change { $0.view.complex.toggleColouring() }),
    ofSurface("raise-threshold", [">", "."], "Raise", "Surface at a higher density", bar: 7) {
      maps, _ in maps.view.stepLevel(1)
    },
    ofSurface("lower-threshold", ["<", ","], "Lower", "Surface at a lower density", bar: 8) {
      maps, _ in maps.view.stepLevel(-1)
    },
    ofSurface("slice-forward", ["+", "="], "Nearer", "Surface larger", bar: 4) {
      $0.approach(by: 1, $1)
    },
    ofSurface("slice-back", ["-"], "Farther", "Surface smaller", bar: 5) {
      $0.approach(by: -1, $1)
    },
    ofSurface("view-axis", ["a"], "Axis", "See it along z, y, x (arrows turn it)", bar: 6) {
      maps, _ in maps.surface.nextAxis()
    },
  ]

  /// A command of the complex's surface, shown where that has the focus, or the axes, which turn with it.
  private static func ofSurface(
    _ command: Command, _ keys: [Key], _ label: String, _ help: String, bar rank: Int,
    change: @escaping @Sendable (inout MapScreen, Surroundings) -> Void
  ) -> Binding<ModesScreen> {
    Binding(
      command, keys, label, help, bar: .at(rank) { $0.focus == .surface || $0.focus == .axes },
      obstacle: { $0.view.noPicture },
      does: .inSurroundings { screen, surroundings in
        guard var maps = screen.view.complex.maps else { return [] }
        maps.pane = .surface
        change(&maps, surroundings)
        screen.view.complex.maps = maps
        return []
      })
  }
}
