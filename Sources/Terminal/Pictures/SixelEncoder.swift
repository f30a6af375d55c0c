import Surface

/// Pictures as sixels (DEC STD 070): six rows of pixels a line, one colour after the other.
enum SixelEncoder {
  /// Levels of each of red, green and blue that are told apart where a picture is not grey.
  private static let levels = 6

  static func encoded(_ picture: Picture) -> String {
    let indices = palette(picture)
    // Aspect 1:1, and pixels that are not set stay as they are.
    var text = "\u{1B}P0;1;0q\"1;1;\(picture.width);\(picture.height)"
    for (number, colour) in indices.colours.enumerated() {
      let parts = [colour >> 16 & 255, colour >> 8 & 255, colour & 255].map {
        ($0 * 100 + 127) / 255
      }
      text += "#\(number);2;\(parts[0]);\(parts[1]);\(parts[2])"
    }
    for top in stride(from: 0, to: picture.height, by: 6) {
      text += band(picture, indices.numbers, top: top) + "-"
    }
    return text + "\u{1B}\\"
  }

  /// The colours of a picture, and the number of each pixel's. Greys keep 32 levels, others are
  /// rounded to a cube of colours.
  private static func palette(_ picture: Picture) -> (colours: [Int], numbers: [Int]) {
    var known: [Int: Int] = [:]
    var colours: [Int] = []
    var numbers: [Int] = []
    numbers.reserveCapacity(picture.width * picture.height)
    for pixel in 0..<picture.width * picture.height {
      let start = 3 * pixel
      guard start + 2 < picture.pixels.count else {
        numbers.append(0)
        continue
      }
      var parts = (0..<3).map { Int(picture.pixels[start + $0]) }
      let step = parts[0] == parts[1] && parts[1] == parts[2] ? 8 : 256 / levels
      parts = parts.map { min(255, $0 / step * step) }
      let colour = parts[0] << 16 | parts[1] << 8 | parts[2]
      if let number = known[colour] {
        numbers.append(number)
      } else if colours.count < 256 {
        known[colour] = colours.count
        numbers.append(colours.count)
        colours.append(colour)
      } else {
        numbers.append(0)
      }
    }
    return (colours, numbers)
  }

  /// Six rows: for each colour in them a run-length line of which pixels have it.
  private static func band(_ picture: Picture, _ numbers: [Int], top: Int) -> String {
    let rows = top..<min(top + 6, picture.height)
    var bits: [Int: [UInt8]] = [:]
    for y in rows {
      for x in 0..<picture.width {
        let number = numbers[y * picture.width + x]
        bits[number, default: [UInt8](repeating: 0, count: picture.width)][x] |= 1 << UInt8(y - top)
      }
    }
    return bits.keys.sorted().map { "#\($0)" + runs(bits[$0] ?? []) }.joined(separator: "$")
  }

  private static func runs(_ line: [UInt8]) -> String {
    var text = ""
    var start = 0
    let end = (line.lastIndex { $0 != 0 } ?? -1) + 1
    while start < end {
      var next = start
      while next < end, line[next] == line[start] { next += 1 }
      let sign = String(UnicodeScalar(63 + line[start]))
      let count = next - start
      text += count > 3 ? "!\(count)\(sign)" : String(repeating: sign, count: count)
      start = next
    }
    return text
  }
}
