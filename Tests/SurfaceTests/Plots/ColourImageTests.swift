import Images
import Testing

@testable import Surface

/// Pictures of their own colours in cells.
struct ColourImageTests {
  /// Four columns and four rows: ground, red, green, and a light grey.
  private let image = IndexedImage(
    width: 4, height: 4,
    indices: [
      0, 1, 1, 2,
      0, 1, 2, 2,
      3, 3, 1, 0,
      3, 0, 1, 0,
    ],
    palette: [
      IndexedImage.RGB(0, 0, 0), IndexedImage.RGB(200, 0, 0), IndexedImage.RGB(0, 100, 0),
      IndexedImage.RGB(240, 240, 240),
    ], outside: 0)

  private let red = Colour.rgb(200, 0, 0)
  private let green = Colour.rgb(0, 100, 0)

  @Test func halfBlocksAreItsPixels() {
    let look = Appearance(colours: .truecolor)
    let size = ColourImage.size(in: Rect(x: 0, y: 0, width: 4, height: 2), look)
    #expect(size == (4, 4, 1.0))
    let grid = ColourImage(image).grid(Size(width: 4, height: 2), look)
    #expect(grid[0, 0] == look.grid(Size(width: 1, height: 1))[0, 0])
    // Of two alike a blank on their colour, else the upper over the lower one.
    #expect(grid[1, 0].text == " " && grid[1, 0].style == Style(background: red))
    #expect(grid[2, 0].text == "▀" && grid[2, 0].style == Style(foreground: red, background: green))
    let ground = look.palette.background
    #expect(
      grid[1, 1].style == Style(foreground: .rgb(240, 240, 240), background: ground))
  }

  @Test func fewColoursTakeTheNearest() {
    let look = Appearance(colours: .c256)
    let grid = ColourImage(image).grid(Size(width: 4, height: 2), look)
    #expect(grid[1, 0].style.background == red.reduced(to: .c256))
  }

  /// A cell of four pixels: the light ones in one colour, the dark ones in another.
  @Test func quadrantsHaveTwoColours() {
    let look = Appearance(colours: .truecolor, marker: .quadrant)
    let rect = Rect(x: 0, y: 0, width: 2, height: 2)
    #expect(ColourImage.size(in: rect, look) == (4, 4, 0.5))
    let grid = ColourImage(image).grid(Size(width: 2, height: 2), look)
    // The right half is red, the left one the ground.
    #expect(grid[0, 0].text == "▐")
    #expect(grid[0, 0].style == Style(foreground: red, background: look.palette.background))
  }

  /// Without colours the light decides: all dots of a white cell, none of a black one.
  @Test func dotsFollowTheLight() {
    let look = Appearance(colours: .none)
    let white = IndexedImage(
      width: 2, height: 4, indices: [1, 1, 1, 1, 1, 1, 1, 1],
      palette: [IndexedImage.RGB(0, 0, 0), IndexedImage.RGB(255, 255, 255)])
    #expect(ColourImage(white).grid(Size(width: 1, height: 1), look).text.first == "⣿")
    var black = white
    black.indices = [UInt8](repeating: 0, count: 8)
    #expect(ColourImage(black).grid(Size(width: 1, height: 1), look).text.first != "⣿")
    let ascii = Appearance(colours: .none, glyphs: .ascii)
    #expect(ColourImage(white).grid(Size(width: 1, height: 1), ascii).text.first == "@")
  }

  @Test func pixelsCoverTheCells() throws {
    let picture = try #require(
      ColourImage(image).picture(
        in: Rect(x: 2, y: 1, width: 3, height: 2), cell: Size(width: 8, height: 16)))
    #expect((picture.width, picture.height) == (24, 32))
    #expect(picture.image == image)
  }
}
