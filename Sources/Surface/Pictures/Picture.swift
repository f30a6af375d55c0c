/// An image in true pixels over cells of a grid, for terminals that can show them.
public struct Picture: Sendable, Hashable {
  /// The cells that it covers.
  public var area: Rect
  public var width: Int
  public var height: Int
  /// Red, green and blue, row by row from the top.
  public var pixels: [UInt8]

  public init(area: Rect, width: Int, height: Int, pixels: [UInt8]) {
    self.area = area
    self.width = width
    self.height = height
    self.pixels = pixels
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
      area: area, width: size.width, height: size.height, pixels: colours(size, appearance))
  }

  /// Red, green and blue of the slice at a size of its own.
  private func colours(_ size: Size, _ appearance: Appearance) -> [UInt8] {
    let (black, white) = limits()
    let outline = appearance[.outline].foreground.components ?? (255, 200, 0)
    let hair = appearance[.crosshair].foreground.components ?? (255, 255, 0)
    func column(_ x: Int) -> Int { min(width - 1, x * width / size.width) }
    func row(_ y: Int) -> Int { min(height - 1, y * height / size.height) }
    func isInside(_ x: Int, _ y: Int) -> Bool {
      guard x >= 0, y >= 0, x < size.width, y < size.height else { return false }
      let index = row(y) * width + column(x)
      return index < mask.count && mask[index] >= 0.5
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size.width * size.height * 3)
    for y in 0..<size.height {
      for x in 0..<size.width {
        let place = Point(x: column(x), y: row(y))
        if let crosshair, isArm(place, of: crosshair) {
          bytes += [hair.red, hair.green, hair.blue]
          continue
        }
        if !mask.isEmpty, isInside(x, y),
          !isInside(x - 1, y) || !isInside(x + 1, y) || !isInside(x, y - 1) || !isInside(x, y + 1)
        {
          bytes += [outline.red, outline.green, outline.blue]
          continue
        }
        let index = place.y * width + place.x
        let value = index < pixels.count ? pixels[index] : black
        let share = (value - black) / (white - black)
        let grey = UInt8(share.isFinite ? min(max(share, 0), 1) * 255 : 0)
        bytes += [grey, grey, grey]
      }
    }
    return bytes
  }

  /// The arms of the cross-hair leave its middle open.
  private func isArm(_ place: Point, of middle: Point) -> Bool {
    let (dx, dy) = (abs(place.x - middle.x), abs(place.y - middle.y))
    return dx == 0 && dy > 2 || dy == 0 && dx > 2
  }
}
