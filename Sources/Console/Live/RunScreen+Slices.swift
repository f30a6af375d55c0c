import Refinement
import Runs
import Surface

extension RunScreen {
  /// Slices of the maps with the mask's outline.
  func drawSlices(in rect: Rect, of frame: inout Frame) {
    guard let slices, slices.problem.isEmpty, slices.planes.count == 3 else {
      let reason = slices?.problem ?? ""
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
    let axes = sliceAxis < 3 ? [sliceAxis] : rect.width >= 54 ? [0, 1, 2] : [0]
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
      range: plane.contrast(width: sliceContrast), mask: plane.mask, title: title)
  }
}

extension Plane {
  /// The names of the planes along z, y and x, with the axis that a slice's number counts along.
  static let names = ["xy, z", "xz, y", "yz, x"]

  /// The densities shown as black and white: a little under the mean, and so many standard
  /// deviations above it.
  func contrast(width: Float) -> ClosedRange<Float>? {
    var sum: Double = 0
    var squares: Double = 0
    var count = 0.0
    for value in values where value.isFinite {
      sum += Double(value)
      squares += Double(value) * Double(value)
      count += 1
    }
    guard count > 0 else { return nil }
    let mean = sum / count
    let spread = max(0, squares / count - mean * mean).squareRoot()
    guard spread > 0 else { return nil }
    return Float(mean - Double(width) / 8 * spread)...Float(mean + Double(width) * spread)
  }
}
