import Surface
import Testing

@testable import Console

/// What every screen looks like at the sizes that matter.
@Suite struct GoldenTests {
  static let sizes = [(80, 24), (120, 40), (200, 60)]

  @Test(arguments: Stage.Scene.allCases, sizes.map { Size(width: $0.0, height: $0.1) })
  func looksAsReviewed(_ scene: Stage.Scene, _ size: Size) throws {
    let stage = Stage(scene, size: size)
    try Golden.check(stage.text, "\(scene.rawValue)-\(size.width)x\(size.height).txt")
  }

  @Test(arguments: [Stage.Scene.live, .results, .mask, .comparison, .maps])
  func looksAsReviewedInAWideWindow(_ scene: Stage.Scene) throws {
    let stage = Stage(scene, size: Size(width: 160, height: 50))
    try Golden.check(stage.text, "\(scene.rawValue)-160x50.txt")
  }

  /// The orientations alone: the views, the views on a globe, and the resolution by direction.
  @Test(arguments: [("rectangle", 0), ("globe", 1), ("resolution", 2)], [(80, 24), (120, 40)])
  func orientationsLookAsReviewed(_ view: (name: String, presses: Int), _ size: (Int, Int)) throws {
    var stage = Stage(.results, size: Size(width: size.0, height: size.1))
    stage.play("z 3" + String(repeating: " m", count: view.presses))
    try Golden.check(stage.text, "orientations-\(view.name)-\(size.0)x\(size.1).txt")
  }

  @Test(arguments: Stage.Scene.allCases)
  func looksAsReviewedInASCII(_ scene: Stage.Scene) throws {
    let text = Stage(scene, glyphs: .ascii).text
    #expect(text.utf8.allSatisfy { $0 < 0x80 })
    try Golden.check(text, "\(scene.rawValue)-80x24-ascii.txt")
  }

  @Test(arguments: [Stage.Scene.runs, .live, .form, .mask, .maps], [ColourLevel.c16, .c256])
  func looksAsReviewedInColour(_ scene: Stage.Scene, _ colours: ColourLevel) throws {
    let stage = Stage(scene, colours: colours)
    try Golden.check(stage.grid.ansiText, "\(scene.rawValue)-80x24-\(colours.rawValue).ansi")
  }

  /// Screens fill exactly the terminal, whatever is in them.
  @Test(arguments: Stage.Scene.allCases)
  func hasTheSizeOfTheTerminal(_ scene: Stage.Scene) {
    for size in [Size(width: 80, height: 24), Size(width: 20, height: 5)] {
      #expect(Stage(scene, size: size).grid.size == size)
    }
  }
}
