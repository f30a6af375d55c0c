import CryoEM
import Surface
import Terminal
import Viewing

/// The three linked slices of a map.
struct SlicePanes: Sendable {
  var hair = CrossHair()
  /// Whether projections are shown in place of slices.
  var showsProjections = false

  // MARK: The cross-hair

  /// Goes to the voxel of the cross-hair in the map that is shown.
  mutating func follow(_ view: MapView) {
    guard let shown = view.shown, let cross = view.cross else { return }
    hair.voxel = CrossHair.nearest(shown.map.voxel(of: cross), size: shown.map.volume.size)
  }

  /// Moves the cross-hair, and the point that the view marks with it.
  mutating func move(_ view: inout MapView, _ change: (inout CrossHair, _ size: Int) -> Void) {
    change(&hair, view.size)
    mark(in: &view)
  }

  /// Has the view mark where the cross-hair is.
  func mark(in view: inout MapView) {
    guard let shown = view.shown else { return }
    view.cross = shown.map.point(ofVoxel: Vector3(SIMD3<Double>(hair.voxel)))
  }

  // MARK: Drawing

  func draw(
    _ plane: Int, _ shown: ReadMap, of view: MapView, in rect: Rect, isFocused: Bool,
    into frame: inout Frame
  ) {
    let volume = shown.map.volume
    let drawing = sliceView(shown, of: view, frame.look)
    let image = drawing.draw(plane: plane, isFocused: isFocused, in: rect, of: &frame) {
      image, inner, frame in
      for (index, figure) in view.figures {
        drawing.draw(
          figure, view.hingeRole(index), on: plane, image, in: inner,
          voxel: { shown.map.voxel(of: $0) }, of: &frame)
      }
      for (index, fulcrum) in view.shelf.fulcra.enumerated() {
        guard let fulcrum else { continue }
        let voxel = CrossHair.nearest(shown.map.voxel(of: fulcrum), size: volume.size)
        drawing.mark(
          voxel, on: plane, image, in: inner, index == view.chosen ? .changed : .series(index),
          of: &frame)
      }
    }
    if image.width > 0, image.height > 0 {
      let columns = Double(image.width) / (Double(volume.size) * volume.pixelSize)
      frame.scaleBar(columnsPerAngstrom: columns, in: rect)
    }
  }

  private func sliceView(_ shown: ReadMap, of view: MapView, _ look: Appearance) -> SliceView {
    let volume = shown.map.volume
    var drawing = SliceView(
      size: volume.size, hair: hair, voxels: volume.voxels,
      mask: { view.showsMask ? outline(of: view.mask, $0, on: shown) : [] },
      projection: showsProjections
        ? { plane in
          view.studio.projection(.init(map: shown.request, axis: plane)) {
            SliceReader.projection(plane, of: volume.voxels, mask: nil, size: volume.size)
          }
        } : nil)
    drawing.tint = { view.tint($0, at: hair.voxel, shown, look) }
    if view.shelf.masks.count > 1, view.showsMask {
      let masks = view.shelf.masks.map { view.cache[$0] }
      drawing.regions = RegionOutlines(count: masks.count, chosen: view.chosen) {
        outline(of: masks[$0], $1, on: shown)
      }
    }
    return drawing
  }

  /// A mask on a plane of the map that is shown, whose grid it need not have.
  private func outline(of mask: ReadMap?, _ plane: Int, on shown: ReadMap) -> [Float] {
    guard let mask else { return [] }
    let (size, axes) = (shown.map.volume.size, CrossHair.axes(of: plane))
    var values: [Float] = []
    values.reserveCapacity(size * size)
    for row in 0..<size {
      for column in 0..<size {
        var place = SIMD3<Double>(hair.voxel)
        place[axes.across] = Double(column)
        place[axes.up] = Double(size - 1 - row)
        values.append(mask.map.density(at: shown.map.point(ofVoxel: place)) ?? 0)
      }
    }
    return values
  }
}
