import Images

/// A picture of its own colours that fills a rectangle, as a shaded surface does.
///
/// With 256 colours or more in half blocks or in two colours a cell; with fewer by its lightness, in
/// dots or characters.
public struct ColourImage: Widget, Hashable {
  /// As many pixels as `size(in:_:)` says; others are scaled.
  public var image: IndexedImage

  public init(_ image: IndexedImage) { self.image = image }

  /// How many pixels a rectangle has, and how wide they are for a height of 1.
  public static func size(
    in rect: Rect, _ appearance: Appearance
  ) -> (width: Int, height: Int, aspect: Double) {
    let mode = PixelRaster.Mode.of(appearance, isPicture: true)
    return (rect.width * mode.pixels.columns, rect.height * mode.pixels.rows, mode.aspect)
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    let mode = PixelRaster.Mode.of(appearance, isPicture: true)
    let (across, down) = mode.pixels
    guard !rect.isEmpty, image.width > 0, image.height > 0 else { return }
    let shown = image.scaled(toWidth: rect.width * across, height: rect.height * down)
    guard mode == .halfBlocks || mode.isTwoTones else {
      let lightness = shown.palette.map(\.luma)
      PixelRaster(mode: mode, map: .grey, area: rect).draw(of: &grid, appearance) { x, y in
        let index = shown.indices[y * shown.width + x]
        return index == shown.outside || Int(index) >= lightness.count
          ? .outside : .level(lightness[Int(index)])
      }
      return
    }
    let ground = appearance.palette.background
    let colours = shown.palette.enumerated().map { index, colour in
      shown.outside.map(Int.init) == index
        ? ground : Colour.rgb(colour.red, colour.green, colour.blue).reduced(to: appearance.colours)
    }
    func colour(_ index: UInt8) -> Colour {
      Int(index) < colours.count ? colours[Int(index)] : ground
    }
    for row in 0..<rect.height {
      for column in 0..<rect.width {
        let place = Point(x: rect.x + column, y: rect.y + row)
        func pixel(_ x: Int, _ y: Int) -> UInt8 {
          shown.indices[(row * down + y) * shown.width + column * across + x]
        }
        if case .twoTones(let marker) = mode {
          let pixels = (0..<down).flatMap { y in (0..<across).map { pixel($0, y) } }
          let (bits, high, low) = Self.tones(of: pixels, shown)
          grid.put(
            MarkerGlyphs.scalar(bits, marker), x: place.x, y: place.y,
            style: Style(foreground: colour(high), background: colour(low)))
          continue
        }
        let (upper, lower) = (colour(pixel(0, 0)), colour(pixel(0, 1)))
        if upper == lower {
          if upper == ground { continue }
          // Of a blank one colour is sent alone.
          grid.put(" ", x: place.x, y: place.y, style: Style(background: lower))
        } else {
          grid.put(
            "▀", x: place.x, y: place.y, style: Style(foreground: upper, background: lower))
        }
      }
    }
  }

  /// Which pixels of a cell take the lighter of two colours, and the two: the middle ones of those that
  /// are lighter than the middle of their range, and of the others.
  private static func tones(
    of pixels: [UInt8], _ image: IndexedImage
  ) -> (bits: UInt8, high: UInt8, low: UInt8) {
    let values = pixels.map { index in
      index == image.outside || Int(index) >= image.palette.count
        ? -0.1 : image.palette[Int(index)].luma
    }
    let (least, most) = (values.min() ?? 0, values.max() ?? 0)
    let middle = most - least < 1 / 64.0 ? 2 : (least + most) / 2
    var bits: UInt8 = 0
    for (place, value) in values.enumerated() where value > middle { bits |= 1 << UInt8(place) }
    func median(_ isHigh: Bool) -> UInt8 {
      let group = pixels.indices.filter { (values[$0] > middle) == isHigh }
        .sorted { values[$0] < values[$1] }
      return group.isEmpty ? pixels[0] : pixels[group[group.count / 2]]
    }
    return (bits, median(true), median(false))
  }

  /// The picture in true pixels over the whole rectangle.
  ///
  /// - Parameter cell: pixels of a cell.
  public func picture(in rect: Rect, cell: Size) -> Picture? {
    guard !rect.isEmpty, cell.width > 0, cell.height > 0 else { return nil }
    return Picture(
      area: rect, width: rect.width * cell.width, height: rect.height * cell.height, image: image)
  }
}

extension PixelRaster.Mode {
  var isTwoTones: Bool {
    if case .twoTones = self { return true }
    return false
  }
}
