import Jobs
import Runs
import Surface
import Testing

@testable import Console

/// Runs side by side: which is the best, and their maps one after the other.
@Suite struct CompareTests {
  private func screen(_ change: (inout RunSnapshot) -> Void) -> CompareScreen {
    var runs = ["first", "second"].map { SampleRuns.snapshot(name: $0, status: .finished) }
    runs[1].summary?.resolutionAfter = 3.21
    runs[1].final?.fsc.resolution50 = 3.95
    change(&runs[1])
    var screen = CompareScreen(folders: runs.map(\.folder))
    var surroundings = Surroundings(folder: "/data/ribosome")
    for run in runs { _ = screen.receive(.run(run), &surroundings) }
    return screen
  }

  private func text(_ screen: CompareScreen) -> String {
    let surroundings = Surroundings(size: Size(width: 120, height: 40), folder: "/data/ribosome")
    var frame = Frame(size: surroundings.size, look: surroundings.appearance)
    screen.draw(in: frame.grid.bounds, of: &frame, surroundings)
    return frame.grid.text
  }

  private func best(_ name: String, _ screen: CompareScreen) -> Set<Int>? {
    ResultLine.all.first { $0.name == name }?.best(of: screen.comparison.runs)
  }

  @Test func theBestIsMarkedWhereRunsCompare() {
    let both = screen { _ in }
    #expect(best("Å at 0.143", both) == [1] && best("Å at 0.5", both) == [1])
    // Equal ones are no news, and other lines have no best.
    #expect(best("At a limit", both) == [] && best("Time", both) == [])
    #expect(text(both).contains("3.21*"))
    let masked = screen { $0.job?[Parameter.input.mask] = "other.mrc" }
    #expect(best("Å at 0.143", masked) == [] && !text(masked).contains("3.21*"))
    let fewer = screen { $0.manifest?.particles = 100 }
    #expect(best("Å at 0.143", fewer) == [])
  }

  /// A run that tells the same as the best in fewer digits is as good; one without a number is not.
  @Test func whatReadsAsTheBestIsTheBest() throws {
    let line = try #require(ResultLine.all.first { $0.name == "Å at 0.143" })
    let runs = [3.214, 3.208, 3.4, nil].map { resolution in
      var run = SampleRuns.snapshot(name: "run", status: .finished)
      if let resolution {
        run.summary?.resolutionAfter = resolution
      } else {
        (run.summary, run.final, run.metrics) = (nil, nil, [])
      }
      return run
    }
    #expect(line.best(of: runs) == [0, 1])
    #expect(line.best(of: Array(runs[..<2])).isEmpty, "all say the same")
  }

  /// Arrows move in the pane with the focus; what it leaves goes along the curves, which then have it, or
  /// through the parameters.
  @Test func panesLeaveToOthersWhatIsNotTheirs() {
    var surroundings = Surroundings(folder: "/data/ribosome")
    var both = screen { run in
      run.job?[Parameter.prior.rotationDeviation] = 3
      run.job?[Parameter.prior.shiftDeviation] = 2
    }
    func go(_ ways: Navigation...) {
      for way in ways { _ = both.navigate(way, &surroundings) }
    }
    go(.nextPane, .right, .down)
    #expect(both.comparison.firstRun == 1 && both.panes.results.line == 1)
    #expect(both.panes.parameters.line == 0 && both.panes.fsc.crosshair == nil)
    // The two panes of columns show the same runs.
    go(.nextPane, .left, .down, .down)
    #expect(both.comparison.firstRun == 0 && both.panes.parameters.line == 1)
    go(.last, .nextPane, .up)
    #expect(both.focus == .poses && both.panes.parameters.line == 0)
    let last = both.comparison.runs[0].metrics(of: nil)?.lastShell
    #expect(both.panes.fsc.crosshair == last)
    go(.left)
    #expect(both.focus == .fsc && both.panes.fsc.crosshair == last.map { $0 - 1 })
  }

  /// With room for two columns, the one that is scrolled to is seen, and how many are not.
  @Test(arguments: [(0, ["alpha", "beta"], "→ 2 more"), (3, ["gamma", "delta"], "← 2")])
  func columnsAreScrolledTo(_ firstRun: Int, _ seen: [String], _ more: String) {
    let names = ["alpha", "beta", "gamma", "delta"]
    var comparison = Comparison(folders: names.map { "/r/runs/\($0)" })
    for name in names.reversed() {
      var run = SampleRuns.snapshot(name: name, status: .finished)
      run.folder = "/r/runs/\(name)"
      comparison.receive(.run(run))
    }
    #expect(comparison.runs.map(\.name) == names, "in the order that was asked for")
    comparison.firstRun = firstRun
    let table = ComparedTable(
      comparison,
      rows: [
        .init(
          names: ["a quantity", "short"], cells: names.map { ("of \($0)", .text) })
      ])
    var frame = Frame(size: Size(width: 32, height: 3), look: Surroundings().appearance)
    table.draw(in: frame.grid.bounds, from: 0, into: &frame)
    let text = frame.grid.text
    for name in names {
      #expect(text.contains("of \(name)") == seen.contains(name), "\(name): \(text)")
    }
    #expect(text.contains(more) && text.contains("a quantity"))
  }

  /// Two runs are seen side by side in half a small terminal, however long what they are compared by is; and
  /// columns of less than nine characters say nothing.
  @Test(arguments: [(36, true), (32, true), (30, false)])
  func twoAreSeenSideBySide(_ width: Int, _ areBoth: Bool) {
    var comparison = Comparison(folders: ["/r/runs/first", "/r/runs/second"])
    for name in ["first", "second"] {
      var run = SampleRuns.snapshot(name: name, status: .finished)
      run.folder = "/r/runs/\(name)"
      comparison.receive(.run(run))
    }
    let table = ComparedTable(
      comparison,
      rows: [
        .init(
          names: ["Mask of the body", "mask"],
          cells: [("/data/masks/one.mrc", .text), ("/data/masks/two.mrc", .text)])
      ])
    var frame = Frame(size: Size(width: width, height: 3), look: Surroundings().appearance)
    table.draw(in: frame.grid.bounds, from: 0, into: &frame)
    let text = frame.grid.text
    #expect(text.contains("one.mrc") && text.contains("two.mrc") == areBoth, "\(text)")
    #expect(text.contains("→ 1 more") != areBoth)
  }

  @Test func theirMapsAreSeenOneAfterTheOther() throws {
    var surroundings = Surroundings(folder: "/data/ribosome")
    var both = screen { _ in }
    let pushed = both.perform("maps", &surroundings) ?? []
    guard case .push(let next)? = pushed.first, let maps = next as? MapScreen else {
      Issue.record("no maps")
      return
    }
    #expect(maps.view.shelf.steps.map(\.title) == ["consensus", "first", "second"])
    #expect(maps.view.shelf.title == "first, second")
    let second = try #require(maps.view.shelf.steps.last?.maps[.sharpened])
    #expect(second.files == ["/data/ribosome/runs/second/final/map_sharp.mrc"])
    #expect(Comparison(folders: []).runs.isEmpty && MapShelf(comparing: []) == nil)
  }
}
