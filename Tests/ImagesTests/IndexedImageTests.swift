import CZlib
import Images
import Testing

/// Pictures read again by the rules of the PNG standard.
struct IndexedImageTests {
  private func image(colours: Int) -> IndexedImage {
    IndexedImage(
      width: 37, height: 11, indices: (0..<37 * 11).map { UInt8($0 * 7 % colours) },
      palette: (0..<colours).map { IndexedImage.RGB(UInt8($0), UInt8(255 - $0), UInt8($0 / 2)) },
      outside: 3)
  }

  private func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

  /// The chunks of a file, whose check sums must be right.
  private func chunks(_ file: [UInt8]) -> [String: [UInt8]] {
    #expect(Array(file.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    var result: [String: [UInt8]] = [:]
    var place = 8
    while place + 12 <= file.count {
      let count = number(file[place..<place + 4])
      let content = Array(file[place + 4..<place + 8 + count])
      let sum = crc32(0, content, UInt32(content.count))
      #expect(Int(sum) == number(file[place + 8 + count..<place + 12 + count]))
      result[String(decoding: content.prefix(4), as: UTF8.self)] = Array(content.dropFirst(4))
      place += 12 + count
    }
    #expect(place == file.count)
    return result
  }

  @Test(arguments: [16, 200]) func thePNGIsThePicture(colours: Int) throws {
    let image = image(colours: colours)
    let chunks = chunks(image.png)
    let bits = colours <= 16 ? 4 : 8
    #expect(chunks["IHDR"] == [0, 0, 0, 37, 0, 0, 0, 11, UInt8(bits), 3, 0, 0, 0])
    #expect(chunks["PLTE"] == image.palette.flatMap { [$0.red, $0.green, $0.blue] })
    #expect(chunks["tRNS"] == [255, 255, 255, 0])
    let packed = try #require(chunks["IDAT"])
    let stride = 1 + (37 * bits + 7) / 8
    var count = UInt(stride * 11)
    var rows = [UInt8](repeating: 0, count: Int(count))
    #expect(uncompress(&rows, &count, packed, UInt(packed.count)) == Z_OK)
    #expect(Int(count) == rows.count)
    for y in 0..<11 {
      #expect(rows[y * stride] == 0)
      for x in 0..<37 {
        let byte = rows[y * stride + 1 + x * bits / 8]
        let index = bits == 8 ? byte : x % 2 == 0 ? byte >> 4 : byte & 15
        #expect(index == image.indices[y * 37 + x])
      }
    }
  }

  @Test func scalingTakesTheNearestPixel() {
    let image = image(colours: 20)
    let large = image.scaled(toWidth: 74, height: 33)
    #expect(
      (0..<33).allSatisfy { y in (0..<74).allSatisfy { large[$0, y] == image[$0 / 2, y / 3] } })
    #expect(image.scaled(toWidth: 37, height: 11) == image)
    // Back again: the pixel whose centre is nearest.
    #expect(large.scaled(toWidth: 37, height: 11) == image)
  }

  @Test func shadesAreOfTheSameHue() {
    let colour = IndexedImage.RGB(200, 100, 50)
    #expect(colour.lit(1) == colour)
    #expect(colour.lit(0) == IndexedImage.RGB(0, 0, 0))
    let half = colour.lit(0.5)
    // sRGB's curve itself: half of the light is 0.735 of the value (IEC 61966-2-1), within a step or two.
    #expect(abs(Double(half.red) - 146) <= 2 && abs(Double(half.green) - 73) <= 2)
  }
}
