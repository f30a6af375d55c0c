import Surface

/// The masks of several regions over slices: each in the colour that it has everywhere and with its number,
/// the chosen one on top.
struct RegionOutlines {
  /// How many regions there are, and which of them is chosen.
  let count: Int
  let chosen: Int
  /// A region's mask on a plane; empty where there is none.
  let mask: (_ region: Int, _ plane: Int) -> [Float]

  /// One for each region, in their order.
  func outlines(_ plane: Int) -> [ImageSlice.Outline] {
    (0..<count).map { ImageSlice.Outline(mask($0, plane), .series($0)) }
  }
}

extension SliceView {
  /// Writes the number of each region in the middle of its outline; without colours along the outlines of
  /// those that are not chosen, too.
  func number(
    _ outlines: [ImageSlice.Outline], on image: ImageSlice, in rect: Rect, of frame: inout Frame
  ) {
    guard frame.pictureCell == nil, outlines.count > 1 else { return }
    if frame.look.colours == .none {
      for (index, outline) in outlines.enumerated() where index != regions?.chosen {
        for cell in Self.rim(of: outline.mask, on: image, in: rect, frame.look) {
          frame.write("\(index + 1)", x: cell.x, y: cell.y, outline.role)
        }
      }
    }
    for (index, outline) in outlines.enumerated() {
      guard let middle = Self.middle(of: outline.mask, width: image.width),
        let cell = image.cell(of: middle, in: rect, frame.look)
      else { continue }
      frame.write("\(index + 1)", x: cell.x, y: cell.y, outline.role)
    }
  }

  /// Every other cell along the outline of a mask.
  private static func rim(
    of mask: [Float], on image: ImageSlice, in rect: Rect, _ look: Appearance
  ) -> [Point] {
    func isInside(_ x: Int, _ y: Int) -> Bool {
      guard let pixel = image.pixel(at: Point(x: x, y: y), in: rect, look) else { return false }
      let index = pixel.y * image.width + pixel.x
      return mask.indices.contains(index) && mask[index] >= 0.5
    }
    return (rect.y..<rect.bottom).flatMap { y in
      (rect.x..<rect.right).filter { x in
        (x + y) % 2 == 0 && isInside(x, y)
          && !(isInside(x - 1, y) && isInside(x + 1, y) && isInside(x, y - 1)
            && isInside(x, y + 1))
      }.map { Point(x: $0, y: y) }
    }
  }

  /// The pixel of a mask that is nearest to its middle; nil where nothing of it is in the plane.
  static func middle(of mask: [Float], width: Int) -> Point? {
    let inside = mask.indices.filter { mask[$0] >= 0.5 }
    guard !inside.isEmpty, width > 0 else { return nil }
    let count = Double(inside.count)
    let x = inside.reduce(0.0) { $0 + Double($1 % width) } / count
    let y = inside.reduce(0.0) { $0 + Double($1 / width) } / count
    func distance(_ index: Int) -> Double {
      let (dx, dy) = (Double(index % width) - x, Double(index / width) - y)
      return dx * dx + dy * dy
    }
    return inside.min { distance($0) < distance($1) }
      .map { Point(x: $0 % width, y: $0 / width) }
  }
}

extension Frame {
  /// A line of the regions with their numbers and colours; the chosen one in brackets.
  mutating func regions(_ names: [String], chosen: Int, x first: Int, in rect: Rect) {
    var x = first
    for (index, name) in names.enumerated() {
      let isChosen = index == chosen
      let text = "\(index + 1) \(name)"
      let left = max(0, rect.right - x)
      x += write(isChosen ? "[\(text)]" : " \(text) ", x: x, y: rect.y, .series(index), width: left)
      x += 1
    }
  }
}
