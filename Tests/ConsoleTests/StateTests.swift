import EMFiles
import Refinement
import Runs
import Surface
import Terminal
import Testing

@testable import Console

/// What keys do, without a terminal.
@Suite struct StateTests {
  @Test func filterSortAndMarkRuns() throws {
    var stage = Stage(.runs)
    stage.play("/ \"body\" Enter")
    #expect(stage.text.contains("1 of 5"))
    #expect(!stage.text.contains("first-try"))
    stage.play("Esc Home Space Space c")
    #expect(stage.application.screen is CompareScreen)
  }

  @Test func comparisonNeedsTwoRuns() {
    var stage = Stage(.runs)
    stage.play("Space c")
    #expect(stage.application.screen is RunsScreen)
    #expect(stage.text.contains("Mark two to four runs"))
  }

  @Test func deletingAsksFirst() {
    var stage = Stage(.runs)
    stage.play("Down D")
    #expect(stage.takeEffects().isEmpty)
    stage.play("Esc D n D Enter")
    #expect(stage.takeEffects().isEmpty)
    stage.play("D y")
    let effects = stage.takeEffects()
    #expect(effects.count == 1)
    if case .delete(let folder)? = effects.first {
      #expect(folder.hasSuffix("/head-wide"))
    } else {
      Issue.record("nothing was deleted")
    }
  }

  @Test func escapeAlwaysBacksOut() {
    for scene in Stage.Scene.allCases {
      var stage = Stage(scene)
      for _ in 0..<8 { stage.play("Esc") }
      #expect(
        stage.takeEffects().contains { if case .quit = $0 { true } else { false } },
        "\(scene.rawValue)")
    }
  }

  @Test func formEditsUndoAndRedo() throws {
    var stage = Stage(.form)
    func job() -> Job? { (stage.application.screen as? FormScreen)?.job }
    let before = try #require(job())
    stage.play("] 1 2 . 5 Enter")
    #expect(job()?["search.rotation_extent"] == .number(12.5))
    stage.play("u")
    #expect(job() == before)
    stage.play("U")
    #expect(job()?["search.rotation_extent"] == .number(12.5))
    stage.play("d")
    #expect(job()?.isSet("search.rotation_extent") == false)
  }

  @Test func formKeepsAMistakeAndSaysWhatIsWrong() {
    var stage = Stage(.form)
    stage.play("] 9 9 9 Enter")
    #expect(stage.text.contains("between 0 and 180"))
    stage.play("s")
    #expect(stage.text.contains("Cannot start"))
    #expect(
      !stage.takeEffects().contains { if case .start = $0 { true } else { false } })
    stage.play("Enter Ctrl-U 2 0 Enter")
    #expect(!stage.text.contains("between 0 and 180 (degrees)"))
  }

  @Test func startChecksThenStarts() {
    var stage = Stage(.form)
    stage.play("s")
    #expect(
      stage.takeEffects().contains { if case .start = $0 { true } else { false } })
    stage.tell(.started(folder: "/data/ribosome/runs/head"))
    #expect(stage.application.screen is RunScreen)
    #expect(stage.application.screens.count == 2)
  }

  @Test func startingTwiceStartsOnce() {
    var stage = Stage(.form)
    stage.play("s s s e")
    let starts = stage.takeEffects().filter { if case .start = $0 { true } else { false } }
    #expect(starts.count == 1)
    #expect(stage.text.contains("being started"))
    stage.tell(.failed(Problem("no space is left", whatToDo: "Make some.")))
    stage.play("s")
    #expect(stage.takeEffects().count == 1)
  }

  @Test func clicksBesideAPopUpCloseIt() {
    var stage = Stage(.theme)
    stage.take(.mouse(MouseEvent(.press, column: 2, row: 20)))
    #expect(stage.application.popUps.isEmpty)
  }

  @Test func blankFormSaysWhyItCannotStart() {
    var stage = Stage(.blank)
    stage.play("s")
    #expect(stage.text.contains("Cannot start: input.particles: missing (and 2 more)"))
  }

  @Test func presetsChangeTheJobAtOnce() throws {
    var stage = Stage(.form)
    stage.play("p \"detail\" Enter")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.job["prior.rotation_sd"] == .number(3))
    #expect(form.job.isSet("search.rotation_extent") == false)
  }

  @Test func everyParameterCanBeReached() throws {
    var stage = Stage(.blank)
    stage.play("a Home")
    var seen: Set<String> = []
    for _ in Parameter.all {
      let form = try #require(stage.application.screen as? FormScreen)
      seen.insert(form.selected)
      stage.play("Down")
    }
    #expect(seen == Set(Parameter.all.map(\.key)))
  }

  @Test func searchFindsTheNamesOfOtherPrograms() throws {
    var stage = Stage(.blank)
    stage.play("/ \"sigma_ang\" Enter")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.visible.contains { $0.key == "search.rotation_extent" })
    #expect(form.visible.count < 6)
  }

  @Test func panelsToggleZoomAndFocus() throws {
    var stage = Stage(.live)
    func screen() -> RunScreen? { stage.application.screen as? RunScreen }
    stage.play("1")
    #expect(screen()?.panels.contains(.fsc) == false)
    stage.play("1 z")
    #expect(screen()?.focus == .fsc)
    #expect(screen()?.isZoomed == true)
    stage.play("4")
    #expect(screen()?.focus == .poses)
    #expect(stage.text.contains("4 Pose changes"))
    stage.play("Esc")
    #expect(screen()?.isZoomed == false)
  }

  @Test func stepsThroughIterations() throws {
    var stage = Stage(.results)
    func shown() -> Int? { (stage.application.screen as? RunScreen)?.metrics?.iteration }
    // The final maps come after the last of seven iterations.
    #expect(shown() == 8)
    stage.play("[")
    #expect(stage.text.contains("iteration 7 of 7"))
    stage.play("[ [")
    #expect(shown() == 5)
    #expect(stage.text.contains("iteration 5 of 7"))
    stage.play("] ] ] ]")
    #expect(shown() == 8)
    #expect((stage.application.screen as? RunScreen)?.iteration == nil)
  }

  @Test func controlsARunThroughItsFolder() {
    var stage = Stage(.live)
    stage.play("p x")
    stage.play("X y")
    let requests = stage.takeEffects().compactMap { effect -> ControlRequest? in
      if case .control(_, let request) = effect { request } else { nil }
    }
    #expect(requests == [.pause, .stopAfterIteration, .stop])
  }

  @Test func resumesOnlyWhatHasStopped() {
    var stage = Stage(.live)
    stage.play("r")
    #expect(stage.text.contains("goes on already"))
    #expect(stage.takeEffects().isEmpty)
    for status in [RunStatus.interrupted, .stopped, .failed, .finished] {
      var screen = RunScreen(folder: "/data/runs/head")
      screen.snapshot = RunSnapshot(folder: "/data/runs/head", status: status)
      #expect((screen.obstacle(to: .resume) == nil) == (status != .finished))
      #expect(screen.keyBar.contains(.resume) == (status != .finished))
    }
  }

  @Test func dragZoomsTheFSCAndTheMouseReadsIt() throws {
    var stage = Stage(.live)
    stage.play("z")
    stage.take(.mouse(MouseEvent(.press, column: 20, row: 12)))
    stage.take(.mouse(MouseEvent(.drag, column: 40, row: 12)))
    stage.take(.mouse(MouseEvent(.release, column: 40, row: 12)))
    let screen = try #require(stage.application.screen as? RunScreen)
    let shells = try #require(screen.shells)
    // Columns 7 to 78 of the plot are shells 0 to 64.
    #expect(abs(shells.lowerBound - 12) <= 1)
    #expect(abs(shells.upperBound - 30) <= 1)
    stage.play("Right")
    #expect((stage.application.screen as? RunScreen)?.crosshair != nil)
    stage.play("Esc")
    #expect((stage.application.screen as? RunScreen)?.isZoomed == false)
  }

  @Test func finishedRunsCannotBePaused() {
    var stage = Stage(.results)
    stage.play("p")
    #expect(stage.takeEffects().isEmpty)
    #expect(stage.text.contains("nothing to pause"))
  }

  @Test func rowsAndKeysCanBeClicked() throws {
    var stage = Stage(.runs)
    stage.take(.mouse(MouseEvent(.press, column: 10, row: 4)))
    #expect((stage.application.screen as? RunsScreen)?.current?.entry.name == "body")
    let frame = stage.application.draw()
    let note = try #require(frame.targets.first { $0.target == .command(.note) })
    stage.take(.mouse(MouseEvent(.press, column: note.rect.x, row: note.rect.y)))
    #expect(stage.text.contains("Note about body"))
  }

  @Test func jumpLettersAreAsGoodAsClicks() throws {
    var stage = Stage(.runs)
    stage.play("Ctrl-G")
    let places = stage.application.jumpPlaces(stage.application.draw())
    let row = try #require(
      places.first { $0.target == .row(pane: "runs", 3) }?.letter)
    stage.take(.key(.character(row)))
    #expect((stage.application.screen as? RunsScreen)?.current?.entry.name == "small-region")
  }

  @Test func maskViewSetsTheFulcrum() throws {
    var stage = Stage(.mask)
    stage.play("Right Right Up f")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.job["fulcrum.coordinates"]?.text == "34,31,28")
    #expect(form.history.count == 1)
  }

  @Test func coordinatesOutsideTheBoxAreRefused() throws {
    var stage = Stage(.mask)
    stage.play("e Ctrl-U \"10,20,99\" Enter")
    #expect(stage.text.contains("0 to 47"))
    stage.play("e Ctrl-U \"10,20,30\" Enter")
    let screen = try #require(stage.application.screen as? MaskScreen)
    #expect(screen.cross == SIMD3(10, 20, 30))
  }

  @Test func themePickerPreviewsAndGoesBack() {
    var stage = Stage(.theme)
    let original = stage.application.surroundings.theme
    stage.tell(.themes([Self.light, .builtIn], []))
    #expect(stage.application.surroundings.theme.identifier == original.identifier)
    stage.play("Up")
    #expect(stage.application.surroundings.theme.identifier == "test-light")
    stage.play("Esc")
    #expect(stage.application.surroundings.theme.identifier == original.identifier)
  }

  private static let light = Theme(
    identifier: "test-light", name: "Light", isLight: true, background: Colour(hex: 0xFFFFFF),
    roles: [:], gradient: [Colour(hex: 0), Colour(hex: 0xFFFFFF)])

  @Test func exportsByTheEndingOfTheName() {
    var stage = Stage(.live)
    for (name, start) in [("a.txt", " Fulcrum"), ("a.svg", "<svg"), ("a.tsv", "shell\t")] {
      stage.play("Ctrl-E Ctrl-U \"\(name)\" Enter")
      let written = stage.takeEffects().compactMap { effect -> String? in
        if case .write(name, let text) = effect { text } else { nil }
      }
      #expect(written.count == 1, "\(name)")
      if name != "a.txt" { #expect(written.first?.hasPrefix(start) == true, "\(name)") }
    }
  }

  @Test func quittingWithARefinementAsks() {
    var stage = Stage(.live)
    stage.application.surroundings.runsHere = 1
    stage.play("Ctrl-Q")
    #expect(stage.takeEffects().isEmpty)
    #expect(stage.text.contains("Leave the screens?"))
    stage.play("y")
    #expect(stage.takeEffects().contains { if case .quit = $0 { true } else { false } })
  }

  @Test func tinyTerminalsGetALineOfStatus() {
    let stage = Stage(.live, size: Size(width: 19, height: 3))
    #expect(stage.text.hasPrefix("head running 5"))
  }
}
