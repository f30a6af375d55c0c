import Testing

@testable import Surface

private let runs = Table(
  columns: [
    .init("Run", width: 8, isFlexible: true, priority: 0), .init("Status", width: 12, priority: 1),
    .init("Iteration", width: 9, alignment: .right, priority: 2),
    .init("Å", width: 5, alignment: .right, priority: 1),
    .init("Note", width: 10, isFlexible: true, priority: 3),
  ],
  rowCount: 5, selected: 1, marked: [1, 3], showsMarks: true, sort: (3, true),
  row: { index in
    let names = ["J12 ssu head", "J13 ssu", "漢字の名前", "bad\u{1B}[31mname", "J16"]
    let status: [Table.Entry] = [
      .init("✓ done", .good), .init("▶ running", .accent), .init("✗ failed", .bad),
      .init("paused", .warning), .init("stopped"),
    ]
    return [
      .init(names[index]), status[index], .init("\(index + 2)"), .init("\(3 + index).21"),
      .init("tight mask, 8° prior, second try", .dim),
    ]
  })

private let keys = KeyBar([
  .init(key: "F1", label: "Help", action: "help"), .init(key: "n", label: "New", action: "new"),
  .init(key: "Space", label: "Mark", action: "mark"),
  .init(key: "c", label: "Compare", action: "compare"),
  .init(key: "/", label: "Filter", action: "filter"),
  .init(key: "q", label: "Quit", action: "quit"),
])

@Suite struct WidgetGoldenTests {
  @Test(arguments: [(80, 8), (38, 5), (20, 4)])
  func table(width: Int, height: Int) {
    for (name, appearance) in Appearance.tested {
      let size = Size(width: width, height: height)
      expectGolden(runs.grid(size, appearance), "table-\(name)-\(width)x\(height)")
    }
  }

  @Test func tableInEveryStyle() {
    expectGolden(
      runs.grid(Size(width: 60, height: 7), Appearance(colours: .c256)), "table-styles-256",
      styles: true)
    expectGolden(
      runs.grid(Size(width: 60, height: 7), Appearance(colours: .none)), "table-styles-none",
      styles: true)
  }

  @Test func boxesAndKeys() {
    for (name, appearance) in Appearance.tested {
      var grid = appearance.grid(Size(width: 60, height: 8))
      grid.draw(
        Box(title: "FSC", note: "3.21 Å", footer: "z zoom", number: 1, isFocused: true),
        in: Rect(x: 0, y: 0, width: 30, height: 5), appearance)
      grid.draw(
        Box(title: "A very long title of a pane", note: "note"),
        in: Rect(x: 30, y: 0, width: 20, height: 5), appearance)
      grid.draw(Box(title: "x"), in: Rect(x: 51, y: 0, width: 3, height: 3), appearance)
      grid.draw(Box(), in: Rect(x: 55, y: 0, width: 1, height: 4), appearance)
      grid.draw(Box(), in: Rect(x: 51, y: 4, width: 8, height: 1), appearance)
      grid.draw(keys, in: Rect(x: 0, y: 7, width: 46, height: 1), appearance)
      expectGolden(grid, "boxes-\(name)")
    }
  }

  @Test func smallOnes() {
    for (name, appearance) in Appearance.tested {
      var grid = appearance.grid(Size(width: 40, height: 12))
      func row(_ y: Int, width: Int = 40) -> Rect { Rect(x: 0, y: y, width: width, height: 1) }
      grid.draw(ProgressBar(share: 0.37), in: row(0), appearance)
      grid.draw(ProgressBar(share: nil, label: "reading"), in: row(1), appearance)
      grid.draw(ProgressBar(share: 1, label: "12/12"), in: row(2, width: 20), appearance)
      grid.draw(
        Sparkline([8, 6, 5, 4.2, .nan, 3.6, 3.3, 3.21, 3.2, 3.2]), in: row(3), appearance)
      for (index, kind) in NotificationLine.Kind.allCases.enumerated() {
        grid.draw(NotificationLine(kind, "Saved to fsc.tsv"), in: row(4 + index), appearance)
      }
      grid.draw(TextField(TextInput("rotation_sd = 5")), in: row(8, width: 20), appearance)
      grid.draw(
        TextField(TextInput("/data/particles/all_particles.star"), isFocused: true),
        in: row(9, width: 20), appearance)
      grid.draw(TextField(TextInput("12o"), isInvalid: true), in: row(10, width: 20), appearance)
      grid.draw(TextField(TextInput(), placeholder: "auto"), in: row(11, width: 20), appearance)
      expectGolden(grid, "small-\(name)", styles: name == "unicode")
      #expect(grid.cursor == Point(x: 19, y: 9))
    }
  }
}
