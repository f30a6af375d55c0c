import Testing

@testable import Surface

@Suite struct WidgetTests {
  @Test func keyBarKnowsWhereItsKeysAre() {
    let bar = KeyBar([
      .init(key: "F1", label: "Help", action: "help"),
      .init(key: "q", label: "Quit", action: "quit"),
    ])
    let rect = Rect(x: 2, y: 5, width: 20, height: 1)
    #expect(bar.action(at: Point(x: 2, y: 5), in: rect) == "help")
    #expect(bar.action(at: Point(x: 8, y: 5), in: rect) == "help")
    #expect(bar.action(at: Point(x: 9, y: 5), in: rect) == nil)
    #expect(bar.action(at: Point(x: 10, y: 5), in: rect) == "quit")
    #expect(bar.action(at: Point(x: 10, y: 4), in: rect) == nil)
    #expect(bar.places(in: Rect(x: 0, y: 0, width: 9, height: 1)).map(\.action) == ["help"])
  }

  /// A field of several lines holds the whole text, and the cursor stands behind what is before it.
  @Test(arguments: [(0, 0, 0), (4, 4, 0), (5, 0, 1), (11, 1, 2)])
  func aLongFieldIsWrapped(_ characters: Int, _ x: Int, _ y: Int) {
    var input = TextInput("abcdefghijk")
    for _ in characters..<11 { input.apply(.left) }
    let field = TextField(input, isFocused: true)
    #expect(field.rows(toColumns: 5) == 3 && field.rows(toColumns: 11) == 2)
    var grid = Grid(size: Size(width: 5, height: 3))
    field.draw(in: grid.bounds, of: &grid, Appearance())
    #expect(grid.text == "abcde\nfghij\nk\n")
    #expect(grid.cursor == Point(x: x, y: y))
    // With less room it shows the rows about the cursor.
    var low = Grid(size: Size(width: 5, height: 2))
    field.draw(in: low.bounds, of: &low, Appearance())
    #expect(low.text == (y == 2 ? "fghij\nk\n" : "abcde\nfghij\n"))
  }

  @Test func tableKnowsItsRowsAndColumns() {
    let table = Table(
      columns: [.init("a", width: 4), .init("b", width: 4)], rowCount: 10, top: 3,
      row: { _ in ["x", "y"] })
    let rect = Rect(x: 1, y: 1, width: 20, height: 5)
    #expect(table.row(at: Point(x: 1, y: 2), in: rect) == 3)
    #expect(table.row(at: Point(x: 1, y: 1), in: rect) == nil)
    #expect(table.row(at: Point(x: 1, y: 6), in: rect) == nil)
    #expect(table.column(at: Point(x: 6, y: 1), in: rect) == 1)
    #expect(table.column(at: Point(x: 5, y: 1), in: rect) == nil)
  }

  @Test func aTableDropsTheLeastImportantColumns() {
    let table = Table(
      columns: [
        .init("a", width: 5, priority: 2), .init("b", width: 5), .init("c", width: 5, priority: 1),
      ], rowCount: 0, row: { _ in [] })
    func shown(_ width: Int) -> [Int] {
      table.places(in: Rect(x: 0, y: 0, width: width, height: 9)).map(\.column)
    }
    #expect(shown(17) == [0, 1, 2])
    #expect(shown(16) == [1, 2])
    #expect(shown(10) == [1])
    #expect(shown(1) == [1])
  }

  @Test func scrollingMovesAsLittleAsItTakes() {
    #expect(Scrolling.top(showing: 5, total: 20, visible: 4, top: 3) == 3)
    #expect(Scrolling.top(showing: 2, total: 20, visible: 4, top: 3) == 2)
    #expect(Scrolling.top(showing: 7, total: 20, visible: 4, top: 3) == 4)
    #expect(Scrolling.top(showing: 19, total: 20, visible: 4, top: 0) == 16)
    #expect(Scrolling.top(showing: 1, total: 2, visible: 4, top: 9) == 0)
  }

  @Test func theThumbIsAtTheEndsOnlyThere() {
    for total in 5...60 {
      for height in 3...12 {
        for top in 0...max(0, total - 4) {
          let thumb = ScrollBar(total: total, visible: 4, top: top).thumb(height: height)
          #expect(!thumb.isEmpty && thumb.lowerBound >= 0 && thumb.upperBound <= height)
          if height > 3 && total > 8 {
            #expect((thumb.lowerBound == 0) == (top == 0))
            #expect((thumb.upperBound == height) == (top == total - 4))
          }
        }
      }
    }
  }

  @Test func fuzzyMatchesPreferStartsOfWords() throws {
    let names = ["restart", "Save panel as TSV", "Stop after this iteration", "spam"]
    #expect(FuzzyMatch.ranked("spel", names).map(\.index) == [1])
    #expect(FuzzyMatch.ranked("sa", names).first?.index == 1)
    #expect(FuzzyMatch.ranked("", names).map(\.index) == [0, 1, 2, 3])
    #expect(FuzzyMatch.match("xyz", in: "Stop") == nil)
    #expect(try #require(FuzzyMatch.match("ati", in: "Stop after this iteration")).score > 0)
    #expect(FuzzyMatch.match("sti", in: "Stop after this iteration")?.positions == [0, 11, 16])
  }

  /// Against every way to match, tried one by one.
  @Test func fuzzyFindsAMatchExactlyWhereThereIsOne() {
    var generator = SeededGenerator(7)
    let letters = Array("abA -")
    func random(_ most: Int) -> String {
      String(
        (0..<Int.random(in: 0...most, using: &generator)).map { _ in
          letters.randomElement(using: &generator) ?? "a"
        })
    }
    for _ in 0..<2000 {
      let query = random(4)
      let name = random(9)
      var rest = Array(name.lowercased())[...]
      var found = true
      for letter in query.lowercased() where letter != " " {
        guard let index = rest.firstIndex(of: letter) else {
          found = false
          break
        }
        rest = rest[(index + 1)...]
      }
      let match = FuzzyMatch.match(query, in: name)
      #expect((match != nil) == found, "\(query) in \(name)")
      if let match {
        let matched = match.positions.map { String(Array(name)[$0]).lowercased() }
        #expect(matched.joined() == query.lowercased().filter { $0 != " " })
        #expect(match.positions == match.positions.sorted())
      }
    }
  }

  @Test func textInputEdits() {
    var input = TextInput("/data/all particles.star")
    for edit in [TextInput.Edit.deleteWord, .deleteWord, .insert("half\n")] { input.apply(edit) }
    #expect(input.text == "/data/all half ")
    for edit in [TextInput.Edit.wordLeft, .wordLeft, .deleteForwards, .insert("Å")] {
      input.apply(edit)
    }
    #expect(input.text == "/data/Åll half ")
    input.apply(.insert("\u{301}"))
    #expect(input.cursor == 7)
    for edit in [TextInput.Edit.start, .left, .deleteBackwards, .wordRight, .deleteToEnd] {
      input.apply(edit)
    }
    #expect(input.text == "/data")
    input.apply(.deleteAll)
    for edit in [
      TextInput.Edit.left, .right, .wordLeft, .wordRight, .deleteBackwards, .deleteForwards,
    ] { input.apply(edit) }
    #expect(input == TextInput())
  }

  @Test func wrappedLinesFitAndLoseNoWord() {
    var generator = SeededGenerator(5)
    for _ in 0..<300 {
      let text = generator.text() + " " + generator.text() + " a bc def " + generator.text()
      let columns = Int.random(in: 2...20, using: &generator)
      let lines = text.wrapped(toColumns: columns, indent: 2)
      #expect(lines.allSatisfy { $0.columns <= columns })
      func letters(_ text: String) -> [Unicode.Scalar] {
        Glyph.glyphs(of: text).flatMap(\.text.unicodeScalars).filter {
          $0 != " " && $0 != "\u{FFFD}" && $0.properties.generalCategory != .nonspacingMark
        }
      }
      #expect(letters(lines.joined()) == letters(text))
    }
    #expect("one two three".wrapped(toColumns: 7) == ["one two", "three"])
    #expect("abcdefgh ij".wrapped(toColumns: 4) == ["abcd", "efgh", "ij"])
  }
}
