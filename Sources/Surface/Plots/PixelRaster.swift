/// A picture of grey or colour-map levels, drawn with as many pixels as the terminal can show.
///
/// With 256 colours or more each cell has two pixels, one above the other (half blocks), or four or
/// eight in two tones (quadrants, octants); with fewer, braille dots in an ordered pattern or a ramp
/// of ASCII characters.
struct PixelRaster: Sendable {
  /// What one pixel shows.
  enum Pixel: Sendable, Hashable {
    /// The ground.
    case outside
    /// A share of 0…1 of the colour map.
    case level(Double)
    /// A colour in so much light, 0…1.
    case lit(Colour, Double)
    /// A line on top, such as an outline.
    case mark(Role)
    /// An arm of the cross-hair.
    case hair(isVertical: Bool)

    /// How light it is, 0…1; nil for what has a colour of its own.
    var share: Double? {
      switch self {
      case .level(let share), .lit(_, let share): share
      case .outside, .mark, .hair: nil
      }
    }
  }

  /// How cells are filled.
  enum Mode: Sendable, Hashable {
    case halfBlocks
    case twoTones(Marker)
    case dither(Marker)
    case ramp

    /// Pixels in a cell.
    var pixels: (columns: Int, rows: Int) {
      switch self {
      case .halfBlocks: return (1, 2)
      case .twoTones(let marker), .dither(let marker): return marker.dots
      case .ramp: return (1, 1)
      }
    }

    /// Width of a pixel for a height of 1, where a cell is twice as high as wide.
    var aspect: Double {
      Double(pixels.rows) / Double(pixels.columns) / 2
    }

    /// The mode for an appearance.
    ///
    /// - Parameter isPicture: whether shapes matter more than values: a heat map has no use for two
    ///   tones or dots.
    static func of(_ appearance: Appearance, isPicture: Bool) -> Mode {
      let marker = appearance.marker
      if appearance.colours >= .c256, marker != .ascii, marker != .dot,
        appearance.glyphs > .ascii
      {
        return isPicture && (marker == .quadrant || marker == .octant)
          ? .twoTones(marker) : .halfBlocks
      }
      let hasDots = marker == .braille || marker == .octant || marker == .quadrant
      return isPicture && hasDots ? .dither(marker) : .ramp
    }
  }

  static let ramp: [Unicode.Scalar] = [" ", ".", ":", "-", "=", "+", "*", "#", "%", "@"]

  let mode: Mode
  let map: ColourMap
  let area: Rect

  var width: Int { area.width * mode.pixels.columns }
  var height: Int { area.height * mode.pixels.rows }

  /// The arm of a cross-hair at a pixel: dashed, and open about the middle, so that what it points
  /// at stays in view.
  func hair(_ x: Int, _ y: Int, about middle: Point) -> Pixel? {
    let gap = max(2, mode.pixels.rows)
    if x == middle.x, abs(y - middle.y) >= gap, (y - middle.y) % 2 == 0 {
      return .hair(isVertical: true)
    }
    if y == middle.y, abs(x - middle.x) >= gap, (x - middle.x) % 2 == 0 {
      return .hair(isVertical: false)
    }
    return nil
  }

  func draw(
    of grid: inout Grid, _ appearance: Appearance, pixel: (Int, Int) -> Pixel
  ) {
    let (across, down) = mode.pixels
    var pixels: [Pixel] = []
    for row in 0..<area.height {
      for column in 0..<area.width {
        pixels.removeAll(keepingCapacity: true)
        for y in 0..<down {
          for x in 0..<across { pixels.append(pixel(column * across + x, row * down + y)) }
        }
        if pixels.allSatisfy({ $0 == .outside }) { continue }
        draw(pixels, x: area.x + column, y: area.y + row, of: &grid, appearance)
      }
    }
  }

  private func draw(
    _ pixels: [Pixel], x: Int, y: Int, of grid: inout Grid, _ appearance: Appearance
  ) {
    switch mode {
    case .halfBlocks:
      let upper = colour(pixels[0], appearance)
      let lower = colour(pixels[1], appearance)
      // A blank where both halves are alike: terminals erase runs of it at once.
      grid.put(
        upper == lower ? " " : "▀", x: x, y: y,
        style: Style(foreground: upper, background: lower))
    case .twoTones(let marker):
      drawTones(pixels, marker, x: x, y: y, of: &grid, appearance)
    case .dither(let marker):
      drawDots(pixels, marker, x: x, y: y, of: &grid, appearance)
    case .ramp:
      switch pixels[0] {
      case .outside: break
      case .mark(let role):
        let symbol = role == .axis ? appearance.glyph("·", ".") : appearance.glyph("○", "o")
        grid.put(symbol, x: x, y: y, style: appearance[role])
      case .hair(let isVertical):
        let symbol = isVertical ? appearance.glyph("│", "|") : appearance.glyph("─", "-")
        grid.put(symbol, x: x, y: y, style: appearance[.crosshair])
      case .level(let share), .lit(_, let share):
        let step = Int((clamped(share) * Double(PixelRaster.ramp.count - 1)).rounded())
        grid.put(PixelRaster.ramp[step], x: x, y: y, style: appearance[.text])
      }
    }
  }

  private func colour(_ pixel: Pixel, _ appearance: Appearance) -> Colour {
    switch pixel {
    case .outside: return appearance.palette.background
    case .level(let share): return map.colour(at: share, appearance.colours)
    case .lit(let hue, let share): return hue.lit(clamped(share)).reduced(to: appearance.colours)
    case .mark(let role): return appearance[role].foreground
    case .hair: return appearance[.crosshair].foreground
    }
  }

  private func clamped(_ share: Double) -> Double {
    share.isFinite ? min(max(share, 0), 1) : share == .infinity ? 1 : 0
  }

  /// Two colours for the pixels of a cell: those above the middle of their range, and the others. A
  /// mark takes the first for itself.
  private func drawTones(
    _ pixels: [Pixel], _ marker: Marker, x: Int, y: Int, of grid: inout Grid,
    _ appearance: Appearance
  ) {
    var marked: Role?
    // One hue for the cell: two colours are all that it has.
    var hue: Colour?
    var levels: [Double] = []
    for pixel in pixels {
      if case .mark(let role) = pixel { marked = role }
      if case .hair = pixel { marked = .crosshair }
      if let share = pixel.share { levels.append(clamped(share)) }
      if case .lit(let colour, _) = pixel { hue = hue ?? colour }
    }
    let lowest = levels.min() ?? 0
    let highest = levels.max() ?? 0
    // What differs by less than a step of the colour map is one tone.
    let isEven = highest - lowest < 1 / Double(ColourMap.levels)
    let middle = isEven ? 2 : (lowest + highest) / 2
    var bits: UInt8 = 0
    var high: [Double] = []
    var low: [Double] = []
    for (index, pixel) in pixels.enumerated() {
      switch pixel {
      case .mark, .hair: bits |= 1 << UInt8(index)
      case .outside: break
      case .level(let share), .lit(_, let share):
        if marked == nil && clamped(share) > middle {
          bits |= 1 << UInt8(index)
          high.append(clamped(share))
        } else {
          low.append(clamped(share))
        }
      }
    }
    func mean(_ values: [Double]) -> Colour {
      guard !values.isEmpty else { return appearance.palette.background }
      let share = values.reduce(0, +) / Double(values.count)
      return hue.map { $0.lit(share).reduced(to: appearance.colours) }
        ?? map.colour(at: share, appearance.colours)
    }
    let style = Style(
      foreground: marked.map { appearance[$0].foreground } ?? mean(high), background: mean(low))
    grid.put(MarkerGlyphs.scalar(bits, marker), x: x, y: y, style: style)
  }

  /// Dots by an ordered threshold pattern (Bayer 1973), and all dots of a mark.
  private func drawDots(
    _ pixels: [Pixel], _ marker: Marker, x: Int, y: Int, of grid: inout Grid,
    _ appearance: Appearance
  ) {
    let pattern = [0, 8, 2, 10, 12, 4, 14, 6, 3, 11, 1, 9, 15, 7, 13, 5]
    let (across, _) = mode.pixels
    var bits: UInt8 = 0
    var style = appearance[.text]
    for (index, pixel) in pixels.enumerated() {
      let dotX = (x - area.x) * across + index % across
      let dotY = (y - area.y) * mode.pixels.rows + index / across
      switch pixel {
      case .outside: break
      case .mark(let role):
        bits |= 1 << UInt8(index)
        style = appearance[role]
      case .hair:
        bits |= 1 << UInt8(index)
        style = appearance[.crosshair]
      case .level(let share), .lit(_, let share):
        let threshold = (Double(pattern[dotY % 4 * 4 + dotX % 4]) + 0.5) / 16
        if clamped(share) > threshold { bits |= 1 << UInt8(index) }
      }
    }
    if bits != 0 { grid.put(MarkerGlyphs.scalar(bits, marker), x: x, y: y, style: style) }
  }
}

extension Colour {
  /// Steps of light of a hue: with more, terminals would run out of pairs of colours.
  static let lights = 16

  /// The colour in a light, 0…1, in steps: from black to itself in half of it, and on toward white, so that
  /// dark hues are told from black.
  func lit(_ light: Double) -> Colour {
    guard let (red, green, blue) = components else { return self }
    let share = (min(max(light, 0), 1) * Double(Self.lights)).rounded() / Double(Self.lights)
    func part(_ value: UInt8) -> UInt8 {
      let own = Double(value)
      return UInt8((share <= 0.5 ? own * 2 * share : own + (255 - own) * (share - 0.5)).rounded())
    }
    return .rgb(part(red), part(green), part(blue))
  }
}
