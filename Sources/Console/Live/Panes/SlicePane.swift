import Refinement
import Runs
import Surface
import Terminal

/// Slices of the maps with the mask's outline, or projections of them.
struct SlicePane: RunPane {
  static let words = PaneWords(
    title: "Slices", short: "Slices", label: "Slices", contents: "slices of the maps")

  static let bindings: [Binding<RunScreen>] = [
    Binding(
      "map", ["w"], "Map", "Slices of the other map or half-map",
      bar: RunScreen.place(23, in: .slices),
      does: .inSurroundings {
        $0.panes.slices.source = $0.panes.slices.source.next
        return $0.slicesIfNeeded($1)
      }),
    Binding(
      "plane", ["a"], "Axis", "Slices along the other axis (Up and Down step through them)",
      bar: RunScreen.place(24, in: .slices), does: .change { $0.panes.slices.turn(by: 1) }),
    Binding(
      "map-projection", ["o"], "Project", "Projections of the map in place of slices",
      bar: RunScreen.place(25, in: .slices),
      does: .change { $0.panes.slices.showsProjections.toggle() }),
    Binding(
      "more-contrast", ["."], "Contrast", "More contrast of the slices",
      bar: RunScreen.place(26, in: .slices),
      does: .change { $0.panes.slices.changeContrast(by: 1.25) }),
    Binding(
      "less-contrast", [","], "Less", "Less contrast of the slices",
      bar: RunScreen.place(27, in: .slices),
      does: .change { $0.panes.slices.changeContrast(by: 1 / 1.25) }),
  ]

  static let isHeavy = true

  /// What was read last; nil before.
  var slices: SliceSet?
  private var source = SliceSource.map
  /// 0 along z, 1 along y, 2 along x, 3 all three.
  private var axis = 3
  /// Voxels from the mask's centre.
  private var step = 0
  /// How many standard deviations are white.
  private var contrast: Float = 4
  /// Sums along the axes in place of slices.
  private var showsProjections = false

  private mutating func turn(by step: Int) { axis = (axis + step + 4) % 4 }

  private mutating func changeContrast(by factor: Float) {
    contrast = min(max(0.5, contrast / factor), 20)
  }

  func note(_ view: RunView) -> String {
    view.metrics == nil ? "" : source.title + (showsProjections ? ", projected" : "")
  }

  mutating func navigate(_ way: Navigation, _ view: inout RunView) -> [Effect]? {
    switch way {
    case .up, .down, .pageUp, .pageDown: step = min(max(-512, step - (way.lines() ?? 0)), 512)
    case .first: step = 0
    case .left: turn(by: -1)
    case .right: turn(by: 1)
    case .last, .back, .nextPane, .previousPane: return nil
    }
    return []
  }

  /// The slices of the iteration that is shown, of its own maps while they are kept, unless they were read.
  func missing(_ view: RunView) -> SliceRequest? {
    guard let snapshot = view.snapshot else { return nil }
    var number: Int?
    if view.iteration != nil || snapshot.files.isEmpty {
      number = view.iteration ?? snapshot.iterationsWithMaps.last
      guard let number, snapshot.iterationsWithMaps.contains(number) else { return nil }
    }
    let wanted = SliceRequest(folder: view.folder, iteration: number, source: source, step: step)
    return slices?.request == wanted ? nil : wanted
  }

  func draw(_ pane: PaneRect, of view: RunView, into frame: inout Frame) {
    let rect = pane.inner
    guard let slices, slices.problem.isEmpty, slices.planes.count == 3 else {
      let reason = slices?.problem ?? ""
      let snapshot = view.snapshot
      let text =
        !reason.isEmpty
        ? reason
        : snapshot?.iterationsWithMaps.isEmpty == false || snapshot?.files.isEmpty == false
          ? "Reading the maps …" : "No maps are kept of this iteration"
      frame.write(
        text, x: rect.x, y: rect.y + rect.height / 2, .dim, width: rect.width, alignment: .centre)
      return
    }
    // Three side by side need about twenty columns each.
    let axes = axis < 3 ? [axis] : rect.width >= 54 ? [0, 1, 2] : [0]
    // Where there is height for both, slices stand above projections.
    let isTall = rect.height >= 24 && slices.projections.count == 3
    let kinds = isTall ? [false, true] : [showsProjections && slices.projections.count == 3]
    let bands = Layout.split(rect, .rows, Array(repeating: .init(), count: kinds.count))
    for (isProjection, band) in zip(kinds, bands) {
      let places = Layout.split(
        band, .columns, Array(repeating: .init(), count: axes.count), gap: 1)
      for (axis, place) in zip(axes, places) {
        frame.draw(
          picture: picture(of: slices, axis: axis, isProjection: isProjection), in: place)
      }
    }
  }

  private func picture(of slices: SliceSet, axis: Int, isProjection: Bool) -> ImageSlice {
    let plane = isProjection ? slices.projections[axis] : slices.planes[axis]
    let name = Plane.names[axis]
    let title =
      isProjection
      ? "\(name.prefix(2)) along \(name.suffix(1))"
      : "\(name) \(slices.centre[CrossHair.axes(of: axis).through])"
    return ImageSlice(
      width: plane.width, height: plane.height, pixels: plane.values,
      range: plane.contrast(width: contrast), mask: plane.mask, title: title)
  }

  /// A line for each pixel of the planes; the first row of a picture has the largest coordinate.
  func table(_ view: RunView) -> [[String]]? {
    guard view.metrics != nil, let slices else { return nil }
    let planes = showsProjections ? slices.projections : slices.planes
    return [["plane", "across", "up", "density", "mask"]]
      + planes.enumerated().flatMap { axis, plane in
        plane.values.indices.map { index in
          [
            String(Plane.names[axis].prefix(2)), "\(index % max(1, plane.width))",
            "\(plane.height - 1 - index / max(1, plane.width))", "\(plane.values[index])",
            index < plane.mask.count ? "\(plane.mask[index])" : "nan",
          ]
        }
      }
  }
}
