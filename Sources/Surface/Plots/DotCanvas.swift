/// The dots of a plot, several in a cell, each owned by a layer.
///
/// Layers with lower numbers win where a cell can have one colour only. Background layers (ghosts,
/// thresholds) leave the cells that a curve passes through.
struct DotCanvas {
  let columns: Int
  let rows: Int
  let marker: Marker
  /// By dot, row-major; −1 is none.
  private var owners: [Int16]

  /// Layers from here on are background.
  static let background: Int16 = 1000

  init(columns: Int, rows: Int, marker: Marker) {
    self.columns = max(0, columns)
    self.rows = max(0, rows)
    self.marker = marker
    owners = Array(
      repeating: -1, count: self.columns * marker.dots.columns * self.rows * marker.dots.rows)
  }

  var width: Int { columns * marker.dots.columns }
  var height: Int { rows * marker.dots.rows }

  mutating func set(_ x: Int, _ y: Int, _ layer: Int16) {
    guard x >= 0, y >= 0, x < width, y < height else { return }
    let index = y * width + x
    if owners[index] < 0 || layer < owners[index] { owners[index] = layer }
  }

  /// The layer of lines that are drawn with a thin character where dots are coarse.
  static let thin: Int16 = 3000

  /// Which dots along a line are drawn.
  enum Pattern: Sendable {
    case solid, dashed, dotted, dashDotted
    /// Every other dot: as faint as can be followed.
    case dense

    static func of(_ index: Int) -> Pattern {
      [.solid, .dashed, .dotted, .dashDotted][((index % 4) + 4) % 4]
    }

    func isDrawn(_ step: Int) -> Bool {
      switch self {
      case .solid: return true
      case .dashed: return step % 8 < 5
      case .dotted: return step % 3 == 0
      case .dense: return step % 2 == 0
      case .dashDotted: return step % 9 < 5 || step % 9 == 7
      }
    }
  }

  /// Draws a line between two dots, both given as positions with (0, 0) the centre of the first;
  /// what lies outside is left out.
  ///
  /// - Parameter step: dots since the line's start, carried on from one piece to the next.
  mutating func line(
    from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ layer: Int16,
    pattern: Pattern = .solid, step: inout Int
  ) {
    guard let (a, b) = clip(start, end) else { return }
    let isFlat = abs(b.x - a.x) >= abs(b.y - a.y)
    // One dot for each column of a flat line, or for each row of a steep one.
    let from = isFlat ? a : (x: a.y, y: a.x)
    let to = isFlat ? b : (x: b.y, y: b.x)
    let first = Int((from.x + 0.5).rounded(.down))
    let last = Int((to.x + 0.5).rounded(.down))
    let slope = to.x == from.x ? 0 : (to.y - from.y) / (to.x - from.x)
    let lowest = min(from.y, to.y)
    let highest = max(from.y, to.y)
    let direction = first <= last ? 1 : -1
    for (index, along) in stride(from: first, through: last, by: direction).enumerated() {
      guard pattern.isDrawn(step + index) else { continue }
      let across = from.y + slope * (Double(along) - from.x)
      let dot = Int((min(max(across, lowest), highest) + 0.5).rounded(.down))
      set(isFlat ? along : dot, isFlat ? dot : along, layer)
    }
    step += abs(last - first)
  }

  /// The part of a segment inside the canvas (Liang and Barsky 1984).
  private func clip(
    _ a: (x: Double, y: Double), _ b: (x: Double, y: Double)
  ) -> ((x: Double, y: Double), (x: Double, y: Double))? {
    guard a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite, width > 0, height > 0 else {
      return nil
    }
    let dx = b.x - a.x
    let dy = b.y - a.y
    guard dx.isFinite, dy.isFinite else { return nil }
    var from = 0.0
    var to = 1.0
    let sides = [
      (-dx, a.x + 0.5), (dx, Double(width) - 0.5 - a.x), (-dy, a.y + 0.5),
      (dy, Double(height) - 0.5 - a.y),
    ]
    for (p, q) in sides {
      if p == 0 {
        if q < 0 { return nil }
      } else if p < 0 {
        from = max(from, q / p)
      } else {
        to = min(to, q / p)
      }
    }
    guard from <= to else { return nil }
    return ((a.x + dx * from, a.y + dy * from), (a.x + dx * to, a.y + dy * to))
  }

  /// Draws the cells that have dots.
  ///
  /// - Parameters:
  ///   - style: of a layer.
  ///   - symbol: the character of a layer where a cell has one dot.
  func draw(
    at origin: Point, of grid: inout Grid, style: (Int16) -> Style,
    symbol: (Int16) -> Unicode.Scalar
  ) {
    for row in 0..<rows {
      for column in 0..<columns {
        guard let cell = cell(column, row) else { continue }
        let x = origin.x + column
        let y = origin.y + row
        if marker == .halfBlock, let (upper, lower) = halves(column, row) {
          let above = style(upper)
          let below = style(lower)
          if above.foreground != .terminal && below.foreground != .terminal {
            grid.put("▀", x: x, y: y, style: above.with(background: below.foreground))
            continue
          }
        }
        let isCoarse = marker.dots.rows < 4 && cell.top == DotCanvas.thin
        let scalar =
          marker.dots == (1, 1) || isCoarse
          ? symbol(cell.top) : MarkerGlyphs.scalar(cell.bits, marker)
        grid.put(scalar, x: x, y: y, style: style(cell.top))
      }
    }
  }

  /// The layer that a cell is drawn in, and its dots: without those of the background where a curve
  /// passes. Nil without dots.
  private func cell(_ column: Int, _ row: Int) -> (top: Int16, bits: UInt8)? {
    let (across, down) = marker.dots
    var top = Int16.max
    for y in row * down..<(row + 1) * down {
      for x in column * across..<(column + 1) * across {
        let owner = owners[y * width + x]
        if owner >= 0 && owner < top { top = owner }
      }
    }
    guard top < .max else { return nil }
    var bits: UInt8 = 0
    for y in 0..<down {
      for x in 0..<across {
        let owner = owners[(row * down + y) * width + column * across + x]
        if owner >= 0 && (top >= DotCanvas.background || owner < DotCanvas.background) {
          bits |= 1 << UInt8(y * across + x)
        }
      }
    }
    return (top, bits)
  }

  /// The layers of the two halves of a cell where two curves share it.
  private func halves(_ column: Int, _ row: Int) -> (upper: Int16, lower: Int16)? {
    let upper = owners[2 * row * width + column]
    let lower = owners[(2 * row + 1) * width + column]
    let curves = 0..<DotCanvas.background
    return upper != lower && curves.contains(upper) && curves.contains(lower)
      ? (upper, lower) : nil
  }
}
