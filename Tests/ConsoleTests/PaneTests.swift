import Jobs
import Runs
import Surface
import Terminal
import Testing

@testable import Console

/// Panes of a run: their sizes, their sets, and what leaves them.
@Suite struct PaneTests {
  private func places(_ stage: Stage) throws -> [Panel: Rect] {
    let screen = try #require(stage.application.screen as? RunScreen)
    let size = stage.application.surroundings.size
    let body = RunScreen.parts(of: Rect(x: 0, y: 1, width: size.width, height: size.height - 2))
      .body
    return Dictionary(
      uniqueKeysWithValues: screen.arrangement.places(in: body).map { ($0.panel, $0.rect) })
  }

  private func drag(_ stage: inout Stage, from start: Point, to end: Point) {
    for (kind, place) in [
      (MouseEvent.Kind.press, start), (.drag, Point(x: (start.x + end.x) / 2, y: start.y)),
      (.drag, end), (.release, end),
    ] { stage.take(.mouse(MouseEvent(kind, column: place.x, row: place.y))) }
  }

  /// With four runs in a small terminal every value is whole, or the columns are scrolled to; nothing
  /// is cut without a mark.
  /// In 17 lines a scroll bar stands beside the numbers.
  @Test(arguments: [60, 80, 100, 120], [24, 17])
  func comparedNumbersAreWhole(_ width: Int, _ height: Int) throws {
    var stage = Stage(.comparison, size: Size(width: width, height: height))
    stage.play("Tab z")
    let screen = try #require(stage.application.screen as? CompareScreen)
    for (index, run) in screen.comparison.runs.enumerated() {
      // To the column of the run.
      stage.play(
        "Left Left Left Left " + Array(repeating: "Right", count: index).joined(separator: " "))
      let text = stage.text
      for line in ResultLine.all.prefix(height == 24 ? 12 : 10) {
        let row = try #require(text.split(separator: "\n").first { $0.contains(line.name) })
        #expect(row.contains(line.value(run)), "\(run.name): \(line.name)")
      }
    }
  }

  /// The edge follows the mouse; the panes still fill the same room without gaps.
  @Test func edgesCanBeDragged() throws {
    var stage = Stage(.live)
    let before = try places(stage)
    let left = try #require(before[.fsc])
    drag(
      &stage, from: Point(x: left.right - 1, y: left.y + 3), to: Point(x: 52, y: left.y + 3))
    var after = try places(stage)
    #expect(after[.fsc]?.width == 52)
    #expect(after[.resolution]?.x == 52)
    #expect(after[.resolution]?.right == 80)
    #expect(after[.orientations] == before[.orientations])
    // The edge between the rows: the lower line of the upper pane.
    drag(&stage, from: Point(x: 60, y: left.bottom - 1), to: Point(x: 60, y: left.bottom + 2))
    after = try places(stage)
    #expect(after[.fsc]?.height == left.height + 2)
    #expect(after[.orientations]?.y == left.bottom + 2)
    #expect(after[.orientations]?.bottom == before[.orientations]?.bottom)
    // Far beyond the end, both keep their least size.
    drag(&stage, from: Point(x: 51, y: left.y + 3), to: Point(x: 79, y: left.y + 3))
    #expect(try places(stage)[.resolution]?.width == Panel.smallest.width / 2)
  }

  @Test func keysMoveEdgesToo() throws {
    var stage = Stage(.live)
    let before = try places(stage)
    stage.play("> >")
    #expect(try places(stage)[.fsc]?.width == before[.fsc].map { $0.width + 8 })
    stage.play("Tab >")
    // The pane at the right end grows to the left.
    #expect(try places(stage)[.resolution]?.x == before[.resolution].map { $0.x + 4 })
    stage.play("+")
    #expect(try places(stage)[.resolution]?.height == before[.resolution].map { $0.height + 1 })
  }

  @Test func setsOfPanesGoRound() throws {
    var stage = Stage(.live, size: Size(width: 160, height: 50))
    var seen: [Set<Panel>] = []
    for _ in Panel.sets {
      stage.play("0")
      let screen = try #require(stage.application.screen as? RunScreen)
      #expect(screen.arrangement.panels.contains(screen.arrangement.focus))
      seen.append(screen.arrangement.panels)
    }
    #expect(Set(seen).count == Panel.sets.count)
    #expect(seen.last == Panel.sets[0].panels)
  }

  /// A projection is the sum of the slices along its axis.
  @Test(arguments: 0..<3)
  func projectionsAreSumsOfSlices(_ axis: Int) {
    let size = 6
    let voxels = (0..<size * size * size).map { Float(($0 * 37) % 101) }
    let mask = voxels.map { $0 > 95 ? Float(1) : 0 }
    let projection = SliceReader.projection(axis, of: voxels, mask: mask, size: size)
    var sum = [Float](repeating: 0, count: size * size)
    var shadow = sum
    for depth in 0..<size {
      var centre = SIMD3(0, 0, 0)
      centre[CrossHair.axes(of: axis).through] = depth
      let slice = SliceReader.plane(axis, of: voxels, mask: mask, size: size, at: centre)
      for index in sum.indices {
        sum[index] += slice.values[index]
        shadow[index] = max(shadow[index], slice.mask[index])
      }
    }
    #expect(projection.values == sum)
    #expect(projection.mask == shadow)
  }

  /// Every pane of every screen has characters, numbers in columns, and a picture.
  @Test(arguments: [Stage.Scene.runs, .form, .mask, .results, .live, .compare])
  func everyPaneCanBeSaved(_ scene: Stage.Scene) throws {
    var stage = Stage(scene, size: Size(width: 120, height: 40))
    for _ in 0..<Panel.allCases.count {
      let export = stage.application.screen.exported(stage.application.surroundings)
      let table = try #require(export.table, "\(export.name) has no table")
      #expect(table.count > 1, "\(export.name)")
      #expect(Set(table.map(\.count)).count == 1, "\(export.name): rows of different lengths")
      #expect(export.grid.text.contains { $0.isLetter })
      let picture = stage.application.surroundings.picture(of: export)
      #expect(picture.contains("<title>") && picture.contains("<text"))
      stage.play("Tab")
    }
  }

  /// In terminals with pictures the slices leave the grid to them, but not what is saved of it.
  @Test func slicesBecomePictures() throws {
    var stage = Stage(.mask, colours: .truecolor)
    #expect(stage.application.draw().pictures.isEmpty)
    let cells = stage.text
    stage.take(.pictures(.sixel))
    let frame = stage.application.draw()
    #expect(frame.pictures.count == 3)
    for picture in frame.pictures {
      for y in picture.area.y..<picture.area.bottom {
        for x in picture.area.x..<picture.area.right { #expect(frame.grid[x, y].text == " ") }
      }
    }
    #expect(
      stage.application.screen.exported(stage.application.surroundings).grid.text != frame.grid.text
    )
    stage.play("?")
    #expect(stage.application.draw().pictures.isEmpty)
    stage.play("Esc F3")
    #expect(stage.application.draw().pictures.isEmpty)
    stage.play("F4 F4")
    #expect(
      stage.text.split(separator: "\n").dropLast(2) == cells.split(separator: "\n").dropLast(2))
  }

  /// A running refinement takes new parameters.
  @Test func parametersOfARunningRefinementCanBeChanged() throws {
    var stage = Stage(.live)
    stage.play("e")
    #expect(stage.text.contains("Change from the next iteration on"))
    stage.play("Enter")
    let prompt = stage.text
    stage.play("Ctrl-U 7 Enter")
    let changes = stage.takeEffects().compactMap { effect -> Job? in
      if case .change(.control(_, .parameters(let job))) = effect { job } else { nil }
    }
    #expect(changes.count == 1, "\(prompt)")
  }
}
