import Ground
import Jobs
import Runs
import Surface
import Terminal
import TestSupport
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

  /// A condition keeps the list while it is not whole, stays open where it is wrong, and Esc clears it.
  @Test func runsAreFilteredByACondition() throws {
    var stage = Stage(.runs)
    stage.play("/ \"prior.rotation_sd > 5 & Å < 3.4\"")
    #expect(stage.text.contains("1 of 5 runs: prior.rotation_sd > 5 & Å < 3.4"))
    stage.play("Enter")
    #expect(stage.text.contains("head-wide"))
    #expect(!stage.text.contains("first-try"))
    stage.play("/ \"Å < 3 & nonsense\" Enter")
    #expect(stage.application.popUps.last is TextPrompt)
    #expect(stage.text.contains("no column “nonsense”"))
    stage.play("Esc Esc")
    #expect(stage.text.contains("first-try"))
    // Tab writes out the name that is meant.
    stage.play("/ \"Å < 4 & shift_sd\" Tab")
    #expect(stage.text.contains("Å < 4 & prior.shift_sd"))
  }

  @Test func tagsAreWrittenIntoTheNote() throws {
    var stage = Stage(.runs)
    stage.play("Down # \"good new\" Enter")
    guard case .change(.note(let folder, let text))? = stage.takeEffects().last else {
      Issue.record("no note was written")
      return
    }
    #expect(folder.hasSuffix("/head-wide"))
    #expect(text == "wide extents, as a control #good #new")
  }

  @Test func theTreeFoldsAndMoves() throws {
    var stage = Stage(.tree)
    func names() throws -> [String] {
      try #require(stage.application.screen as? RunsScreen).list.visible.map {
        $0.sweep?.name ?? $0.entry.name
      }
    }
    #expect(
      try names().filter { !$0.hasPrefix("head-sweep") } == [
        "body", "head-wide", "head", "small-region", "first-try",
      ])
    // Left hides what is below; again, it goes to the run above.
    stage.play("End Up Up Up Left")
    #expect(try names().contains("head") == false)
    stage.play("Left Left")
    #expect(try names().contains("head-wide") == false)
    #expect(stage.text.contains("+ body"))
    stage.play("Right t")
    #expect(try names().first == "head")
  }

  /// Those that go on, then those that wait by their places; nothing else.
  @Test func whatGoesOnAndWhatWaitsIsWatched() throws {
    var stage = Stage(.watch)
    let screen = try #require(stage.application.screen as? RunsScreen)
    #expect(
      screen.list.visible.map(\.entry.name) == ["head", "head-narrow", "body-again", "head-next"])
    #expect(
      screen.list.visible.map(\.entry.statusText) == ["running", "paused", "queued 1", "queued 2"])
    #expect(stage.text.contains("2 runs go on, 2 wait"))
    stage.play("Esc")
    #expect(stage.text.contains("first-try"))
  }

  /// Runs that wait are put into order, taken out and back, and the queue is stopped and given more at a
  /// time, all by keys.
  @Test func theQueueIsChangedByKeys() throws {
    var stage = Stage(.watch, size: Size(width: 120, height: 40))
    func asked(_ keys: String) -> [QueueAction] {
      stage.play(keys)
      return stage.takeEffects().compactMap {
        if case .work(.queue(let action)) = $0 { action } else { nil }
      }
    }
    let runs = "/data/ribosome/runs/"
    #expect(stage.text.contains("the queue works with 8 cores and 32 GB, 2 runs at a time"))
    // The second of those that wait; before the first and behind the last there is nothing.
    #expect(asked("End <") == [.move(runs + "head-next", place: 1)])
    #expect(asked(">").isEmpty && stage.text.contains("head-next is the last"))
    #expect(asked("Up >") == [.move(runs + "body-again", place: 2)])
    #expect(stage.text.contains("Q Take out"))
    #expect(asked("Q") == [.remove([runs + "body-again"])])
    #expect(asked("Space Space Q") == [.remove([runs + "body-again", runs + "head-next"])])
    // One that goes on neither waits nor can.
    #expect(asked("a Home Q").isEmpty && stage.text.contains("head goes on already"))
    #expect(asked("Home >").isEmpty && stage.text.contains("does not wait"))
    #expect(asked("+") == [.slots(3)])
    #expect(asked("-") == [.slots(1)])
    #expect(asked("P") == [.stop])
    stage.tell(.queue(QueueState(isStopped: true, room: QueueRoom(cores: 1, memory: 1 << 30))))
    #expect(stage.text.contains("the queue is stopped") && stage.text.contains("P Start queue"))
    #expect(asked("P") == [.start])
    #expect(asked("+").isEmpty && stage.text.contains("More runs at a time than cores"))
    // In the list, those that were stopped are queued, and those that finished are not.
    #expect(asked("Esc / \"first-try\" Enter Q") == [.add([runs + "first-try"])])
  }

  @Test func aJobIsQueuedInPlaceOfStarted() throws {
    var stage = Stage(.form)
    stage.application.surroundings.lanes = SampleRuns.lanes
    stage.play("Q")
    guard case .work(.enqueue(let job, _))? = stage.takeEffects().last else {
      Issue.record("nothing was queued")
      return
    }
    #expect(job == SampleRuns.job())
    stage.tell(.queued(folder: "/data/ribosome/runs/head-2", "head-2 waits for its turn"))
    #expect(stage.application.screen is RunsScreen)
    #expect(stage.text.contains("head-2 waits for its turn"))
  }

  /// Without any marks a run is compared with the one that it comes from.
  @Test func aRunIsComparedWithItsParent() throws {
    let stage = Stage(.tree)
    let runs = try #require(stage.application.screen as? RunsScreen)
    let child = try #require(
      runs.list.listings?.first { listing in
        let parent = listing.entry.manifest?.parent?.run
        return runs.list.listings?.contains { $0.entry.name == parent } == true
      })
    let parent = try #require(child.entry.manifest?.parent?.run)
    var screen = runs
    screen.list.selected = child.entry.folder.path
    #expect(screen.list.comparedFolders.map { RunFolder($0).name } == [parent, child.entry.name])
    screen.list.arrangement.marked = [child.entry.folder.path]
    #expect(screen.list.comparedFolders.count == 1)
  }

  @Test func comparisonNeedsTwoRuns() {
    var stage = Stage(.runs)
    stage.play("Space c")
    #expect(stage.application.screen is RunsScreen)
    #expect(stage.text.contains("Mark two to four runs or regions"))
  }

  @Test func startAsksWhereToRefineOnceThereAreLanes() {
    var stage = Stage(.lanes)
    #expect(stage.takeEffects().isEmpty)
    stage.play("Esc s Down Enter")
    guard case .work(.submit(_, _, let lane))? = stage.takeEffects().last else {
      Issue.record("nothing was handed over")
      return
    }
    #expect(lane.name == "cluster")
    // What was begun is not begun again, until it has failed.
    stage.play("s")
    #expect(stage.text.contains("being started"))
    stage.tell(.failed(Problem("the scheduler refuses", whatToDo: "Ask it.")))
    stage.play("s Enter")
    guard case .work(.start)? = stage.takeEffects().last else {
      Issue.record("nothing was started here")
      return
    }
  }

  /// A refinement that the command line asks for begins at once, lanes or not.
  @Test func aRefinementByCommandBeginsHere() throws {
    var stage = Stage(.runs)
    stage.application.surroundings.lanes = SampleRuns.lanes
    var form = FormScreen(SampleRuns.job())
    form.startsHere = true
    stage.show(form)
    stage.play("s")
    guard case .work(.start)? = stage.takeEffects().last else {
      Issue.record("nothing was started")
      return
    }
    let folder = try TemporaryFolder()
    let path = try folder.write(Job().toml(), to: "job.toml")
    let (_, effects) = try Application.opening(
      .refine(job: path), options: Application.Options())
    guard case .push(let screen as FormScreen)? = effects.first else {
      Issue.record("no form was opened")
      return
    }
    #expect(screen.startsHere)
  }

  @Test func startDoesNotAskWithoutLanes() {
    var stage = Stage(.form)
    stage.play("s")
    guard case .work(.start)? = stage.takeEffects().last else {
      Issue.record("nothing was started")
      return
    }
  }

  @Test func aRunThatWaitsIsTakenOutOfItsQueue() {
    var stage = Stage(.queued)
    #expect(stage.text.contains("waits in a queue as Slurm job 4711"))
    for keys in ["p", "x", "e", "r"] { stage.play(keys) }
    #expect(stage.takeEffects().isEmpty)
    stage.play("X Esc X y")
    guard case .work(.cancel(let folder))? = stage.takeEffects().last else {
      Issue.record("nothing was cancelled")
      return
    }
    #expect(folder == "/data/ribosome/runs/waiting")
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
    if case .change(.delete(let folder))? = effects.first {
      #expect(folder.hasSuffix("/head-wide"))
    } else {
      Issue.record("nothing was deleted")
    }
  }

  @Test func escapeAlwaysBacksOut() {
    for scene in Stage.Scene.allCases {
      var stage = Stage(scene)
      for _ in 0..<8 { stage.play("Esc") }
      #expect(stage.application.screen is RunsScreen, "\(scene.rawValue)")
      #expect(stage.application.popUps.isEmpty)
      // One Escape too many leaves nothing; the key that does is named.
      #expect(
        !stage.takeEffects().contains { if case .terminal(.quit) = $0 { true } else { false } },
        "\(scene.rawValue)")
      #expect(stage.text.contains("q leaves Fulcrum"))
      stage.play("q")
      #expect(
        stage.takeEffects().contains { if case .terminal(.quit) = $0 { true } else { false } })
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

  /// A wrong entry is one change like any other: one undo takes it back and nothing else.
  @Test func undoTakesOneChange() throws {
    var stage = Stage(.form)
    func form() -> FormScreen? { stage.application.screen as? FormScreen }
    stage.play("] 1 2 Enter")
    let before = try #require(form()?.entries)
    stage.play("/ \"symmetry\" Enter Enter Ctrl-U \"Z9\" Enter")
    #expect(form()?.mistakes.isEmpty == false)
    #expect(stage.text.contains("1 problem"))
    #expect(!stage.text.contains("1 problems"))
    let wrong = try #require(form()?.entries)
    stage.play("Esc u")
    #expect(form()?.entries == before)
    #expect(form()?.job["search.rotation_extent"] == .number(12))
    stage.play("U")
    #expect(form()?.entries == wrong)
    // A right value after a wrong one, a default, a preset: each one change.
    stage.play("u ] Enter 9 9 9 Enter Enter 2 0 Enter d p \"detail\" Enter")
    let count = try #require(form()?.history.count)
    for _ in 0..<count { stage.play("u") }
    #expect(form()?.job == SampleRuns.job())
    #expect(form()?.mistakes.isEmpty == true)
  }

  /// What is typed after Enter takes the place of what was there; a movement first keeps it.
  @Test func entriesReplaceWhatTheyShow() throws {
    var stage = Stage(.form)
    func value() -> ParameterValue? {
      (stage.application.screen as? FormScreen)?.job["prior.rotation_sd"]
    }
    stage.play("/ \"Standard deviation of prior over rotation\" Enter Enter")
    #expect(stage.text.contains("Enter Keep"))
    #expect(!stage.text.contains("s Start"))
    stage.play("8 Enter")
    #expect(value() == .number(8))
    #expect(stage.text.contains("s Start"))
    stage.play("Enter End 5 Enter")
    #expect(value() == .number(85))
    stage.play("Enter Backspace 7 Enter")
    #expect(value() == .number(7))
    stage.play("Enter 9 Esc")
    #expect(value() == .number(7))
    // The same in prompts.
    stage = Stage(.runs)
    stage.play("r \"new\" Enter")
    let renamed = stage.takeEffects().compactMap { effect -> String? in
      if case .change(.rename(_, let name)) = effect { name } else { nil }
    }
    #expect(renamed == ["new"])
    // A note is added to.
    stage.play("Down e \" more\" Enter")
    let notes = stage.takeEffects().compactMap { effect -> String? in
      if case .change(.note(_, let text)) = effect { text } else { nil }
    }
    #expect(notes == ["wide extents, as a control more"])
  }

  /// Letters that are typed into an overlay reach nothing behind it, whichever they begin with.
  @Test(arguments: ["quit", "undo", "jump", "kk", "gG", "yes", "a b", "0"])
  func overlaysKeepTheirLetters(_ word: String) throws {
    var stage = Stage(.form)
    stage.play("] 1 2 Enter")
    let before = try #require((stage.application.screen as? FormScreen)?.entries)
    for opening in ["?", "Ctrl-P", "p", "c", "/"] {
      stage.play(opening)
      stage.play("\"\(word)\"")
      #expect(stage.application.popUps.count == 1, "\(opening)")
      #expect(stage.text.contains(word), "\(opening)")
      stage.play("Esc Esc")
      while !stage.application.popUps.isEmpty { stage.play("Esc") }
      let form = try #require(stage.application.screen as? FormScreen, "\(opening)")
      #expect(form.entries == before, "\(opening)")
    }
  }

  @Test func helpSaysThatNothingMatches() {
    var stage = Stage(.help)
    stage.play("\"qqqq\"")
    #expect(stage.text.contains("Nothing matches."))
  }

  /// A wrong entry stays where it can be mended; Escape leaves the prompt alone.
  @Test func promptsKeepWhatWasTyped() throws {
    var stage = Stage(.mask)
    stage.play("e \"abc\" Enter")
    #expect(stage.text.contains("abc"))
    #expect(stage.text.contains("three numbers from 0 to 47 are needed"))
    stage.play("Esc")
    #expect(stage.application.screen is MaskScreen)
    stage = Stage(.live)
    stage.play("e \"extra\" Enter \"x9\" Enter")
    #expect(stage.text.contains("x9"))
    #expect(stage.takeEffects().isEmpty)
    stage.play("Ctrl-U 3 Enter")
    #expect(
      stage.takeEffects().contains {
        if case .change(.control(_, .parameters)) = $0 { true } else { false }
      }
    )
    stage = Stage(.runs)
    stage.play("r \"body\" Enter")
    #expect(stage.text.contains("there is a run of this name"))
    stage.play("Ctrl-U \"a/b\" Enter")
    #expect(stage.text.contains("is no name for a run"))
    stage = Stage(.particles)
    stage.play("/ \"turned much\" Enter")
    #expect(stage.text.contains("is no condition"))
    stage = Stage(.mask)
    stage.play("Ctrl-E Ctrl-U \"folder/\" Enter")
    #expect(stage.text.contains("a file needs a name"))
  }

  /// What the mask view advises is what the check advises, word for word.
  @Test func maskViewAdvisesAsTheCheck() throws {
    let stage = Stage(.mask, size: Size(width: 120, height: 40))
    let screen = try #require(stage.application.screen as? MaskScreen)
    let report = try #require(screen.chosen?.report)
    let advice = report.advice(
      resolution: screen.chosen?.resolution, pixelSize: screen.pixelSize)
    #expect(!advice.isEmpty)
    let facts = screen.facts(try #require(screen.volumes)).map(\.text)
    for one in advice {
      #expect(facts.contains { $0.lowercased().contains(one.what.lowercased()) })
      #expect(facts.contains(one.whatToDo))
    }
    #expect(!stage.text.contains("Nothing to object"))
  }

  /// The numbers in the advice are those of the check, which measures as the refinement does.
  @Test func maskViewMeasuresAsTheCheck() throws {
    let sample = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let job = try Job.read(path: "/\(sample)/samples/hinge/hinge.toml").job
    let volumes = VolumeReader.volumes(of: job)
    #expect(volumes.problem == nil)
    let report = try #require(volumes.masks.first?.report)
    let advice = report.advice(resolution: volumes.masks[0].resolution, pixelSize: 4)
    let found = EngineRoom(folder: "/nowhere", endCommand: nil).check(job)
    #expect(!advice.isEmpty && !found.findings.isEmpty)
    for one in advice {
      #expect(
        found.findings.contains {
          $0.problem.what.hasSuffix(one.what) && $0.problem.whatToDo == one.whatToDo
        }, "\(one.whatToDo)")
    }
    #expect(found.lines.contains { $0.contains(report.summary) })
  }

  /// The fulcrum that is set is seen wherever the cross-hair goes.
  @Test func maskViewShowsTheFulcrumThatIsSet() throws {
    var stage = Stage(.form)
    stage.play("m e \"10,20,30\" Enter f m")
    let here = stage.text
    #expect(here.contains("Fulcrum     voxel 10,20,30"))
    // Under the cross-hair a solid sign, beside it a hollow one.
    #expect(here.contains("●"))
    stage.play("b + + +")
    #expect(stage.text.contains("Fulcrum     voxel 10,20,30"))
    #expect(stage.text.contains("○"))
    #expect(!stage.text.contains("●"))
  }

  /// The remedy of an objection is tried by a key: at once in a live run, else in a new job.
  @Test func remediesAreApplied() throws {
    var screen = RunScreen(folder: "/data/ribosome/runs/body")
    var snapshot = SampleRuns.snapshot(name: "body", status: .finished, iterations: 4)
    snapshot.summary?.shareAtLimit = 0.4
    let last = snapshot.metrics.count - 1
    snapshot.metrics[last].rotationFromStart = .init(
      of: (0..<1000).map { $0 < 400 ? 15 : Double($0) / 100 })
    screen.view.snapshot = snapshot
    var stage = Stage(.runs)
    stage.show(screen)
    stage.tell(.run(snapshot))
    #expect(stage.text.contains("A Advice"))
    stage.play("A")
    #expect(stage.text.contains("rotation (15°)"))
    stage.play("Enter")
    let form = try #require(stage.application.screen as? FormScreen)
    #expect(form.job["search.rotation_extent"] == .number(27))
    snapshot.status = .running
    snapshot.metrics[last].shareAtLimit = 0.4
    stage = Stage(.runs)
    stage.show(screen)
    stage.tell(.run(snapshot))
    _ = stage.takeEffects()
    stage.play("A Enter")
    let changes = stage.takeEffects().compactMap { effect -> Job? in
      if case .change(.control(_, .parameters(let job))) = effect { job } else { nil }
    }
    #expect(changes.count == 1)
    #expect(changes.first?["search.rotation_extent"] == .number(27))
  }

  /// Notes leave the panes whole: only the line of the keys changes.
  @Test(arguments: [Stage.Scene.runs, .live, .form, .mask, .compare])
  func notesCoverTheKeysAlone(_ scene: Stage.Scene) {
    var stage = Stage(scene)
    let before = stage.text.split(separator: "\n", omittingEmptySubsequences: false)
    stage.play("F11 F11")
    stage.tell(.done("Saved something"))
    let after = stage.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(stage.text.contains("Saved something"))
    #expect(after.dropLast(2) == before.dropLast(2))
  }

  @Test func formKeepsAMistakeAndSaysWhatIsWrong() {
    var stage = Stage(.form)
    stage.play("] 9 9 9 Enter")
    #expect(stage.text.contains("between 0 and 180"))
    stage.play("s")
    #expect(stage.text.contains("Cannot start"))
    #expect(
      !stage.takeEffects().contains { if case .work(.start) = $0 { true } else { false } })
    stage.play("Enter Ctrl-U 2 0 Enter")
    #expect(!stage.text.contains("between 0 and 180 (degrees)"))
  }

  @Test func startChecksThenStarts() {
    var stage = Stage(.form)
    stage.play("s")
    #expect(
      stage.takeEffects().contains { if case .work(.start) = $0 { true } else { false } })
    stage.tell(.started(folder: "/data/ribosome/runs/head"))
    #expect(stage.application.screen is RunScreen)
    #expect(stage.application.screens.count == 2)
  }

  @Test func startingTwiceStartsOnce() {
    var stage = Stage(.form)
    stage.play("s s s e")
    let starts = stage.takeEffects().filter { if case .work(.start) = $0 { true } else { false } }
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
    var seen: Set<FormField> = []
    for _ in Parameter.all {
      let form = try #require(stage.application.screen as? FormScreen)
      seen.insert(form.selected)
      stage.play("Down")
    }
    #expect(seen == Set(Parameter.all.map { FormField($0) }))
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
    #expect(screen()?.arrangement.panels.contains(.fsc) == false)
    stage.play("1 z")
    #expect(screen()?.arrangement.focus == .fsc)
    #expect(screen()?.isZoomed == true)
    stage.play("4")
    #expect(screen()?.arrangement.focus == .poses)
    #expect(stage.text.contains("4 Pose changes"))
    stage.play("Esc")
    #expect(screen()?.isZoomed == false)
  }

  @Test func stepsThroughIterations() throws {
    var stage = Stage(.results)
    func shown() -> Int? { (stage.application.screen as? RunScreen)?.view.metrics?.iteration }
    // The final maps come after the last of seven iterations.
    #expect(shown() == 8)
    stage.play("[")
    #expect(stage.text.contains("iteration 7 of 7"))
    stage.play("[ [")
    #expect(shown() == 5)
    #expect(stage.text.contains("iteration 5 of 7"))
    stage.play("] ] ] ]")
    #expect(shown() == 8)
    #expect((stage.application.screen as? RunScreen)?.view.iteration == nil)
  }

  @Test func controlsARunThroughItsFolder() {
    var stage = Stage(.live)
    stage.play("p x")
    stage.play("X y")
    let requests = stage.takeEffects().compactMap { effect -> ControlRequest? in
      if case .change(.control(_, let request)) = effect { request } else { nil }
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
      screen.view.snapshot = RunSnapshot(folder: "/data/runs/head", status: status)
      #expect((screen.obstacle(to: "resume") == nil) == (status != .finished))
      #expect(screen.keyBar.contains("resume") == (status != .finished))
    }
  }

  @Test func dragZoomsTheFSCAndTheMouseReadsIt() throws {
    var stage = Stage(.live)
    stage.play("z")
    stage.take(.mouse(MouseEvent(.press, column: 20, row: 12)))
    stage.take(.mouse(MouseEvent(.drag, column: 40, row: 12)))
    stage.take(.mouse(MouseEvent(.release, column: 40, row: 12)))
    let screen = try #require(stage.application.screen as? RunScreen)
    let shells = try #require(screen.view.axis.shells)
    // Columns 7 to 78 of the plot are shells 0 to 64.
    #expect(abs(shells.lowerBound - 12) <= 1)
    #expect(abs(shells.upperBound - 30) <= 1)
    stage.play("Right")
    #expect((stage.application.screen as? RunScreen)?.view.axis.crosshair != nil)
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
    let note = try #require(frame.targets.first { $0.target == .command("note") })
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
        if case .change(.write(name, let text)) = effect { text } else { nil }
      }
      #expect(written.count == 1, "\(name)")
      if name != "a.txt" { #expect(written.first?.hasPrefix(start) == true, "\(name)") }
    }
  }

  /// A pane's plots are written as lines and axes, those of the poses side by side; what has no plot as
  /// characters.
  @Test(arguments: [("1", 1), ("4", 2), ("6", 2), ("8", 0)])
  func plotsAreExportedAsFigures(pane: String, plots: Int) throws {
    var stage = Stage(.live, size: Size(width: 120, height: 40))
    stage.play("z \(pane) Ctrl-E Ctrl-U \"a.svg\" Enter")
    let text = try #require(
      stage.takeEffects().compactMap { effect -> String? in
        if case .change(.write("a.svg", let text)) = effect { text } else { nil }
      }.first)
    #expect(text.ranges(of: "<g transform=\"translate").count == plots)
    #expect(text.contains("font-family=\"monospace\"") == (plots == 0))
    #expect(text.contains("resolution, Å") == (pane == "1" || pane == "6"))
    if pane == "4" { #expect(text.contains(">turned °</text>")) }
  }

  /// R asks where the page goes: of a run, of the marked ones, and of those that are compared.
  @Test func reportsAreAskedFor() throws {
    func folders(_ stage: inout Stage) -> [String]? {
      stage.play("R Ctrl-U \"page.html\" Enter")
      return stage.takeEffects().compactMap { effect -> [String]? in
        if case .change(.writeReport(let folders, "page.html")) = effect { folders } else { nil }
      }.first
    }
    let runs = "/data/ribosome/runs/"
    var stage = Stage(.results)
    #expect(folders(&stage) == [runs + "body"])
    stage = Stage(.runs)
    stage.play("Space Down Space")
    #expect(folders(&stage)?.count == 2)
    stage = Stage(.compare)
    #expect(folders(&stage) == [runs + "head-wide", runs + "body"])
    stage.play("R Ctrl-U Enter")
    #expect(stage.text.contains("a file needs a name"))
  }

  @Test func quittingWithARefinementAsks() {
    var stage = Stage(.live)
    stage.application.surroundings.runsHere = 1
    stage.play("Ctrl-Q")
    #expect(stage.takeEffects().isEmpty)
    #expect(stage.text.contains("Leave the screens?"))
    stage.play("y")
    #expect(stage.takeEffects().contains { if case .terminal(.quit) = $0 { true } else { false } })
  }

  @Test func tinyTerminalsGetALineOfStatus() {
    let stage = Stage(.live, size: Size(width: 19, height: 3))
    #expect(stage.text.hasPrefix("head running, iter"))
  }
}
