import Ground
import Jobs
import Surface
import Terminal
import TestSupport
import Testing

@testable import Console
@testable import Refinement
@testable import Runs

/// Particles chosen in the plots of a finished run.
struct ChoiceTests {
  private func screen(_ stage: Stage) throws -> RunScreen {
    try #require(stage.application.screen as? RunScreen)
  }

  private func results(_ keys: String = "") -> Stage {
    var stage = Stage(.results, size: Size(width: 160, height: 50))
    stage.play(keys)
    return stage
  }

  /// The cells of a pane's content, and its plots there.
  private func plots(_ panel: Panel, _ stage: Stage) throws -> [ChoicePlot] {
    let screen = try screen(stage)
    let place = try #require(
      screen.arrangement.places(in: RunScreen.body(stage.application.surroundings))
        .first { $0.panel == panel })
    return screen.panes[panel].choicePlots(screen.view, in: Box.content(of: place.rect))
  }

  private func drag(_ stage: inout Stage, from start: Point, to end: Point) {
    let middle = Point(x: (start.x + end.x) / 2, y: (start.y + end.y) / 2)
    for (kind, place) in [
      (MouseEvent.Kind.press, start), (.drag, middle), (.drag, end), (.release, end),
    ] { stage.take(.mouse(MouseEvent(kind, column: place.x, row: place.y))) }
  }

  /// As many values fulfil the expression of a range as there are in its bins.
  @Test(arguments: [(0, 9), (10, 10), (12, 49), (3, 31)])
  func anExpressionSaysWhatTheBinsHold(_ first: Int, _ last: Int) throws {
    var generator = SeededGenerator(seed: 4)
    let values = (0..<3000).map { _ in Double.random(in: 0...1, using: &generator) * 7.3 }
    let histogram = IterationMetrics.Histogram(of: values)
    var choice = RangeChoice()
    choice.choose(ChoiceAxis("turned", histogram), from: last, to: first)
    let expression = try #require(choice.expression)
    let words = expression.split(separator: " ").map(String.init)
    let kept = values.filter { value in
      stride(from: 0, to: words.count, by: 4).allSatisfy { start in
        let end = Double(words[start + 2]) ?? .nan
        return words[start + 1] == ">=" ? value >= end : value < end
      }
    }
    let held = histogram.counts[first...last].reduce(0, +)
    // Ends are rounded by a fiftieth of a bin at most.
    #expect(abs(kept.count - held) <= 4, "\(expression)")
    #expect((first == 0) == !expression.contains(">=") && (last == 49) == !expression.contains("<"))
  }

  /// A drag over bars chooses them, and W asks for what was chosen.
  @Test func barsAreDraggedOver() throws {
    var stage = results()
    let plot = try #require(plots(.poses, stage).first)
    guard case .histogram(let histogram) = plot.kind else { return #expect(Bool(false)) }
    let area = histogram.frame(in: plot.rect, stage.application.surroundings.appearance).area
    _ = stage.takeEffects()
    // The bins of 4° to 8° of the 20° shown.
    let row = area.y + 2
    drag(
      &stage, from: Point(x: area.x + area.width * 2 / 5 - 1, y: row),
      to: Point(x: area.x + area.width / 5 + 1, y: row))
    let range = try #require(screen(stage).view.choosing.ranges.ranges.first)
    #expect(abs(range.values.lowerBound - 4) <= 0.5 && abs(range.values.upperBound - 8) <= 0.5)
    #expect(try screen(stage).arrangement.focus == .poses)
    let expression = try #require(screen(stage).view.choosing.ranges.expression)
    #expect(
      stage.text.contains("\(expression): 1,203 of 2,500 particles, half-sets of 600 and 603"))
    stage.play("W Enter")
    #expect(stage.text.contains("fulcrum select runs/body '\(expression)'"), "\(stage.text)")
    stage.play("Esc Esc")
    #expect(try screen(stage).view.choosing.ranges.isEmpty)
    // A click alone chooses nothing, and lets the cursor stand there.
    stage.take(.mouse(MouseEvent(.press, column: area.x + 5, row: row)))
    stage.take(.mouse(MouseEvent(.release, column: area.x + 5, row: row)))
    #expect(try screen(stage).view.choosing.ranges.isEmpty)
    #expect(try screen(stage).view.choosing.ranges.cursors["turned"] == 5 * 40 / area.width)
  }

  /// Keys do what the mouse does; ranges of several quantities are joined.
  @Test func keysChooseToo() throws {
    var stage = results("Tab Tab Tab Home Right Right ( Right Right Right )")
    #expect(try screen(stage).view.choosing.ranges.expression == "turned >= 1 and turned < 3")
    stage.play("Down Home Right Right Right Right )")
    #expect(
      try screen(stage).view.choosing.ranges.expression
        == "turned >= 1 and turned < 3 and moved < 1.25")
    // The other end goes where it would be on the wrong side.
    stage.play("Right Right (")
    #expect(
      try screen(stage).view.choosing.ranges.expression
        == "turned >= 1 and turned < 3 and moved >= 1.5")
  }

  /// A rectangle of the map of views, by the mouse and by keys; the globe has the same.
  @Test func viewsAreChosenOnTheMap() throws {
    var stage = results()
    let plot = try #require(plots(.orientations, stage).first)
    guard case .sphere(let map) = plot.kind else { return #expect(Bool(false)) }
    let look = stage.application.surroundings.appearance
    let cells = (plot.rect.y..<plot.rect.bottom).flatMap { y in
      (plot.rect.x..<plot.rect.right).map { Point(x: $0, y: y) }
    }
    func cell(_ column: Int, _ row: Int) throws -> Point {
      try #require(
        cells.min { first, other in
          func distance(_ point: Point) -> Int {
            map.bin(at: point, in: plot.rect, look)
              .map { abs($0.x - column) + 2 * abs($0.y - row) } ?? 1000
          }
          return distance(first) < distance(other)
        })
    }
    let (start, end) = (try cell(9, 10), try cell(18, 14))
    drag(&stage, from: start, to: end)
    let bins = try [start, end].map { try #require(map.bin(at: $0, in: plot.rect, look)) }
    let expression =
      "azimuth >= \(10 * bins[0].x) and azimuth < \(10 * bins[1].x + 10) and "
      + "elevation >= \(10 * bins[0].y - 90) and elevation < \(10 * bins[1].y - 80)"
    #expect(try screen(stage).view.choosing.ranges.expression == expression)
    stage.play("Esc Home ( Right Right Up )")
    #expect(
      try screen(stage).view.choosing.ranges.expression?.hasPrefix("azimuth < 30 and elevation >=")
        == true)
  }

  private static let azimuth = ChoiceAxis(
    "azimuth", lower: 0, upper: 360, bins: 36, isPeriodic: true)

  /// Bins beyond an end are those of the other, for a quantity that goes round; others end there.
  @Test(arguments: [
    (35, 37, "azimuth >= 350 or azimuth < 20"), (1, -1, "azimuth >= 350 or azimuth < 20"),
    (0, -1, "azimuth >= 350 or azimuth < 10"), (30, 36, "azimuth >= 300 or azimuth < 10"),
    (35, 30, "azimuth >= 300"), (-1, -3, "azimuth >= 330 and azimuth < 360"), (10, -26, nil),
    (3, 60, nil), (0, 35, nil),
  ])
  func anAzimuthGoesRound(_ start: Int, _ end: Int, expected: String?) {
    var choice = RangeChoice()
    choice.choose(Self.azimuth, from: start, to: end)
    // The last bin has no end to be said.
    #expect(choice.expression == expected?.replacing(" and azimuth < 360", with: ""))
    var other = RangeChoice()
    other.choose(ChoiceAxis("turned", lower: 0, upper: 36, bins: 36), from: 33, to: 38)
    #expect(other.expression == "turned >= 33")
  }

  /// The two parts stand in brackets beside other ranges: “or” binds less than “and”.
  @Test func partsAreJoinedBeforeOtherRanges() {
    var choice = RangeChoice()
    choice.choose(ChoiceAxis("turned", lower: 0, upper: 20, bins: 40), from: 0, to: 5)
    choice.choose(Self.azimuth, from: 34, to: 38)
    #expect(choice.expression == "turned < 3 and (azimuth >= 340 or azimuth < 30)")
    #expect(choice.range(of: Self.azimuth)?.shown == 34...38)
    // An end before the beginning goes across; one just before it is all round.
    choice.cursors["azimuth"] = 20
    choice.end(Self.azimuth)
    #expect(choice.expression == "turned < 3 and (azimuth >= 340 or azimuth < 210)")
    choice.cursors["azimuth"] = 33
    choice.end(Self.azimuth)
    #expect(choice.expression == "turned < 3")
    choice.cursors["azimuth"] = 35
    choice.begin(Self.azimuth)
    #expect(choice.expression == "turned < 3 and (azimuth >= 350 or azimuth < 340)")
    choice.cursors["azimuth"] = 10
    choice.begin(Self.azimuth)
    #expect(choice.expression == "turned < 3 and azimuth >= 100 and azimuth < 340")
  }

  /// By the mouse and by keys, on the rectangle and on the globe.
  @Test(arguments: ["", "Tab Tab Tab Tab m"])
  func viewsAreChosenAcrossTheEdge(_ keys: String) throws {
    var stage = results(keys)
    let plot = try #require(plots(.orientations, stage).first)
    guard case .sphere(let map) = plot.kind else { return #expect(Bool(false)) }
    #expect(map.projection == (keys.isEmpty ? .rectangular : .mollweide))
    let look = stage.application.surroundings.appearance
    let area = map.frame(in: plot.rect, look).area
    let row = area.y + area.height / 2
    let cells = (area.x..<area.right).filter {
      map.bin(at: Point(x: $0, y: row), in: plot.rect, look) != nil
    }
    let (left, right) = (try #require(cells.first), try #require(cells.last))
    func column(_ x: Int) throws -> Int {
      try #require(map.bin(at: Point(x: x, y: row), in: plot.rect, look)).x
    }
    drag(&stage, from: Point(x: right - 4, y: row), to: Point(x: right + 1, y: row))
    var parts = try #require(screen(stage).view.choosing.ranges.expression).split(
      separator: " and ")
    let first = 10 * (try column(right - 4))
    #expect(parts[0].hasPrefix("(azimuth >= \(first) or azimuth < "))
    #expect(["10)", "20)"].contains { parts[0].hasSuffix(" " + $0) }, "\(parts)")
    drag(&stage, from: Point(x: left + 4, y: row), to: Point(x: left - 2, y: row))
    parts = try #require(screen(stage).view.choosing.ranges.expression).split(separator: " and ")
    let last = 10 * (try column(left + 4)) + 10
    #expect(parts[0].hasSuffix(" or azimuth < \(last))"), "\(parts)")
    #expect(["330", "340", "350"].contains { parts[0].hasPrefix("(azimuth >= \($0)") }, "\(parts)")
    // The cursor goes round, too.
    stage.play("Esc End ( Right Right Right )")
    #expect(
      try screen(stage).view.choosing.ranges.expression?
        .hasPrefix("(azimuth >= 350 or azimuth < 30) and elevation >= ") == true)
    stage.play("W Enter")
    #expect(stage.text.contains("'(azimuth >= 350 or azimuth < 30) and elevation >= "))
  }

  /// Columns of the table have a range, too: from the row under the cursor on.
  @Test func columnsOfTheTableAreChosenBy() throws {
    var stage = Stage(.particles, size: Size(width: 120, height: 40))
    stage.play("End (")
    #expect(try screen(stage).view.choosing.ranges.isEmpty == false, "\(stage.text)")
    #expect(try screen(stage).view.choosing.ranges.ranges.first?.axis.name == "turned")
  }

  /// What cannot be chosen by is said.
  @Test func whatIsNoChoiceIsSaid() throws {
    var stage = Stage(.live, size: Size(width: 160, height: 50))
    stage.play("Tab Tab Tab (")
    #expect(stage.text.contains("Particles are chosen of a run that has finished"))
    stage = results("Tab Tab Tab [ [ (")
    #expect(stage.text.contains("by their final poses: f goes to them"))
    stage.play("f b (")
    #expect(stage.text.contains("against the start: b shows it"))
    stage = results("(")
    #expect(stage.text.contains("Tab goes to the pose changes or the orientations"))
  }

  // MARK: Regions

  /// Of a run of regions the rows of its input are kept, and the new job has its regions.
  @Test func keptParticlesOfRegionsBecomeAJobOfAll() throws {
    let folder = try TemporaryFolder()
    let run = folder("runs/two")
    try makeFolder(run + "/regions/small")
    try folder.write("{}", to: "runs/two/regions/small/run.json")
    var job = SampleRuns.regionJob()
    try job.set("input.fraction", to: "0.5")
    try folder.write(job.toml(), to: "runs/two/job.toml")
    try folder.write(JSONFile.text(SampleRuns.manifest(name: "two")), to: "runs/two/run.json")
    try folder.write(
      "[input]\nproject_dir = \"/data/ribosome/images\"\n",
      to: "runs/two/regions/small/job.toml")

    let choice = ParticleChoice(
      folder: run + "/regions/small", title: "two small", job: job.ofRegion(0), isOfRegions: true)
    let surroundings = Surroundings(folder: folder.path)
    let line = choice.keepPrompt("turned < 3", "12 of 20.", surroundings).editor.text
    #expect(line.contains(" --as-input "))
    func offered(_ words: [String]) -> [Question] {
      var work = ToolWork(words: words, purpose: .selection(run: choice.folder))
      work.end(.done)
      return choice.offers(after: work).compactMap {
        if case .offer(let popUp) = $0 { (popUp as? Console.Confirmation)?.question } else { nil }
      }
    }
    let words = ["fulcrum", "select", "x", "turned < 3", "-o", "kept.star"]
    #expect(offered(words) == [.newJob(particles: "kept.star", asInput: false)])
    #expect(
      offered(words + ["--as-input"]) == [.newJob(particles: "kept.star", asInput: true)])

    let kept = folder("kept.star")
    let restart = try Continuation.restart(of: choice.folder, particles: kept)
    #expect(restart.job.regions.map(\.name) == ["head", "body"])
    #expect(restart.job[Parameter.input.particles] == [kept])
    #expect(!restart.job.isSet(Parameter.input.fraction))
    #expect(restart.job[Parameter.input.halfMapA] == "J42/half_map_a.mrc")
    #expect(restart.job[Parameter.input.projectFolder] == "/data/ribosome/images")
    #expect(restart.job.folder == folder.path)
    #expect(restart.parent.run == "two" && restart.parent.kind == .selected)
  }
}
