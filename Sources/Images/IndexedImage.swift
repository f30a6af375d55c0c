import Glibc

/// A picture of at most 256 colours: for each pixel the number of its colour.
public struct IndexedImage: Sendable, Hashable {
  public let width: Int
  public let height: Int
  /// Numbers of colours, row by row from the top, `width * height` of them.
  public var indices: [UInt8]
  /// Red, green and blue of each number.
  public var palette: [RGB]
  /// The number of what is not part of the picture; nil where all of it is.
  public var outside: UInt8?

  /// Red, green and blue in sRGB.
  public struct RGB: Sendable, Hashable {
    public var red: UInt8, green: UInt8, blue: UInt8

    public init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
      (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// From 0xRRGGBB.
    public init(hex: UInt32) {
      self.init(UInt8(hex >> 16 & 255), UInt8(hex >> 8 & 255), UInt8(hex & 255))
    }

    /// The colour times a factor of 0…1 in linear light, as a surface that gets less of it.
    public func lit(_ factor: Double) -> RGB {
      // A power of 2.2 is as near to sRGB's curve as a shade needs.
      let scale = factor <= 0 ? 0 : pow(min(factor, 1), 1 / 2.2)
      func part(_ value: UInt8) -> UInt8 { UInt8((Double(value) * scale).rounded()) }
      return RGB(part(red), part(green), part(blue))
    }

    /// The mixture with another colour: 0 is this one, 1 the other; in sRGB.
    public func mixed(with other: RGB, _ share: Double) -> RGB {
      let share = min(max(share, 0), 1)
      func part(_ a: UInt8, _ b: UInt8) -> UInt8 {
        UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded())
      }
      return RGB(part(red, other.red), part(green, other.green), part(blue, other.blue))
    }

    /// How light it looks, 0…1: the luma of BT.601.
    public var luma: Double {
      (0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue)) / 255
    }
  }

  public init(
    width: Int, height: Int, indices: [UInt8], palette: [RGB], outside: UInt8? = nil
  ) {
    precondition(indices.count == width * height)
    (self.width, self.height, self.indices) = (width, height, indices)
    (self.palette, self.outside) = (palette, outside)
  }

  /// The colour of a pixel; black where it has none.
  public subscript(x: Int, y: Int) -> RGB {
    guard x >= 0, y >= 0, x < width, y < height else { return RGB(0, 0, 0) }
    let index = Int(indices[y * width + x])
    return index < palette.count ? palette[index] : RGB(0, 0, 0)
  }

  /// The same picture with other numbers of pixels, each the nearest one's colour.
  public func scaled(toWidth newWidth: Int, height newHeight: Int) -> IndexedImage {
    if newWidth == width && newHeight == height { return self }
    var result: [UInt8] = []
    result.reserveCapacity(newWidth * newHeight)
    let columns = (0..<newWidth).map { min(width - 1, (2 * $0 + 1) * width / (2 * newWidth)) }
    for y in 0..<newHeight {
      let row = min(height - 1, (2 * y + 1) * height / (2 * newHeight)) * width
      for column in columns { result.append(indices[row + column]) }
    }
    return IndexedImage(
      width: newWidth, height: newHeight, indices: result, palette: palette, outside: outside)
  }

  /// Draws dots of two by two pixels in one colour; nothing where the palette is full.
  public mutating func drawDots(_ places: [(x: Double, y: Double)], _ colour: RGB) {
    guard palette.count <= 255 else { return }
    let number = UInt8(palette.count)
    palette.append(colour)
    for place in places where abs(place.x) < 1e6 && abs(place.y) < 1e6 {
      let (column, row) = (Int(place.x.rounded(.down)), Int(place.y.rounded(.down)))
      for (x, y) in [(column, row), (column + 1, row), (column, row + 1), (column + 1, row + 1)]
      where (0..<width).contains(x) && (0..<height).contains(y) {
        indices[y * width + x] = number
      }
    }
  }

  /// Draws a ring of a colour, or a disc with a dark rim; nothing where the palette is full.
  public mutating func drawRing(
    x: Double, y: Double, radius: Double, isFilled: Bool, _ colour: RGB
  ) {
    guard palette.count <= 254, radius.isFinite, x.isFinite, y.isFinite, abs(x) < 1e6, abs(y) < 1e6
    else { return }
    let number = UInt8(palette.count)
    palette += [colour, RGB(0, 0, 0)]
    let reach = Int(radius.rounded(.up)) + 1
    for row in max(0, Int(y) - reach)...max(0, Int(y) + reach) where row < height {
      for column in max(0, Int(x) - reach)...max(0, Int(x) + reach) where column < width {
        let distance = hypot(Double(column) + 0.5 - x, Double(row) + 0.5 - y)
        if distance > radius + 1 { continue }
        let isRim = distance > radius
        if isRim || isFilled || distance > radius - 1.5 {
          indices[row * width + column] = isRim ? number + 1 : number
        }
      }
    }
  }
}
