import Ground
import Jobs
import Runs
import Surface
import Testing

@testable import Console

/// Sweeps in the screens: asked for in the form, folded in the list, compared as a table.
@Suite struct SweepScreenTests {
  private func names(_ stage: Stage) throws -> [String] {
    let screen = try #require(stage.application.screens.last as? RunsScreen)
    return screen.list.visible.map { $0.sweep?.name ?? $0.entry.name }
  }

  @Test func theListFoldsASweep() throws {
    var stage = Stage(.fold)
    let members = (1...4).map { "head-sweep-\($0)" }
    // The newest first, as the list is sorted.
    #expect(try names(stage)[1...5] == ["head-sweep"] + members.reversed())
    stage.play("Down Down Left")
    #expect(try names(stage).filter { $0.hasPrefix("head-sweep") } == ["head-sweep"])
    #expect(stage.text.contains("+ head-sweep") && stage.text.contains("2 of 4"))
    #expect(stage.text.contains("3.38 Å"), "the best of its runs")
    // Of a line that stands for many nothing is deleted or renamed.
    stage.play("D")
    #expect(!stage.text.contains("Delete head-sweep?"))
    // What is looked for is shown.
    stage.play("/ \"sweep-3\" Enter")
    #expect(try names(stage) == ["head-sweep-3"])
    stage.play("Esc Home Down Enter")
    #expect(stage.application.screens.last is SweepScreen)
  }

  @Test func theFormAsksForASweep() throws {
    var stage = Stage(.form)
    stage.play("/ \"prior.rotation_sd\" Enter * \"3, x\" Enter")
    #expect(stage.text.contains("a number"), "a wrong value keeps the prompt open")
    stage.play("Ctrl-U \"3, 6,10\" Enter Esc")
    #expect(stage.text.contains("a sweep of 3 runs"))
    stage.play("/ \"subtract_outside\" Enter * Enter Esc")
    #expect(stage.text.contains("a sweep of 6 runs"))
    stage.play("x")
    #expect(stage.text.contains("fulcrum sweep") && stage.text.contains("--vary"))
    stage.play("Esc")
    _ = stage.takeEffects()
    stage.play("s")
    let asked = stage.takeEffects().compactMap { effect -> SweepRequest? in
      if case .work(.planSweep(let request)) = effect { request } else { nil }
    }
    let request = try #require(asked.first)
    let plan = try request.plan()
    #expect(
      plan.points.map { $0.varied.map(\.value) } == [
        ["3", "true"], ["3", "false"], ["6", "true"], ["6", "false"], ["10", "true"],
        ["10", "false"],
      ])
    #expect(
      plan.points[0].job["input.half_map_a"]?.text == "/data/ribosome/J42/half_map_a.mrc"
        || plan.points[0].job["input.half_map_a"]?.text == "J42/half_map_a.mrc")
    stage.tell(.sweepPlanned(request, "head-sweep: 6 runs, 2:00 to 4:00 in all."))
    #expect(stage.text.contains("6 runs, 2:00 to 4:00"))
    stage.play("y")
    let started = stage.takeEffects().contains {
      if case .work(.startSweep(request)) = $0 { true } else { false }
    }
    #expect(started)
    stage.tell(.sweepStarted(name: "head-sweep", folders: []))
    #expect(stage.application.screens.last is SweepScreen)
  }

  @Test func aSweepIsQueued() throws {
    var stage = Stage(.varied)
    _ = stage.takeEffects()
    stage.play("Q")
    guard case .work(.planSweep(let request))? = stage.takeEffects().last else {
      Issue.record("nothing was planned")
      return
    }
    #expect(request.isQueued && request.axes.count == 2)
    stage.tell(.sweepPlanned(request, "head-sweep: 6 runs."))
    #expect(stage.text.contains("Queue the sweep?"))
    stage.play("y")
    guard case .work(.startSweep(request))? = stage.takeEffects().last else {
      Issue.record("nothing was queued")
      return
    }
    // Asked for again without the queue, it is another request.
    stage.tell(.failed(Problem("no", whatToDo: "Again.")))
    stage.play("s")
    guard case .work(.planSweep(let other))? = stage.takeEffects().last else {
      Issue.record("nothing was planned")
      return
    }
    #expect(!other.isQueued)
  }

  @Test func anEmptyTextTakesTheMarkAway() throws {
    var stage = Stage(.varied)
    #expect(stage.text.contains("A sweep of 6 runs"))
    stage.play("* Ctrl-U Enter")
    #expect(stage.text.contains("A sweep of 3 runs"))
  }

  @Test func theTableSortsComparesAndStops() throws {
    var stage = Stage(.sweep, size: Size(width: 120, height: 40))
    func order() throws -> [Int] {
      try #require(stage.application.screens.last as? SweepScreen).order
    }
    #expect(stage.text.contains("3.38*") && stage.text.contains("0.4%*"))
    // By the values, then by resolution, where what has none stays last.
    stage.play("s s s s")
    #expect(try order() == [1, 0, 2, 3])
    stage.play("S")
    #expect(try order() == [0, 1, 2, 3])
    stage.play("Home Space Space c")
    let compared = try #require(stage.application.screens.last as? CompareScreen)
    #expect(
      compared.comparison.folders.map { RunFolder($0).name } == ["head-sweep-1", "head-sweep-2"])
    stage.play("Esc")
    _ = stage.takeEffects()
    stage.play("X y")
    let effects = stage.takeEffects()
    let cancelled = try #require(
      effects.firstIndex {
        if case .work(.cancel(let path)) = $0 { path.hasSuffix("-4") } else { false }
      })
    let stopped = try #require(
      effects.firstIndex {
        if case .change(.control(let path, .stop)) = $0 { path.hasSuffix("-3") } else { false }
      })
    #expect(cancelled < stopped)
  }

  /// The best run goes on to all particles in one key.
  @Test func theBestIsTakenOnAllParticles() throws {
    var stage = Stage(.sweep)
    stage.play("B")
    let form = try #require(stage.application.screens.last as? FormScreen)
    #expect(form.job.name == "head-sweep-best" && form.parent?.run == "head-sweep-2")
    #expect(!form.job.isSet(Parameter.input.fraction))
    #expect(stage.text.contains("from head-sweep-2, the best, on all particles"))
  }

  @Test func whatIsExportedIsTheWholeTable() throws {
    let stage = Stage(.sweep)
    let screen = try #require(stage.application.screens.last as? SweepScreen)
    let rows = try #require(screen.exported(stage.application.surroundings).table)
    #expect(rows.count == 5 && rows[0].contains("posterior_shift_A"))
    #expect(rows[1][3] == "/data/ribosome/masks/head.mrc", "\(rows[1])")
  }
}
