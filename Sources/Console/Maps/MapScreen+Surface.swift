import CryoEM
import Ground
import Images
import Surface
import Viewing

extension MapScreen {
  /// How finely the surface is drawn.
  struct Detail: Sendable, Hashable {
    var shades: Int
    /// Pixels along an edge of squares that share a ray, and of those that the map is averaged over.
    var block = 1
    var smoothing = 1.0
    /// The most pixels of a picture in true pixels.
    var pixels = 400_000
  }

  /// Seconds for which a surface that turns is drawn quickly.
  private static let draftTime = 0.5

  /// What a surface that turns is drawn as, the finest first: each change of colour in a line costs some
  /// twenty bytes.
  static let drafts = [
    Detail(shades: 5, block: 2, smoothing: 4, pixels: 60_000),
    Detail(shades: 4, block: 2, smoothing: 8, pixels: 40_000),
    Detail(shades: 4, block: 4, smoothing: 8, pixels: 20_000),
  ]

  /// Bytes of a frame in cells beyond which the next draft is coarser.
  static let draftBytes = 8000

  func isTurning(_ surroundings: Surroundings) -> Bool {
    lastTurn.map { abs(surroundings.now - $0) < Self.draftTime } ?? false
  }

  /// Drafts while it turns, so that frames stay small; the whole once it rests.
  func detail(_ surroundings: Surroundings) -> Detail {
    let isSlow = surroundings.isLowBandwidth
    if isTurning(surroundings) {
      return Self.drafts[min(isSlow ? 2 : coarseness, Self.drafts.count - 1)]
    }
    return isSlow ? Detail(shades: 6, block: 2, smoothing: 4) : Detail(shades: 24)
  }

  /// Remembers that it turns, and whether the last draft was larger than frames should be.
  mutating func noteTurn(_ surroundings: Surroundings) {
    if isTurning(surroundings), surroundings.traffic.lastFrameBytes > Self.draftBytes,
      !surroundings.showsPictures
    {
      coarseness = min(coarseness + 1, Self.drafts.count - 1)
    }
    lastTurn = surroundings.now
  }

  /// A surface that has turned is drawn finely a moment later.
  var showsTime: Bool { lastTurn != nil }

  func drawSurface(
    _ shown: ReadMap, _ density: Float, in rect: Rect, of frame: inout Frame,
    _ surroundings: Surroundings
  ) {
    guard let camera else { return }
    let inner = frame.box(
      rect,
      Box(
        title: "surface", note: "\(stepTitle ?? ""), \(shown.request.kind.rawValue)",
        isFocused: pane == .surface && !isZoomed))
    guard !inner.isEmpty else { return }
    frame.mark(inner, .row(pane: "surface", 0))
    let detail = detail(surroundings)
    if let cell = frame.pictureCell {
      drawPixels(shown, density, camera, detail, cell, surroundings.pictures, in: inner, of: &frame)
    } else {
      let size = ColourImage.size(in: inner, frame.look)
      let image = picture(
        shown, density, camera, detail, size, frame.look)
      frame.draw(ColourImage(image), in: inner)
      drawHinges(shown, density, camera, in: inner, of: &frame)
      drawMarks(shown, density, camera, in: inner, of: &frame)
    }
    let height = Double(inner.height) * 2
    let step = 2 * camera.reach / min(Double(inner.width), height)
    drawScaleBar(columnsPerAngstrom: 1 / step, in: rect, of: &frame)
  }

  private func drawPixels(
    _ shown: ReadMap, _ density: Float, _ camera: ViewCamera, _ detail: Detail, _ cell: Size,
    _ kind: PictureProtocol, in inner: Rect, of frame: inout Frame
  ) {
    let (width, height) = (inner.width * cell.width, inner.height * cell.height)
    // Sixels are not packed: fewer pixels and shades make frames of the same size.
    let fine =
      kind == .sixel
      ? Detail(shades: detail.block > 1 ? 6 : 16, pixels: detail.pixels / 4)
      : Detail(shades: detail.block > 1 ? 12 : 24, pixels: detail.pixels)
    var scale = 1
    while width / scale * (height / scale) > fine.pixels { scale += 1 }
    let size = (width: max(1, width / scale), height: max(1, height / scale), aspect: 1.0)
    var image = picture(shown, density, camera, fine, size, frame.look)
    for mark in marks(shown, density) {
      let place = camera.place(
        of: mark.point, width: size.width, height: size.height, aspect: size.aspect)
      let colour = frame.look[mark.role].foreground.components ?? (255, 255, 0)
      image.drawRing(
        x: place.x, y: place.y, radius: Double(max(3, size.height / 60)),
        isFilled: !mark.isHidden, IndexedImage.RGB(colour.red, colour.green, colour.blue))
    }
    drawHinges(shown, density, camera, on: &image, frame.look)
    if let picture = ColourImage(image).picture(in: inner, cell: cell) { frame.add(picture) }
  }

  /// The picture, made once for all frames that show the same.
  private func picture(
    _ shown: ReadMap, _ density: Float, _ camera: ViewCamera, _ detail: Detail,
    _ size: (width: Int, height: Int, aspect: Double), _ look: Appearance
  ) -> IndexedImage {
    let hasHues = look.colours >= .c256
    let colours = hasHues ? colours : .plain
    let ink = ink(colours, detail, look)
    let veil = showsMask ? mask : nil
    let key = MapStudio.SurfaceKey(
      map: shown.request, level: density, camera: camera, colours: hasHues ? colouring : .plain,
      colourMap: colourRequest.flatMap { maps[$0] }?.request, range: colourRange?.range,
      veil: veil?.request, ink: ink, width: size.width, height: size.height,
      aspect: size.aspect, block: detail.block, smoothing: detail.smoothing)
    return studio.surface(key) {
      SurfaceScene(
        map: shown.map, level: density, camera: camera, colours: colours, veil: veil?.map
      ).picture(
        width: size.width, height: size.height, aspect: size.aspect, block: detail.block,
        smoothing: detail.smoothing, ink: ink)
    }
  }

  /// What colours the surface, as far as it is in memory.
  var colours: SurfaceColours {
    switch colouring {
    case .plain: return .plain
    case .localResolution, .halves:
      guard let request = colourRequest, let values = maps[request], let range = colourRange else {
        return .plain
      }
      return colouring == .halves
        ? .magnitudes(values.map, range.range) : .values(values.map, range.range)
    case .regions:
      let masks = shelf.masks.compactMap { maps[$0]?.map }
      return masks.count == shelf.masks.count ? .regions(masks) : .plain
    case .motion:
      guard let sway = shelf.sway, let range = colourRange else { return .plain }
      return .motion(sway, mask?.map, range.range)
    }
  }

  private func ink(
    _ colours: SurfaceColours, _ detail: Detail, _ look: Appearance
  ) -> SurfaceInk {
    func rgb(_ colour: Colour, _ other: UInt32) -> IndexedImage.RGB {
      colour.components.map { IndexedImage.RGB($0, $1, $2) } ?? IndexedImage.RGB(hex: other)
    }
    let plain = IndexedImage.RGB(hex: 0xF2F0EA)
    let hues: [IndexedImage.RGB]
    switch colours {
    case .plain: hues = [plain]
    case .values, .magnitudes, .motion:
      let steps = detail.shades > 8 ? 12 : 6
      hues = (0..<steps).map {
        rgb(colourMap.colour(at: (Double($0) + 0.5) / Double(steps)), 0xFFFFFF)
      }
    case .regions:
      hues =
        [plain]
        + shelf.masks.indices.prefix(6).map { rgb(look[.series($0)].foreground, 0x80C0FF) }
    }
    // Dots have as many shades as their pattern.
    let shades = look.colours >= .c256 ? detail.shades : 24
    return SurfaceInk(
      hues: hues, cut: rgb(look[.limit].foreground, 0xC06060),
      ground: rgb(look.palette.background, 0x000000),
      veil: rgb(
        look[shelf.masks.count > 1 ? .series(chosen) : .outline].foreground, 0xE0B040),
      shades: shades)
  }

  // MARK: Marks

  struct Mark {
    var point: Vector3
    var role: Role
    var isHidden: Bool
  }

  /// The fulcra and the cross-hair.
  private func marks(_ shown: ReadMap, _ density: Float) -> [Mark] {
    var marks: [Mark] = []
    for (index, place) in shelf.fulcra.enumerated() {
      guard let place else { continue }
      marks.append(
        Mark(
          point: place, role: index == chosen ? .changed : .series(index),
          isHidden: isHidden(place, shown, density)))
    }
    if let cross, !shelf.fulcra.contains(cross) {
      marks.append(Mark(point: cross, role: .crosshair, isHidden: isHidden(cross, shown, density)))
    }
    return marks
  }

  /// Whether the surface lies between a point and the eye.
  func isHidden(_ point: Vector3, _ shown: ReadMap, _ density: Float) -> Bool {
    guard var ray = camera else { return false }
    let own = ray.rotation.applied(to: point - ray.target).z
    ray.target = point
    ray.clip = ray.clip.map { $0 - own }
    let depth = Double(shown.map.hits(at: density, from: ray, width: 1, height: 1).depths[0])
    // A point on the surface is not behind it.
    return depth > 1.5 * shown.map.volume.pixelSize
  }

  /// Signs over the picture: solid where they are seen, hollow behind the surface.
  private func drawMarks(
    _ shown: ReadMap, _ density: Float, _ camera: ViewCamera, in rect: Rect,
    of frame: inout Frame
  ) {
    for mark in marks(shown, density) {
      let place = camera.place(
        of: mark.point, width: rect.width, height: rect.height, aspect: 0.5)
      guard place.x >= 0, place.y >= 0 else { continue }
      let cell = Point(x: rect.x + Int(place.x), y: rect.y + Int(place.y))
      guard rect.contains(cell) else { continue }
      let symbol: Symbol = mark.isHidden ? .unmarked : .marked
      frame.sign(symbol.scalar(at: frame.look.glyphs), at: cell, mark.role)
    }
  }
}
