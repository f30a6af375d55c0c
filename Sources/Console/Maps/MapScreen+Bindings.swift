import Terminal

extension MapScreen {
  static let context = Command.Context.map

  static let bindings: [Binding<MapScreen>] = steps + surface + slices + regions

  private static let steps: [Binding<MapScreen>] = [
    Binding(
      "zoom", ["z", .enter], "Zoom", "Pane to the whole screen and back", bar: 1,
      does: .change { $0.isZoomed.toggle() }),
    Binding(
      "blink", ["b", " "], "Blink", "To the map that was seen before, and back",
      bar: .at(2) { $0.view.shelf.steps.count > 1 }, obstacle: { $0.oneStep },
      does: .effects { $0.blink() }),
    Binding(
      "previous-iteration", ["["], "Earlier", "To the map before, as of an iteration",
      bar: .at(3) { $0.view.shelf.steps.count > 1 }, obstacle: { $0.oneStep },
      does: .effects { $0.go { $0.go(to: $0.index - 1) } }),
    Binding(
      "next-iteration", ["]"], "Later", "To the next map, as of an iteration",
      bar: .at(4) { $0.view.shelf.steps.count > 1 }, obstacle: { $0.oneStep },
      does: .effects { $0.go { $0.go(to: $0.index + 1) } }),
    Binding(
      "map", ["w"], "Map", "The other maps: sharpened, half-maps, their difference", bar: 18,
      obstacle: { $0.unread }, does: .effects { $0.nextKind() }),
  ]

  private static let surface: [Binding<MapScreen>] = [
    Binding(
      "raise-threshold", [">", "."], "Raise", "Surface at a higher density", bar: 5,
      obstacle: { $0.unread }, does: .change { $0.view.stepLevel(1) }),
    Binding(
      "lower-threshold", ["<", ","], "Lower", "Surface at a lower density", bar: 6,
      obstacle: { $0.unread }, does: .change { $0.view.stepLevel(-1) }),
    Binding(
      "type-threshold", ["t"], "Level", "Type the level: a density, sd or kDa", bar: 7,
      obstacle: { $0.unread }, does: .effects { [$0.levelPrompt] }),
    Binding(
      "colour-by", ["c"], "Colour",
      "Colour surface and slices by local resolution, halves, region or motion",
      bar: place(surface: 8, slices: 10), obstacle: { $0.unread },
      does: .effects { $0.nextColouring() }),
    Binding(
      "outline", ["o"], "Mask", "Show the mask: veil and outline, or hide it", bar: 14,
      obstacle: { $0.noMask }, does: .change { $0.view.showsMask.toggle() }),
    hinge(bar: 15, obstacle: { $0.noHinge }, toggle: { $0.view.showsHinge.toggle() }),
    Binding(
      "clip", ["x"], "Cut", "Cut the surface open at the cross; PgUp, PgDn move it",
      bar: place(surface: 9), obstacle: { $0.unread },
      does: .effects { $0.surface.changeCut($0.view) }),
    Binding(
      "fit", ["f"], "Fit", "Fit the picture to the mask, the box, the surface",
      bar: place(surface: 10), obstacle: { $0.unread },
      does: .effects { $0.surface.changeFit($0.view) }),
    Binding(
      "view-axis", ["a"], "Axis", "See the surface along z, y, x (arrows turn it)",
      bar: place(surface: 13), obstacle: { $0.unread }, does: .change { $0.surface.nextAxis() }),
    Binding(
      "slice-forward", ["+", "="], "Nearer", "Surface larger, or one slice deeper",
      bar: place(surface: 11, slices: 8), obstacle: { $0.unread },
      does: .inSurroundings {
        $0.approach(by: 1, $1)
        return []
      }),
    Binding(
      "slice-back", ["-"], "Farther", "Surface smaller, or one slice back",
      bar: place(surface: 12, slices: 9), obstacle: { $0.unread },
      does: .inSurroundings {
        $0.approach(by: -1, $1)
        return []
      }),
  ]

  private static let slices: [Binding<MapScreen>] = [
    Binding(
      "map-projection", ["p"], "Project", "Projections in place of slices",
      bar: place(slices: 11), obstacle: { $0.unread },
      does: .change { $0.slices.showsProjections.toggle() }),
    Binding(
      "more-contrast", [")"], "Contrast", "More contrast of the slices",
      bar: place(slices: 12), obstacle: { $0.unread },
      does: .change { $0.hair.changeContrast(by: 1.25) }),
    Binding(
      "less-contrast", ["("], "Less", "Less contrast of the slices", bar: place(slices: 13),
      obstacle: { $0.unread }, does: .change { $0.hair.changeContrast(by: 1 / 1.25) }),
    coordinates(bar: 19),
    Binding(
      "box-centre", ["B"], "Box centre", "Cross to the centre of the box", bar: 20,
      obstacle: { $0.unread },
      does: .change {
        $0.slices.move(&$0.view) { $0.voxel = SIMD3(repeating: $1 / 2) }
      }),
    Binding(
      "mask-centre", ["m"], "Mask centre", "Cross to the centre of the mask",
      obstacle: { $0.noMask }, does: .change { $0.goToMaskCentre() }),
  ]

  private static let regions = regionBindings(
    next: .at(16) { $0.view.shelf.masks.count > 1 },
    previous: .at(17) { $0.view.shelf.masks.count > 1 },
    obstacle: { $0.noOtherMask },
    step: {
      $0.stepRegion(by: $1)
      return []
    })

  /// The place in the bar while keys go to the surface, or to a slice.
  private static func place(surface: Int? = nil, slices: Int? = nil) -> BarPlace<MapScreen> {
    BarPlace { $0.pane == .surface ? surface : slices }
  }

  var commonBar: [(command: Command, rank: Int)] { [(.nextPane, 0)] }

  // MARK: Obstacles

  private var oneStep: String? { view.shelf.steps.count < 2 ? "There is one map alone" : nil }
  private var noMask: String? { view.shelf.masks.isEmpty ? "There is no mask" : nil }
  private var noOtherMask: String? { view.shelf.masks.count < 2 ? "There is no other mask" : nil }

  private var noHinge: String? {
    view.shelf.hinges.contains { $0 != nil }
      ? nil : "No hinge is known: a run learns it with prior.model = learned, or of two regions"
  }
}
