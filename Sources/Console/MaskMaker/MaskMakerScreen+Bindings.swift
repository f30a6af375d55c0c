import Terminal

extension MaskMakerScreen {
  static let context = Command.Context.maker

  static let bindings: [Binding<MaskMakerScreen>] =
    crossHairBindings() + cutting + painting + finishing

  private static let cutting: [Binding<MaskMakerScreen>] = [
    Binding(
      "outline", ["o"], "Outline", "Show or hide the mask's outline",
      does: .change { $0.showsOutline.toggle() }),
    Binding(
      "raise-threshold", [">", "."], "Raise", "Cut the map at a higher density", bar: 0,
      obstacle: { $0.notFiltered }, does: .effects { $0.cut(at: $0.sketch.threshold + $0.step) }),
    Binding(
      "lower-threshold", ["<", ","], "Lower", "Cut the map at a lower density", bar: 1,
      obstacle: { $0.notFiltered }, does: .effects { $0.cut(at: $0.sketch.threshold - $0.step) }),
    Binding(
      "type-threshold", ["t"], "Threshold", "Type the density to cut at", bar: 9,
      obstacle: { $0.notFiltered }, does: .effects { [$0.prompt(.threshold)] }),
    Binding(
      "automatic-threshold", ["a"], "Automatic",
      "Cut by the noise outside, at 1% false discoveries", bar: 13,
      obstacle: { $0.notFiltered },
      does: .effects { $0.cut(at: $0.filtered?.automatic ?? $0.sketch.threshold) }),
    Binding(
      "filter-map", ["f"], "Low-pass", "Filter of the map before it is cut, in Å",
      does: .effects { [$0.prompt(.lowPass)] }),
    Binding(
      "pick-piece", ["p", " "], "Pick", "Keep the piece under the cross, or no longer", bar: 2,
      obstacle: { $0.noPieces }, does: .effects { $0.pick() }),
    Binding(
      "next-piece", ["n"], "Next piece", "Cross to the next smaller piece", bar: 3,
      obstacle: { $0.noPieces }, does: .effects { $0.goToNextPiece() }),
    Binding(
      "all-pieces", ["A"], "All", "Keep all pieces, or the largest",
      does: .effects { $0.toggleAllPieces() }),
  ]

  private static let painting: [Binding<MaskMakerScreen>] = [
    Binding(
      "paint-sphere", ["s"], "Sphere", "Add a sphere at the cross", bar: 4,
      does: .effects { $0.paint(adds: true) }),
    Binding(
      "erase-sphere", ["x"], "Erase", "Take a sphere at the cross away", bar: 10,
      does: .effects { $0.paint(adds: false) }),
    Binding(
      "sphere-radius", ["r"], "Radius", "Radius of the next sphere, in Å", bar: 11,
      does: .effects { [$0.prompt(.radius)] }),
    Binding(
      "undo", ["u"], "Undo", "Take the last change back", bar: 14,
      obstacle: { $0.history.isEmpty ? "There is nothing to undo" : nil },
      does: .effects { $0.undo() }),
  ]

  private static let finishing: [Binding<MaskMakerScreen>] = [
    Binding(
      "grow-mask", ["g"], "Grow", "How far the region is grown, in Å", bar: 12,
      does: .effects { [$0.prompt(.extend)] }),
    Binding(
      "edge-width", ["w"], "Edge", "Width of the soft edge, in Å", bar: 8,
      does: .effects { [$0.prompt(.edge)] }),
    Binding(
      "preview-mask", ["v"], "Preview", "See the map inside the soft mask", bar: 5,
      obstacle: { $0.noPieces },
      does: .effects {
        $0.showsPreview.toggle()
        return $0.following()
      }),
    Binding(
      "save", ["S"], "Save", "Save the mask", bar: 7, obstacle: { $0.noPieces },
      does: .effects { [$0.savePrompt(isUsed: false)] }),
    Binding(
      "use-mask", [.enter], "Use", "Save the mask and use it in the form", bar: 6,
      obstacle: { $0.noPieces }, does: .effects { [$0.savePrompt(isUsed: true)] }),
  ]

  private var notFiltered: String? { filtered == nil ? "The map is being filtered" : nil }

  private var noPieces: String? {
    if let notFiltered { return notFiltered }
    if isSaving { return "The mask is being saved" }
    return currentPieces == nil ? "The pieces are being found" : nil
  }
}
