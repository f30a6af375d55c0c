import Testing

@testable import Surface

/// A grid with random text, fills, restyled parts and clips.
private func scribbled(_ size: Size, _ generator: inout SeededGenerator) -> Grid {
  let level = GlyphLevel.allCases.randomElement(using: &generator) ?? .unicode
  var grid = Grid(size: size, glyphs: level)
  for _ in 0..<30 {
    let clip = generator.rect(around: size)
    let place = generator.rect(around: size)
    let text = generator.text()
    let style = generator.style()
    let width = Bool.random(using: &generator) ? place.width : nil
    let alignment = [Alignment.left, .centre, .right].randomElement(using: &generator) ?? .left
    switch Int.random(in: 0..<4, using: &generator) {
    case 0:
      grid.clipped(to: clip) {
        _ = $0.write(text, x: place.x, y: place.y, style: style, width: width, alignment: alignment)
      }
    case 1: grid.fill(place, with: "漢", style: style)
    case 2: grid.restyle(place) { $0.adding(style.attributes) }
    default:
      grid.write(text, x: place.x, y: place.y, style: style, width: width, alignment: alignment)
    }
  }
  return grid
}

@Suite struct GridTests {
  @Test func wideCharactersStayWhole() {
    var generator = SeededGenerator(1)
    for _ in 0..<200 {
      let size = Size(
        width: Int.random(in: 0...12, using: &generator),
        height: Int.random(in: 0...4, using: &generator))
      let grid = scribbled(size, &generator)
      #expect(grid.cells.count == size.width * size.height)
      for y in 0..<size.height {
        var expectsContinuation = false
        for x in 0..<size.width {
          let cell = grid[x, y]
          #expect((cell.width == 0) == expectsContinuation)
          if cell.width == 0 { #expect(cell.style == grid[x - 1, y].style) }
          expectsContinuation = cell.width == 2
        }
        #expect(!expectsContinuation)
      }
    }
  }

  @Test func nothingReachesTheTerminalRaw() {
    var generator = SeededGenerator(2)
    for _ in 0..<100 {
      let grid = scribbled(Size(width: 40, height: 6), &generator)
      for cell in grid.cells {
        #expect(cell.text.utf8.count <= 15)
        for scalar in cell.text.unicodeScalars {
          #expect(scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value))
          #expect(scalar.properties.generalCategory != .format)
          if grid.glyphs == .ascii { #expect(scalar.value < 0x7F) }
        }
      }
    }
  }

  @Test func applyingTheChangesGivesTheNewGrid() {
    var generator = SeededGenerator(3)
    for _ in 0..<100 {
      let size = Size(width: Int.random(in: 0...30, using: &generator), height: 5)
      let old = scribbled(size, &generator)
      var new = old
      for _ in 0..<3 {
        let place = generator.rect(around: size)
        new.write(generator.text(), x: place.x, y: place.y, style: generator.style())
      }
      for joining in [0, 4] {
        var applied = old
        applied.apply(new.changes(from: old, joining: joining))
        #expect(applied.cells == new.cells)
      }
      #expect(new.changes(from: new).isEmpty)
      #expect(
        new.changes(from: Grid(size: Size(width: 1, height: 1))).flatMap(\.cells) == new.cells)
    }
  }

  @Test func changesAreNoMoreThanWhatChanged() {
    var old = Grid(size: Size(width: 20, height: 2))
    old.write("resolution 3.21", x: 0, y: 1, style: .plain)
    var new = old
    new.write("resolution 3.05", x: 0, y: 1, style: .plain)
    #expect(
      new.changes(from: old)
        == [
          ChangedRun(x: 13, y: 1, cells: [new[13, 1], new[14, 1]])
        ])
    new.write("R", x: 0, y: 1, style: .plain)
    new.write("s", x: 3, y: 1, style: .plain)
    #expect(new.changes(from: old).map(\.x) == [0, 3, 13])
    #expect(new.changes(from: old, joining: 2).map(\.x) == [0, 13])
  }

  /// Parts of a frame lead to the whole in a few steps, each of about as many bytes as there may be; no wide
  /// character is parted.
  @Test func partsOfAFrameLeadToTheWhole() {
    var generator = SeededGenerator(3)
    for _ in 0..<40 {
      let size = Size(width: 40, height: 12)
      let (old, new) = (scribbled(size, &generator), scribbled(size, &generator))
      let budget = Int.random(in: 60...900, using: &generator)
      var (shown, steps) = (old, 0)
      while shown.cells != new.cells, steps < 1000 {
        let part = new.changes(from: shown).prefix(costing: budget)
        // What the terminal's sequences take: places, both colours in 24 bits, the characters.
        let bytes = part.reduce(0) { sum, run in
          sum + 8 + run.cells.reduce(0) { $0 + $1.text.utf8.count }
        }
        #expect(bytes < budget + 50)
        shown.apply(part)
        steps += 1
      }
      #expect(shown.cells == new.cells)
    }
    let plain = Grid(size: Size(width: 80, height: 24))
    var text = plain
    for y in 0..<24 { text.write(String(repeating: "x", count: 80), x: 0, y: y, style: .plain) }
    let runs = text.changes(from: plain)
    #expect(runs.prefix(costing: 1000).flatMap(\.cells).count > 600)
    #expect(runs.prefix(costing: 8000) == runs)
  }

  @Test func clippedDrawingStaysInside() {
    var grid = Grid(size: Size(width: 6, height: 3))
    grid.clipped(to: Rect(x: 1, y: 1, width: 3, height: 5)) {
      $0.fill(Rect(x: -9, y: -9, width: 99, height: 99), with: "#", style: .plain)
      $0.clipped(to: Rect(x: 3, y: 0, width: 9, height: 9)) {
        $0.fill(Rect(x: 0, y: 0, width: 9, height: 9), with: "o", style: .plain)
      }
    }
    #expect(grid.text == "\n ##o\n ##o\n")
  }

  @Test func widthCutsAndAligns() {
    var grid = Grid(size: Size(width: 10, height: 4))
    grid.write("abcdef", x: 1, y: 0, style: .plain, width: 4)
    grid.write("漢字漢字", x: 0, y: 1, style: .plain, width: 6)
    grid.write("ab", x: 0, y: 2, style: .plain, width: 10, alignment: .right)
    grid.write("ab", x: 0, y: 3, style: .plain, width: 6, alignment: .centre)
    #expect(grid.text == " abc…\n漢字…\n        ab\n  ab\n")
  }

  @Test func ansiTextSetsAndResetsStyles() {
    var grid = Grid(size: Size(width: 3, height: 1))
    grid.write(
      "x", x: 1, y: 0,
      style: Style(foreground: .indexed(9), background: .rgb(1, 2, 3), attributes: .bold))
    #expect(grid.ansiText == " \u{1B}[0;1;91;48;2;1;2;3mx\u{1B}[0m \n")
  }
}
