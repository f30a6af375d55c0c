import Images
import Surface

/// Pictures as sixels (DEC STD 070): six rows of pixels a line, one colour after the other.
enum SixelEncoder {
  static func encoded(_ picture: Picture) -> String {
    let image = merged(picture.image).scaled(toWidth: picture.width, height: picture.height)
    // Aspect 1:1, and pixels that are not set stay as they are.
    var text = Array("\u{1B}P0;1;0q\"1;1;\(image.width);\(image.height)".utf8)
    var isUsed = [Bool](repeating: false, count: 256)
    for index in image.indices { isUsed[Int(index)] = true }
    for (number, colour) in image.palette.enumerated() where number < 256 && isUsed[number] {
      let parts = [colour.red, colour.green, colour.blue].map { (Int($0) * 100 + 127) / 255 }
      text += "#\(number);2;\(parts[0]);\(parts[1]);\(parts[2])".utf8
    }
    var band = Band(width: image.width)
    for top in stride(from: 0, to: image.height, by: 6) {
      band.append(image, top: top, to: &text)
      text.append(UInt8(ascii: "-"))
    }
    return String(decoding: text, as: UTF8.self) + "\u{1B}\\"
  }

  /// Steps of red, green and blue: half as many bytes as with 64 greys, and no eye sees it in a map's noise.
  static let levels = 16

  /// The image with colours that fall into the same steps made one.
  static func merged(_ image: IndexedImage) -> IndexedImage {
    var palette: [IndexedImage.RGB] = []
    let numbers = image.palette.map { colour -> UInt8 in
      func step(_ value: UInt8) -> UInt8 {
        let step = (Int(value) * (levels - 1) + 127) / 255
        return UInt8(step * 255 / (levels - 1))
      }
      let merged = IndexedImage.RGB(step(colour.red), step(colour.green), step(colour.blue))
      let known = palette.firstIndex(of: merged)
      if known == nil { palette.append(merged) }
      return UInt8(min(255, known ?? palette.count - 1))
    }
    var result = image
    result.indices = image.indices.map { Int($0) < numbers.count ? numbers[Int($0)] : 0 }
    result.palette = palette
    result.outside = nil
    return result
  }

  /// Six rows: for each colour in them a run-length line of which pixels have it.
  private struct Band {
    let width: Int
    /// For each colour the columns' bits; empty for those that are not in the rows.
    private var bits = [[UInt8]](repeating: [], count: 256)

    init(width: Int) { self.width = width }

    mutating func append(_ image: IndexedImage, top: Int, to text: inout [UInt8]) {
      var used: [Int] = []
      for y in top..<min(top + 6, image.height) {
        let bit = UInt8(1 << (y - top))
        for x in 0..<width {
          let number = Int(image.indices[y * width + x])
          if bits[number].isEmpty {
            bits[number] = [UInt8](repeating: 0, count: width)
            used.append(number)
          }
          bits[number][x] |= bit
        }
      }
      for (place, number) in used.sorted().enumerated() {
        if place > 0 { text.append(UInt8(ascii: "$")) }
        text += "#\(number)".utf8
        Self.append(bits[number], to: &text)
        bits[number] = []
      }
    }

    private static func append(_ line: [UInt8], to text: inout [UInt8]) {
      var start = 0
      let end = (line.lastIndex { $0 != 0 } ?? -1) + 1
      while start < end {
        var next = start
        while next < end, line[next] == line[start] { next += 1 }
        let sign = 63 + line[start]
        let count = next - start
        if count > 3 {
          text += "!\(count)".utf8
          text.append(sign)
        } else {
          for _ in 0..<count { text.append(sign) }
        }
        start = next
      }
    }
  }
}
