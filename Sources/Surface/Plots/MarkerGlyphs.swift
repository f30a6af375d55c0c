/// The characters for the dots of a cell.
///
/// Dots are bits in reading order: bit 0 is the top left one, then its right neighbour, then the
/// next row.
enum MarkerGlyphs {
  static func scalar(_ dots: UInt8, _ marker: Marker) -> Unicode.Scalar {
    switch marker {
    case .braille: return braille[Int(dots)]
    case .octant: return octants[Int(dots)]
    case .quadrant: return quadrants[Int(dots & 15)]
    case .halfBlock: return halves[Int(dots & 3)]
    case .dot: return dots == 0 ? " " : "•"
    case .ascii: return dots == 0 ? " " : "*"
    }
  }

  private static let halves: [Unicode.Scalar] = [" ", "▀", "▄", "█"]

  private static let quadrants: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]

  /// Braille numbers its dots down the left column, down the right one, and then the fourth row.
  private static let braille: [Unicode.Scalar] = (0..<256).map { dots in
    let bits: [UInt32] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    let pattern = bits.indices.reduce(UInt32(0)) { $0 | (dots >> $1 & 1 == 1 ? bits[$1] : 0) }
    return dots == 0 ? " " : Unicode.Scalar(0x2800 + pattern) ?? " "
  }

  /// Unicode 16 has octants at U+1CD00 in the order of these numbers, without the 26 that exist
  /// elsewhere.
  private static let octants: [Unicode.Scalar] = {
    var known: [Int: Unicode.Scalar] = [
      0x01: "\u{1CEA8}", 0x02: "\u{1CEAB}", 0x40: "\u{1CEA3}", 0x80: "\u{1CEA0}",
      0x03: "\u{1FB82}", 0xC0: "▂", 0x3F: "\u{1FB85}", 0xFC: "▆",
      0x14: "\u{1FBE6}", 0x28: "\u{1FBE7}",
    ]
    // Each quadrant is two octants, one above the other.
    let quarters = [0x05, 0x0A, 0x50, 0xA0]
    for (dots, scalar) in quadrants.enumerated() {
      known[quarters.indices.reduce(0) { $0 | (dots >> $1 & 1 == 1 ? quarters[$1] : 0) }] = scalar
    }
    var next: UInt32 = 0x1CD00
    return (0..<256).map { dots in
      if let scalar = known[dots] { return scalar }
      defer { next += 1 }
      return Unicode.Scalar(next) ?? "?"
    }
  }()

  /// What tells curves apart where a cell has one dot: the n-th curve's own character.
  static func symbol(_ index: Int, _ marker: Marker) -> Unicode.Scalar {
    let ascii: [Unicode.Scalar] = ["*", "+", "o", "x", "#", "%"]
    let dots: [Unicode.Scalar] = ["•", "+", "○", "x", "■", "·"]
    return (marker == .ascii ? ascii : dots)[((index % 6) + 6) % 6]
  }
}
