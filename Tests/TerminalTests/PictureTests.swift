import Images
import Surface
import Testing

@testable import Terminal

/// Pictures in true pixels, decoded again by the rules of their protocols.
@Suite struct PictureTests {
  /// A diagonal in pink over 64 greys.
  private let picture = Picture(
    area: Rect(x: 3, y: 2, width: 3, height: 1), width: 23, height: 14,
    image: IndexedImage(
      width: 23, height: 14,
      indices: (0..<14 * 23).map { index in
        let (x, y) = (index % 23, index / 23)
        return x == y ? 64 : UInt8((x * 11 + y * 3) % 64)
      },
      palette: (0..<64).map { IndexedImage.RGB(UInt8(4 * $0), UInt8(4 * $0), UInt8(4 * $0)) }
        + [IndexedImage.RGB(250, 10, 120)]))

  /// Reads sixels: colours in hundredths, and for each colour which of six rows a column has.
  private func decoded(_ text: String, width: Int, height: Int) -> [[Int]] {
    var bytes = Array(text.utf8)[...]
    func number() -> Int {
      var value = 0
      while let next = bytes.first, (48...57).contains(next) {
        value = value * 10 + Int(next) - 48
        bytes = bytes.dropFirst()
      }
      return value
    }
    var image = [[Int]](repeating: [], count: width * height)
    var colours: [Int: [Int]] = [:]
    var (colour, x, top, count) = (0, 0, 0, 1)
    // Past the introduction and the size.
    bytes = bytes.drop { $0 != UInt8(ascii: "#") }
    while let sign = bytes.first, sign != 27 {
      bytes = bytes.dropFirst()
      switch sign {
      case UInt8(ascii: "#"):
        colour = number()
        if bytes.first == UInt8(ascii: ";") {
          var parts: [Int] = []
          while bytes.first == UInt8(ascii: ";") {
            bytes = bytes.dropFirst()
            parts.append(number())
          }
          colours[colour] = Array(parts.dropFirst())
        }
      case UInt8(ascii: "!"): count = number()
      case UInt8(ascii: "$"): x = 0
      case UInt8(ascii: "-"): (x, top) = (0, top + 6)
      default:
        for _ in 0..<count {
          for row in 0..<6 where (sign - 63) >> row & 1 == 1 {
            image[(top + row) * width + x] = colours[colour] ?? []
          }
          x += 1
        }
        count = 1
      }
    }
    return image
  }

  @Test func sixelsAreThePicture() {
    let text = SixelEncoder.encoded(picture)
    #expect(text.hasPrefix("\u{1B}P0;1;0q\"1;1;23;14#"))
    #expect(text.hasSuffix("\u{1B}\\"))
    let image = decoded(text, width: 23, height: 14)
    for (index, parts) in image.enumerated() {
      #expect(parts.count == 3)
      let wanted = picture.image[index % 23, index / 23]
      for (part, wanted) in zip(parts, [wanted.red, wanted.green, wanted.blue]) {
        // Sixels have hundredths, and colours sixteen steps.
        #expect(abs(Double(part) * 2.55 - Double(wanted)) < 10)
      }
    }
  }

  /// Greys that no eye tells apart are one colour, and are sent once; black and white stay.
  @Test func sixelsHaveFewColours() {
    let greys = IndexedImage(
      width: 64, height: 6, indices: (0..<384).map { UInt8($0 % 64) },
      palette: (0..<64).map { IndexedImage.RGB(UInt8($0 * 4), UInt8($0 * 4), UInt8($0 * 4)) })
    let merged = SixelEncoder.merged(greys)
    #expect(merged.palette.count == 16)
    #expect(merged.palette.first == IndexedImage.RGB(0, 0, 0))
    #expect(merged.palette.last == IndexedImage.RGB(255, 255, 255))
    #expect(
      merged.indices.prefix(64).map(Int.init) == merged.indices.prefix(64).map(Int.init).sorted())
  }

  /// A picture of fewer pixels than its cells have is enlarged.
  @Test func sixelsAreEnlarged() {
    var large = picture
    (large.width, large.height) = (46, 28)
    let image = decoded(SixelEncoder.encoded(large), width: 46, height: 28)
    for y in 0..<28 {
      for x in 0..<46 {
        let wanted = picture.image[x / 2, y / 2]
        #expect(abs(Double(image[y * 46 + x][0]) * 2.55 - Double(wanted.red)) < 10)
      }
    }
  }

  @Test func kittyGetsThePixelsInChunks() throws {
    // Noise, which cannot be packed.
    var state: UInt32 = 1
    let large = Picture(
      area: picture.area, width: 60, height: 120,
      image: IndexedImage(
        width: 60, height: 120,
        indices: (0..<7200).map { _ in
          state = state &* 1_664_525 &+ 1_013_904_223
          return UInt8(state >> 24)
        }, palette: (0..<256).map { IndexedImage.RGB(UInt8($0), 0, 0) }))
    let text = KittyEncoder.encoded(large, number: 5)
    let chunks = text.split(separator: "\u{1B}_G").map(String.init)
    #expect(chunks.count == 3)
    #expect(chunks[0].hasPrefix("a=T,f=100,c=3,r=1,i=5,p=1,q=2,C=1,m=1;"))
    #expect(chunks[1].hasPrefix("m=1;"))
    #expect(chunks[2].hasPrefix("m=0;"))
    var payload = ""
    for chunk in chunks {
      #expect(chunk.hasSuffix("\u{1B}\\"))
      let data = try #require(chunk.split(separator: ";", maxSplits: 1).last).dropLast(2)
      #expect(data.count <= 4096)
      payload += data
    }
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var (bits, size, bytes) = (0, 0, [UInt8]())
    for sign in payload where sign != "=" {
      bits = bits << 6 | (alphabet.firstIndex(of: sign) ?? 0)
      size += 6
      if size >= 8 {
        size -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> size))
        bits &= (1 << size) - 1
      }
    }
    #expect(bytes == large.image.png)
  }

  @Test func aSliceFillsItsCellsWithoutBeingStretched() throws {
    let slice = ImageSlice(
      width: 40, height: 20, pixels: (0..<800).map { Float($0 % 40) }, range: 0...39,
      mask: (0..<800).map { $0 % 40 >= 20 ? 1 : 0 }, title: "xy")
    let look = Appearance(colours: .truecolor)
    let picture = try #require(
      slice.picture(
        in: Rect(x: 5, y: 3, width: 30, height: 11), cell: Size(width: 8, height: 16), look))
    // 240 × 160 pixels below the title: the width decides.
    #expect(picture.area == Rect(x: 5, y: 5, width: 30, height: 7))
    #expect((picture.width, picture.height) == (240, 112))
    func pixel(_ x: Int, _ y: Int) -> [UInt8] {
      let colour = picture.image[x, y]
      return [colour.red, colour.green, colour.blue]
    }
    #expect(pixel(0, 50) == [0, 0, 0])
    // Column 10 of 40, in 64 greys.
    #expect(pixel(60, 50) == [64, 64, 64])
    // The outline of the mask in its own colour, not in grey.
    let outline = try #require(look[.outline].foreground.components)
    #expect(pixel(120, 50) == [outline.red, outline.green, outline.blue])
    #expect(
      slice.picture(
        in: Rect(x: 0, y: 0, width: 0, height: 4), cell: Size(width: 8, height: 16), look)
        == nil)
  }
}
