import Images

/// An image in true pixels over cells of a grid, for terminals that can show them.
public struct Picture: Sendable, Hashable {
  /// The cells that it covers.
  public var area: Rect
  /// Pixels of those cells.
  public var width: Int
  public var height: Int
  /// What is shown there, scaled to them where it has another number of pixels.
  public var image: IndexedImage

  public init(area: Rect, width: Int, height: Int, image: IndexedImage) {
    self.area = area
    self.width = width
    self.height = height
    self.image = image
  }
}

/// How a terminal takes pictures.
public enum PictureProtocol: String, Sendable, Hashable, CaseIterable {
  /// Not at all: pictures are drawn with cells.
  case none
  /// Six rows of pixels a line, as DEC's printers did.
  case sixel
  /// Pixels in base64, scaled by the terminal.
  case kitty
}

extension ImageSlice {
  /// The slice as a picture over the cells that it would cover, and those cells.
  ///
  /// - Parameter cell: pixels of a cell, which say how wide and high the cells are.
  public func picture(in rect: Rect, cell: Size, _ appearance: Appearance) -> Picture? {
    guard width > 0, height > 0, !rect.isEmpty, cell.width > 0, cell.height > 0 else { return nil }
    let body = title.isEmpty || rect.height < 4 ? rect : rect.split(top: 1).rest
    let scale = min(
      Double(body.width * cell.width) / Double(width),
      Double(body.height * cell.height) / Double(height))
    let columns = Int(Double(width) * scale / Double(cell.width))
    let rows = Int(Double(height) * scale / Double(cell.height))
    guard columns > 0, rows > 0 else { return nil }
    let area = body.centred(Size(width: columns, height: rows))
    let size = Size(width: columns * cell.width, height: rows * cell.height)
    return Picture(
      area: area, width: size.width, height: size.height, image: colours(size, appearance))
  }

  /// The slice at a size of its own: 64 greys, the outlines and the cross-hair.
  private func colours(_ size: Size, _ appearance: Appearance) -> IndexedImage {
    let (black, white) = limits()
    let greys = (0..<ColourMap.levels).map { level -> IndexedImage.RGB in
      let grey = UInt8(level * 255 / (ColourMap.levels - 1))
      return IndexedImage.RGB(grey, grey, grey)
    }
    func marks(_ role: Role, _ other: IndexedImage.RGB) -> IndexedImage.RGB {
      appearance[role].foreground.components.map { IndexedImage.RGB($0, $1, $2) } ?? other
    }
    let amber = IndexedImage.RGB(255, 200, 0)
    let palette =
      greys + [marks(maskRole, amber), marks(.crosshair, IndexedImage.RGB(255, 255, 0))]
      + others.map { marks($0.role, amber) }
    let lit = (tint?.hues ?? []).flatMap { hue in
      (0..<Self.lights).map { step -> IndexedImage.RGB in
        let light = Double(step) / Double(Self.lights - 1)
        return hue.lit(light).components.map { IndexedImage.RGB($0, $1, $2) } ?? amber
      }
    }
    let masks = [mask] + others.map(\.mask)
    var indices: [UInt8] = []
    indices.reserveCapacity(size.width * size.height)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let place = Point(x: column(x, size), y: row(y, size))
        if let crosshair, isArm(place, of: crosshair) {
          indices.append(UInt8(greys.count + 1))
        } else if let first = masks.firstIndex(where: { isOutline($0, x, y, size) }) {
          // The cross-hair's colour is between those of the first mask and the others.
          indices.append(UInt8(min(255, greys.count + (first == 0 ? 0 : first + 1))))
        } else {
          indices.append(shade(place, x, y, size, black, white, firstHue: palette.count))
        }
      }
    }
    return IndexedImage(
      width: size.width, height: size.height, indices: indices,
      palette: Array((palette + lit).prefix(256)))
  }

  /// The voxel of the slice at a pixel of the picture.
  private func column(_ x: Int, _ size: Size) -> Int { min(width - 1, x * width / size.width) }
  private func row(_ y: Int, _ size: Size) -> Int { min(height - 1, y * height / size.height) }

  private func isOutline(_ mask: [Float], _ x: Int, _ y: Int, _ size: Size) -> Bool {
    func isInside(_ x: Int, _ y: Int) -> Bool {
      guard x >= 0, y >= 0, x < size.width, y < size.height else { return false }
      let index = row(y, size) * width + column(x, size)
      return index < mask.count && mask[index] >= 0.5
    }
    return isInside(x, y)
      && !(isInside(x - 1, y) && isInside(x + 1, y) && isInside(x, y - 1) && isInside(x, y + 1))
  }

  /// The grey of a voxel, or the light of its hue where it has one.
  private func shade(
    _ place: Point, _ x: Int, _ y: Int, _ size: Size, _ black: Float, _ white: Float, firstHue: Int
  ) -> UInt8 {
    let index = place.y * width + place.x
    let value = index < pixels.count ? pixels[index] : black
    let share = Double((value - black) / (white - black))
    let hue =
      tint?.number(
        (Double(x) + 0.5) / Double(size.width), (Double(y) + 0.5) / Double(size.height)) ?? 0
    let light = Int(
      (min(max(share.isFinite ? share : 0, 0), 1) * Double(Self.lights - 1)).rounded())
    let own = firstHue + (hue - 1) * Self.lights + light
    return hue > 0 && own < 256 ? UInt8(own) : UInt8(ColourMap.level(of: share))
  }

  /// Steps of light of a hue: twelve hues have room beside the greys.
  private static let lights = 12

  /// The arms of the cross-hair leave its middle open.
  private func isArm(_ place: Point, of middle: Point) -> Bool {
    let (dx, dy) = (abs(place.x - middle.x), abs(place.y - middle.y))
    return dx == 0 && dy > 2 || dy == 0 && dx > 2
  }
}
