/// A slice of a map in grey, with outlines of masks and a cross-hair.
public struct ImageSlice: Widget, Hashable {
  /// A mask of the size of the slice, drawn where it crosses 0.5.
  public struct Outline: Sendable, Hashable {
    public var mask: [Float]
    public var role: Role

    public init(_ mask: [Float], _ role: Role) { (self.mask, self.role) = (mask, role) }
  }

  /// Hues over the slice, on a grid that may be coarser than its pixels.
  public struct Tint: Sendable, Hashable {
    public var columns: Int
    public var rows: Int
    /// Numbers of hues from 1 on, row-major, the first row at the top; 0 for none.
    public var numbers: [UInt8]
    public var hues: [Colour]

    public init(columns: Int, rows: Int, numbers: [UInt8], hues: [Colour]) {
      (self.columns, self.rows, self.numbers, self.hues) = (columns, rows, numbers, hues)
    }

    /// The number at a place, 0…1 from the left and from the top; 0 for none.
    func number(_ across: Double, _ down: Double) -> Int {
      guard columns > 0, rows > 0 else { return 0 }
      let column = min(max(0, Int(across * Double(columns))), columns - 1)
      let row = min(max(0, Int(down * Double(rows))), rows - 1)
      let index = row * columns + column
      guard index < numbers.count, Int(numbers[index]) <= hues.count else { return 0 }
      return Int(numbers[index])
    }
  }

  /// Pixels, row-major, the first row at the top; missing ones count as black.
  public var width: Int
  public var height: Int
  public var pixels: [Float]
  /// What is shown as black and as white; the range of the pixels without it.
  public var range: ClosedRange<Float>?
  /// A mask of the same size; its outline is drawn where it crosses 0.5.
  public var mask: [Float]
  /// How that is drawn.
  public var maskRole = Role.outline
  /// Masks under it, in roles of their own; broken lines where there are no colours.
  public var others: [Outline] = []
  /// Hues of its parts; the rest is grey.
  public var tint: Tint?
  /// The pixel under the cross-hair.
  public var crosshair: Point?
  public var title: String

  public init(
    width: Int, height: Int, pixels: [Float], range: ClosedRange<Float>? = nil,
    mask: [Float] = [], crosshair: Point? = nil, title: String = ""
  ) {
    self.width = max(0, width)
    self.height = max(0, height)
    self.pixels = pixels
    self.range = range
    self.mask = mask
    self.crosshair = crosshair
    self.title = title
  }

  /// How pixels lie on cells.
  private struct Fit {
    var raster: PixelRaster
    /// Pixels of the image for one of the raster.
    var scaleX: Double
    var scaleY: Double
  }

  private func fit(in rect: Rect, _ appearance: Appearance) -> Fit? {
    guard width > 0, height > 0, !rect.isEmpty else { return nil }
    let mode = PixelRaster.Mode.of(appearance, isPicture: true)
    let body = title.isEmpty || rect.height < 4 ? rect : rect.split(top: 1).rest
    let (across, down) = mode.pixels
    // The larger of two scales that shows everything; raster pixels need not be square.
    let perRow = max(
      Double(height) / Double(body.height * down),
      Double(width) / Double(body.width * across) / mode.aspect)
    let rows = min(body.height, Int((Double(height) / perRow / Double(down)).rounded(.up)))
    let columns = min(
      body.width, Int((Double(width) / (perRow * mode.aspect) / Double(across)).rounded(.up)))
    let area = body.centred(Size(width: columns, height: rows))
    let raster = PixelRaster(mode: mode, map: .grey, area: area)
    return Fit(raster: raster, scaleX: perRow * mode.aspect, scaleY: perRow)
  }

  /// The pixel of the image at a cell, as for the mouse; nil beside the image.
  public func pixel(at point: Point, in rect: Rect, _ appearance: Appearance) -> Point? {
    guard let fit = fit(in: rect, appearance), fit.raster.area.contains(point) else { return nil }
    let (across, down) = fit.raster.mode.pixels
    let column = Double((point.x - fit.raster.area.x) * across) + Double(across) / 2
    let row = Double((point.y - fit.raster.area.y) * down) + Double(down) / 2
    let x = Int(column * fit.scaleX)
    let y = Int(row * fit.scaleY)
    guard x < width, y < height else { return nil }
    return Point(x: x, y: y)
  }

  /// The cell in which a pixel of the image lies; nil where the image has no such pixel.
  public func cell(of pixel: Point, in rect: Rect, _ appearance: Appearance) -> Point? {
    guard let fit = fit(in: rect, appearance), (0..<width).contains(pixel.x),
      (0..<height).contains(pixel.y)
    else { return nil }
    let (across, down) = fit.raster.mode.pixels
    let place = Point(
      x: fit.raster.area.x + Int((Double(pixel.x) + 0.5) / fit.scaleX) / across,
      y: fit.raster.area.y + Int((Double(pixel.y) + 0.5) / fit.scaleY) / down)
    return fit.raster.area.contains(place) ? place : nil
  }

  public func draw(in rect: Rect, of grid: inout Grid, _ appearance: Appearance) {
    guard let fit = fit(in: rect, appearance) else { return }
    if !title.isEmpty && rect.height >= 4 {
      grid.write(
        title, x: rect.x, y: rect.y, style: appearance[.dim], width: rect.width,
        alignment: .centre)
    }
    let raster = fit.raster
    let grey = sampled(pixels, fit)
    let outlines = outlines.map { ($0.role, sampled($0.mask, fit).map { $0 >= 0.5 }) }
    // Without colours a broken line is another's.
    let breaksOthers = appearance.colours == .none
    let (black, white) = limits()
    let hair = crosshair.flatMap { point -> Point? in
      guard (0..<width).contains(point.x), (0..<height).contains(point.y) else { return nil }
      return Point(
        x: Int((Double(point.x) + 0.5) / fit.scaleX), y: Int((Double(point.y) + 0.5) / fit.scaleY))
    }
    raster.draw(of: &grid, appearance) { x, y in
      guard Double(x) * fit.scaleX < Double(width), Double(y) * fit.scaleY < Double(height) else {
        return .outside
      }
      if let hair, let arm = raster.hair(x, y, about: hair) { return arm }
      let index = y * raster.width + x
      for (place, (role, inside)) in outlines.enumerated() where inside[index] {
        let isWhole = place == 0 && !mask.isEmpty || !breaksOthers || (x + y) % 2 == 0
        if isWhole,
          !isInside(inside, x - 1, y, raster) || !isInside(inside, x + 1, y, raster)
            || !isInside(inside, x, y - 1, raster) || !isInside(inside, x, y + 1, raster)
        {
          return .mark(role)
        }
      }
      let share = Double((grey[index] - black) / (white - black))
      let hue =
        tint?.number(
          (Double(x) + 0.5) * fit.scaleX / Double(width),
          (Double(y) + 0.5) * fit.scaleY / Double(height)) ?? 0
      return hue > 0 ? .lit(tint?.hues[hue - 1] ?? .terminal, share) : .level(share)
    }
  }

  /// The mask's outline, then the others.
  var outlines: [Outline] {
    (mask.isEmpty ? [] : [Outline(mask, maskRole)]) + others.filter { !$0.mask.isEmpty }
  }

  private func isInside(_ inside: [Bool], _ x: Int, _ y: Int, _ raster: PixelRaster) -> Bool {
    guard x >= 0, y >= 0, x < raster.width, y < raster.height else { return false }
    return inside[y * raster.width + x]
  }

  func limits() -> (black: Float, white: Float) {
    if let range, range.upperBound > range.lowerBound {
      return (range.lowerBound, range.upperBound)
    }
    var low = Float.infinity
    var high = -Float.infinity
    for value in pixels where value.isFinite {
      low = min(low, value)
      high = max(high, value)
    }
    return high > low ? (low, high) : (low.isFinite ? low : 0, (low.isFinite ? low : 0) + 1)
  }

  /// One value for each pixel of the raster: the mean of what it covers, or the nearest.
  private func sampled(_ image: [Float], _ fit: Fit) -> [Float] {
    let raster = fit.raster
    var result: [Float] = []
    result.reserveCapacity(raster.width * raster.height)
    for y in 0..<raster.height {
      let rows = ImageSlice.covered(y, fit.scaleY, height)
      for x in 0..<raster.width {
        let columns = ImageSlice.covered(x, fit.scaleX, width)
        var sum: Float = 0
        var count: Float = 0
        for row in rows {
          for column in columns where row * width + column < image.count {
            let value = image[row * width + column]
            if value.isFinite {
              sum += value
              count += 1
            }
          }
        }
        result.append(count > 0 ? sum / count : 0)
      }
    }
    return result
  }

  private static func covered(_ index: Int, _ scale: Double, _ size: Int) -> Range<Int> {
    let first = min(size - 1, Int(Double(index) * scale))
    let last = Int((Double(index + 1) * scale).rounded(.up))
    // Enlarged, a pixel of the raster lies in one pixel of the image.
    return scale <= 1 ? first..<first + 1 : first..<max(first + 1, min(size, last))
  }
}
