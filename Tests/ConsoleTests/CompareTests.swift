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

  @Test func theBestIsMarkedWhereRunsCompare() {
    let both = screen { _ in }
    #expect(both.best(of: "Å at 0.143") == [1] && both.best(of: "Å at 0.5") == [1])
    // Equal ones are no news, and other lines have no best.
    #expect(both.best(of: "At a limit").isEmpty && both.best(of: "Time").isEmpty)
    #expect(text(both).contains("3.21*"))
    let masked = screen { $0.job?[Parameter.input.mask] = "other.mrc" }
    #expect(masked.best(of: "Å at 0.143").isEmpty && !text(masked).contains("3.21*"))
    let fewer = screen { $0.manifest?.particles = 100 }
    #expect(fewer.best(of: "Å at 0.143").isEmpty)
  }

  @Test func theirMapsAreSeenOneAfterTheOther() throws {
    var surroundings = Surroundings(folder: "/data/ribosome")
    var both = screen { _ in }
    let pushed = both.perform("maps", &surroundings) ?? []
    guard case .push(let next)? = pushed.first, let maps = next as? MapScreen else {
      Issue.record("no maps")
      return
    }
    #expect(maps.shelf.steps.map(\.title) == ["consensus", "first", "second"])
    #expect(maps.shelf.title == "first, second")
    let second = try #require(maps.shelf.steps.last?.maps[.sharpened])
    #expect(second.files == ["/data/ribosome/runs/second/final/map_sharp.mrc"])
    #expect(CompareScreen(folders: []).runs.isEmpty && MapShelf(comparing: []) == nil)
  }
}
