import CryoEM
import Surface
import Terminal

/// The cross-hair in three orthogonal slices of a box, and which of them has the focus.
struct CrossHair: Sendable, Hashable {
  /// Voxels from the corner.
  var voxel = SIMD3<Int>(0, 0, 0)
  /// The plane with the focus: 0 along z (x right, y up), 1 along y, 2 along x.
  var focus = 0
  /// Contrast: densities from −width to +width standard deviations about the mean.
  var width = 4.0

  var text: String { "\(voxel.x),\(voxel.y),\(voxel.z)" }

  /// The axes of the plane with the focus: across, up, and through it.
  var axes: (across: Int, up: Int, through: Int) { Self.axes(of: focus) }

  static func axes(of plane: Int) -> (across: Int, up: Int, through: Int) {
    switch plane {
    case 0: (0, 1, 2)
    case 1: (0, 2, 1)
    default: (1, 2, 0)
    }
  }

  /// Moves, or changes focus or contrast.
  ///
  /// - Parameter size: voxels along an edge of the box.
  /// - Returns: whether the command is one of those.
  mutating func perform(_ command: Command, size: Int) -> Bool {
    switch command {
    case .nextPane: focus = (focus + 1) % 3
    case .previousPane: focus = (focus + 2) % 3
    case .left: move(axes.across, by: -1, size: size)
    case .right: move(axes.across, by: 1, size: size)
    case .up: move(axes.up, by: 1, size: size)
    case .down: move(axes.up, by: -1, size: size)
    case .pageUp: move(axes.up, by: 10, size: size)
    case .pageDown: move(axes.up, by: -10, size: size)
    case .first: move(axes.across, by: -10, size: size)
    case .last: move(axes.across, by: 10, size: size)
    case .sliceForward: move(axes.through, by: 1, size: size)
    case .sliceBack: move(axes.through, by: -1, size: size)
    case .moreContrast: width = max(0.5, width / 1.25)
    case .lessContrast: width = min(20, width * 1.25)
    case .boxCentre: voxel = SIMD3(repeating: size / 2)
    default: return false
    }
    return true
  }

  private mutating func move(_ axis: Int, by step: Int, size: Int) {
    voxel[axis] = min(max(0, voxel[axis] + step), max(0, size - 1))
  }

  /// The mouse on a plane that covers a rectangle.
  mutating func point(at plane: Int, in rect: Rect, with mouse: MouseEvent, size: Int) {
    switch mouse.kind {
    case .wheelUp: move(Self.axes(of: plane).through, by: 1, size: size)
    case .wheelDown: move(Self.axes(of: plane).through, by: -1, size: size)
    case .press, .drag:
      focus = plane
      let axes = Self.axes(of: plane)
      let across = Double(mouse.column - rect.x) + 0.5
      let down = Double(mouse.row - rect.y) + 0.5
      voxel[axes.across] = Self.clamped(
        across / Double(max(1, rect.width)) * Double(size), size: size)
      voxel[axes.up] = Self.clamped(
        (1 - down / Double(max(1, rect.height))) * Double(size), size: size)
    case .release: break
    }
  }

  /// The voxel of the box that is nearest to a position.
  static func nearest(_ position: SIMD3<Double>, size: Int) -> SIMD3<Int> {
    SIMD3(
      clamped(position.x.rounded(), size: size), clamped(position.y.rounded(), size: size),
      clamped(position.z.rounded(), size: size))
  }

  private static func clamped(_ value: Double, size: Int) -> Int {
    value.isFinite ? min(max(0, Int(value)), max(0, size - 1)) : 0
  }
}

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
