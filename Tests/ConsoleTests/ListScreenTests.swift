import Surface
import Terminal
import Testing

@testable import Console

/// The mouse in the lists of screens does the same in all of them.
struct ListScreenTests {
  @Test(arguments: [Stage.Scene.runs, .sweep, .form, .regions])
  func theWheelGoesAsTheArrowsDo(_ scene: Stage.Scene) {
    var (byKeys, byWheel) = (Stage(scene), Stage(scene))
    for (key, kind) in [
      ("Down", MouseEvent.Kind.wheelDown), ("Down", .wheelDown), ("Up", .wheelUp),
    ] {
      let before = byKeys.text
      byKeys.play(key)
      byWheel.take(.mouse(MouseEvent(kind, column: 30, row: 6)))
      #expect(byKeys.text != before, "\(key) is seen")
      #expect(byWheel.text == byKeys.text, "\(kind.rawValue)")
    }
  }

  /// Clicks on the heading of a column.
  private func click(column index: Int, on stage: inout Stage) throws {
    let place = try #require(
      stage.application.draw().targets.first {
        if case .column(_, index) = $0.target { true } else { false }
      })
    stage.take(.mouse(MouseEvent(.press, column: place.rect.x, row: place.rect.y)))
  }

  @Test func headingsSort() throws {
    var stage = Stage(.runs)
    func names() throws -> [String] {
      try #require(stage.application.screen as? RunsScreen).list.visible.map(\.entry.name)
    }
    for isRising in [false, true] {
      try click(column: RunColumn.name.rawValue, on: &stage)
      let sorted = try names().sorted()
      #expect(try names() == (isRising ? sorted : sorted.reversed()))
    }
    stage = Stage(.sweep)
    for isDescending in [false, true] {
      try click(column: 2, on: &stage)
      let sorting = try #require(stage.application.screen as? SweepScreen).sorting
      #expect(sorting?.column == 2 && sorting?.descending == isDescending)
    }
  }

  /// A click selects a line, one on that which is selected opens it.
  @Test func linesAreSelectedAndOpened() throws {
    for scene in [Stage.Scene.runs, .sweep, .form] {
      var stage = Stage(scene)
      let rows = stage.application.draw().targets.filter {
        if case .row = $0.target { true } else { false }
      }
      let place = try #require(rows.dropFirst(2).first).rect
      let press = InputEvent.mouse(MouseEvent(.press, column: place.x + 2, row: place.y))
      let context = stage.application.screen.context
      stage.take(press)
      #expect(stage.application.screen.context == context)
      let selected = stage.text
      stage.take(press)
      #expect(stage.text != selected, "\(scene.rawValue)")
    }
  }
}
