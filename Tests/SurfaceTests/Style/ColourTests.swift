import Testing

@testable import Surface

@Suite struct ColourTests {
  @Test func paletteOfXterm() {
    // From xterm's 256colres.h: entry 16 is black, 196 pure red, 231 white, 67 #5f87af, 244 #808080.
    #expect(Colour.indexed(16).hexText == "#000000")
    #expect(Colour.indexed(196).hexText == "#ff0000")
    #expect(Colour.indexed(231).hexText == "#ffffff")
    #expect(Colour.indexed(67).hexText == "#5f87af")
    #expect(Colour.indexed(244).hexText == "#808080")
  }

  @Test func reducesToTheNearest() {
    #expect(Colour(hex: 0x5F87AF).reduced(to: .c256) == .indexed(67))
    #expect(Colour(hex: 0x818181).reduced(to: .c256) == .indexed(244))
    #expect(Colour(hex: 0xFF1010).reduced(to: .c16) == .indexed(9))
    #expect(Colour(hex: 0x00C000).reduced(to: .c8) == .indexed(2))
    #expect(Colour.indexed(12).reduced(to: .c8) == .indexed(4))
    #expect(Colour(hex: 0x123456).reduced(to: .none) == .terminal)
    #expect(Colour.terminal.reduced(to: .c256) == .terminal)
    for index in UInt8(16)...255 {
      let colour = Colour.indexed(index)
      let components = colour.components
      let rgb = Colour.rgb(components?.red ?? 0, components?.green ?? 0, components?.blue ?? 0)
      #expect(rgb.reduced(to: .c256).components?.red == components?.red)
    }
  }

  @Test func contrastByWCAG() throws {
    let black = Colour(hex: 0)
    let white = Colour(hex: 0xFFFFFF)
    #expect(try abs(#require(black.contrast(with: white)) - 21) < 1e-9)
    // #767676 is the lightest grey that passes 4.5 on white, the textbook example: 4.54.
    #expect(try abs(#require(Colour(hex: 0x767676).contrast(with: white)) - 4.54) < 0.005)
    #expect(Colour.terminal.contrast(with: white) == nil)
  }

  @Test func hexText() {
    #expect(Colour(hexText: "#2a788e") == .rgb(0x2A, 0x78, 0x8E))
    #expect(Colour(hexText: "abc") == .rgb(0xAA, 0xBB, 0xCC))
    for wrong in ["", "#12345", "#12345g", "red", "#+12345"] {
      #expect(Colour(hexText: wrong) == nil)
    }
  }

  /// Viridis and cividis as published with matplotlib, at sixths of the range.
  @Test(arguments: [
    (ColourMap.viridis, 0.0, 0x440154), (.viridis, 0.2, 0x414487), (.viridis, 0.4, 0x2A788E),
    (.viridis, 0.6, 0x22A884), (.viridis, 0.8, 0x7AD151), (.viridis, 1.0, 0xFDE725),
    (.cividis, 0.0, 0x00224E), (.cividis, 0.2, 0x35456C), (.cividis, 0.4, 0x666970),
    (.cividis, 0.6, 0x948E77), (.cividis, 0.8, 0xC8B866), (.cividis, 1.0, 0xFEE838),
  ])
  func publishedColourMaps(map: ColourMap, share: Double, hex: Int) throws {
    let colour = try #require(map.colour(at: share).components)
    let wanted = try #require(Colour(hex: UInt32(hex)).components)
    // 64 of the 256 steps: half a step away at most, 4 in the steepest channel.
    #expect(abs(Int(colour.red) - Int(wanted.red)) <= 5)
    #expect(abs(Int(colour.green) - Int(wanted.green)) <= 3)
    #expect(abs(Int(colour.blue) - Int(wanted.blue)) <= 4)
  }

  @Test func colourMapsGrowLighter() throws {
    for map in ColourMap.allCases {
      var last = -1.0
      for level in 0..<ColourMap.levels {
        let colour = map.colour(at: Double(level) / Double(ColourMap.levels - 1))
        let luminance = try #require(colour.luminance)
        #expect(luminance > last)
        last = luminance
      }
      #expect(map.colour(at: .nan) == map.colour(at: 0))
      #expect(map.colour(at: .infinity) == map.colour(at: 1))
    }
  }
}
