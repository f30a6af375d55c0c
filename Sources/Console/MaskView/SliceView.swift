import CryoEM
import Surface

/// Three orthogonal slices of a map in a frame.
struct SliceView {
  let size: Int
  let hair: CrossHair
  /// Of the map.
  let voxels: [Float]
  /// What a plane is multiplied with, and whose 0.5 level is outlined.
  let mask: (Int) -> [Float]
  /// Masks of several regions on a plane, in place of one mask.
  var regions: RegionOutlines?
  /// Whether what is shown fades with the mask.
  var fades = false
  /// Hues over a plane.
  var tint: ((Int) -> ImageSlice.Tint?)?
  /// The projection along a plane's axis, in place of its slice.
  var projection: ((Int) -> Plane)?

  /// Draws the planes side by side; a narrow rectangle shows the plane with the focus alone.
  ///
  /// - Parameter overlay: draws what lies on top of a plane's image.
  func draw(
    in rect: Rect, of frame: inout Frame,
    overlay: (Int, ImageSlice, Rect, inout Frame) -> Void = { _, _, _, _ in }
  ) {
    let planes = rect.width >= 60 ? [0, 1, 2] : [hair.focus]
    let places = Layout.split(
      rect, .columns, Array(repeating: .init(), count: planes.count), gap: 0)
    for (plane, place) in zip(planes, places) {
      draw(plane: plane, isFocused: plane == hair.focus && planes.count > 1, in: place, of: &frame)
      {
        overlay(plane, $0, $1, &$2)
      }
    }
  }

  /// Draws a plane in a box.
  ///
  /// - Returns: the cells that its image covers.
  @discardableResult
  func draw(
    plane: Int, isFocused: Bool, in place: Rect, of frame: inout Frame,
    overlay: (ImageSlice, Rect, inout Frame) -> Void
  ) -> Rect {
    let axes = CrossHair.axes(of: plane)
    let name = Plane.names[plane]
    let title =
      projection == nil
      ? "\(name) = \(hair.voxel[axes.through])" : "\(name.prefix(2)) along \(name.suffix(1))"
    let inner = frame.box(place, Box(title: title, isFocused: isFocused))
    guard !voxels.isEmpty else { return Rect(x: inner.x, y: inner.y, width: 0, height: 0) }
    var slice =
      projection?(plane)
      ?? SliceReader.plane(plane, of: voxels, mask: nil, size: size, at: hair.voxel)
    let outlines = regions?.outlines(plane) ?? []
    slice.mask = regions.map { outlines.isEmpty ? [] : outlines[$0.chosen].mask } ?? mask(plane)
    let range = slice.contrast(width: Float(hair.width))
    if fades, let black = range?.lowerBound, slice.mask.count == slice.values.count {
      for index in slice.values.indices {
        slice.values[index] = black + (slice.values[index] - black) * slice.mask[index]
      }
    }
    var image = ImageSlice(
      width: size, height: size, pixels: slice.values, range: range, mask: slice.mask,
      crosshair: Point(x: hair.voxel[axes.across], y: size - 1 - hair.voxel[axes.up]))
    image.tint = projection == nil ? tint?(plane) : nil
    if let regions, outlines.indices.contains(regions.chosen) {
      image.maskRole = outlines[regions.chosen].role
      image.others = outlines.enumerated().filter { $0.offset != regions.chosen }.map(\.element)
    }
    frame.draw(picture: image, in: inner)
    if regions != nil { number(outlines, on: image, in: inner, of: &frame) }
    overlay(image, inner, &frame)
    let cells =
      frame.pictureCell.flatMap { image.picture(in: inner, cell: $0, frame.look)?.area }
      ?? Self.pixels(of: image, in: inner, frame.base)
    frame.mark(cells, .row(pane: "plane", plane))
    return cells
  }

  /// Marks a voxel: with a solid sign on the slice that it lies on, else with a hollow one.
  func mark(
    _ voxel: SIMD3<Int>, on plane: Int, _ image: ImageSlice, in rect: Rect,
    _ role: Role = .changed, of frame: inout Frame
  ) {
    guard frame.pictureCell == nil else { return }
    let axes = CrossHair.axes(of: plane)
    let pixel = Point(x: voxel[axes.across], y: size - 1 - voxel[axes.up])
    guard let cell = image.cell(of: pixel, in: rect, frame.look) else { return }
    let isHere = voxel[axes.through] == hair.voxel[axes.through]
    let symbol: Symbol = isHere ? .marked : .unmarked
    frame.sign(symbol.scalar(at: frame.look.glyphs), at: cell, role)
  }

  /// The cells that the image covers, so that a click finds its voxel.
  private static func pixels(of image: ImageSlice, in rect: Rect, _ look: Appearance) -> Rect {
    var (left, right, top, bottom) = (rect.right, rect.x, rect.bottom, rect.y)
    for y in rect.y..<rect.bottom {
      for x in rect.x..<rect.right where image.pixel(at: Point(x: x, y: y), in: rect, look) != nil {
        (left, right) = (min(left, x), max(right, x + 1))
        (top, bottom) = (min(top, y), max(bottom, y + 1))
      }
    }
    return Rect(x: left, y: top, width: right - left, height: bottom - top)
  }
}
