import CryoEM
import Ground
import Images
import Surface
import Viewing

/// The picture of a surface in a frame: what is seen of a map from a camera.
struct SurfaceDrawing {
  let view: MapView
  let shown: ReadMap
  let density: Float
  let camera: ViewCamera
  let detail: SurfaceTurning.Detail

  /// Nil while no map is shown.
  init?(_ view: MapView, _ camera: ViewCamera, _ detail: SurfaceTurning.Detail) {
    guard let shown = view.shown, let density = view.density else { return nil }
    (self.view, self.shown, self.density) = (view, shown, density)
    (self.camera, self.detail) = (camera, detail)
  }

  /// Draws it with its frame.
  func draw(
    in rect: Rect, isFocused: Bool, _ pictures: PictureProtocol, into frame: inout Frame
  ) {
    let inner = frame.box(
      rect,
      Box(
        title: "surface", note: "\(view.steps.title ?? ""), \(shown.request.kind.rawValue)",
        isFocused: isFocused))
    guard !inner.isEmpty else { return }
    frame.mark(inner, .row(pane: "surface", 0))
    if let cell = frame.pictureCell {
      drawPixels(cell, pictures, in: inner, into: &frame)
    } else {
      let size = ColourImage.size(in: inner, frame.look)
      frame.draw(ColourImage(picture(detail, size, frame.look)), in: inner)
      drawHinges(in: inner, into: &frame)
      drawMarks(in: inner, into: &frame)
    }
    let height = Double(inner.height) * 2
    let step = 2 * camera.reach / min(Double(inner.width), height)
    frame.scaleBar(columnsPerAngstrom: 1 / step, in: rect)
  }

  private func drawPixels(
    _ cell: Size, _ kind: PictureProtocol, in inner: Rect, into frame: inout Frame
  ) {
    let (width, height) = (inner.width * cell.width, inner.height * cell.height)
    // Sixels are not packed: fewer pixels and shades make frames of the same size.
    let fine =
      kind == .sixel
      ? SurfaceTurning.Detail(shades: detail.block > 1 ? 6 : 16, pixels: detail.pixels / 4)
      : SurfaceTurning.Detail(shades: detail.block > 1 ? 12 : 24, pixels: detail.pixels)
    var scale = 1
    while width / scale * (height / scale) > fine.pixels { scale += 1 }
    let size = (width: max(1, width / scale), height: max(1, height / scale), aspect: 1.0)
    var image = picture(fine, size, frame.look)
    for mark in marks {
      let place = camera.place(
        of: mark.point, width: size.width, height: size.height, aspect: size.aspect)
      let colour = frame.look[mark.role].foreground.components ?? (255, 255, 0)
      image.drawRing(
        x: place.x, y: place.y, radius: Double(max(3, size.height / 60)),
        isFilled: !mark.isHidden, IndexedImage.RGB(colour.red, colour.green, colour.blue))
    }
    drawHinges(on: &image, frame.look)
    if let picture = ColourImage(image).picture(in: inner, cell: cell) { frame.add(picture) }
  }

  /// The picture, made once for all frames that show the same.
  private func picture(
    _ detail: SurfaceTurning.Detail, _ size: (width: Int, height: Int, aspect: Double),
    _ look: Appearance
  ) -> IndexedImage {
    let hasHues = look.colours >= .c256
    let colours = hasHues ? view.colours : .plain
    let ink = ink(colours, detail, look)
    let veil = view.showsMask ? view.mask : nil
    let key = MapStudio.SurfaceKey(
      map: shown.request, level: density, camera: camera,
      colours: hasHues ? view.colouring : .plain,
      colourMap: view.cache[view.colourRequest]?.request, range: view.colourRange?.range,
      veil: veil?.request, ink: ink, width: size.width, height: size.height,
      aspect: size.aspect, block: detail.block, smoothing: detail.smoothing)
    return view.studio.surface(key) {
      SurfaceScene(
        map: shown.map, level: density, camera: camera, colours: colours, veil: veil?.map
      ).picture(
        width: size.width, height: size.height, aspect: size.aspect, block: detail.block,
        smoothing: detail.smoothing, ink: ink)
    }
  }

  private func ink(
    _ colours: SurfaceColours, _ detail: SurfaceTurning.Detail, _ look: Appearance
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
        rgb(view.colourMap.colour(at: (Double($0) + 0.5) / Double(steps)), 0xFFFFFF)
      }
    case .regions:
      hues =
        [plain]
        + view.shelf.masks.indices.prefix(6).map { rgb(look[.series($0)].foreground, 0x80C0FF) }
    }
    // Dots have as many shades as their pattern.
    let shades = look.colours >= .c256 ? detail.shades : 24
    return SurfaceInk(
      hues: hues, cut: rgb(look[.limit].foreground, 0xC06060),
      ground: rgb(look.palette.background, 0x000000),
      veil: rgb(
        look[view.shelf.masks.count > 1 ? .series(view.chosen) : .outline].foreground, 0xE0B040),
      shades: shades)
  }
}
