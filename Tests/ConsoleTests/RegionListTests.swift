import Ground
import Jobs
import Surface
import TestSupport
import Testing

@testable import Console
@testable import Runs

/// Runs of several regions in the list of runs, and side by side.
struct RegionListTests {
  private func manifest(_ name: String) -> RunManifest {
    SampleRuns.manifest(name: name, status: .finished)
  }

  /// A folder with the runs `one` and `two`, the latter of two regions.
  private func folder() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    for path in ["runs/one", "runs/two", "runs/two/regions/a", "runs/two/regions/b"] {
      try makeFolder(folder(path))
      try AtomicFile.write(
        JSONFile.text(manifest(FilePath.name(of: path))), to: folder(path + "/run.json"))
    }
    try folder.write(
      """
      [[region]]
      name = "b"
      mask = "b.mrc"
      [[region]]
      name = "a"
      mask = "a.mrc"
      """, to: "runs/two/job.toml")
    return folder
  }

  private func screen(_ folder: TemporaryFolder) throws -> (RunsScreen, Surroundings) {
    var surroundings = Surroundings(folder: folder.path)
    surroundings.size = Size(width: 100, height: 30)
    var screen = RunsScreen()
    let found = try #require(RunReader().runs(in: folder.path, isForced: true, budget: 60))
    _ = screen.receive(.runs(found.listings, folder: folder.path), &surroundings)
    screen.list.arrangement.sorting = .init(column: .name, descending: false)
    return (screen, surroundings)
  }

  private func names(_ screen: RunsScreen) -> [String] {
    screen.list.visible.map { screen.list.arrangement.text(.name, of: $0) }
  }

  /// A run unfolds into its regions in the job's order, and they go to Compare with others.
  @Test func runsUnfoldIntoTheirRegions() throws {
    let folder = try folder()
    var (screen, surroundings) = try screen(folder)
    #expect(names(screen) == ["one", "+ two"])
    _ = screen.navigate(.last, &surroundings)
    _ = screen.navigate(.right, &surroundings)
    #expect(names(screen) == ["one", "- two", "  b", "  a"])
    #expect(screen.obstacle(to: "delete") == nil)
    _ = screen.navigate(.down, &surroundings)
    #expect(screen.obstacle(to: "delete")?.contains("region") == true)
    #expect(screen.obstacle(to: "open") == nil)
    _ = screen.perform("mark", &surroundings)
    _ = screen.perform("mark", &surroundings)
    #expect(screen.obstacle(to: "compare") == nil)
    let asked = screen.perform("compare", &surroundings) ?? []
    let shown = asked.compactMap { effect -> CompareScreen? in
      if case .push(let next) = effect { next as? CompareScreen } else { nil }
    }.first
    let two = folder("runs/two/regions")
    #expect(shown?.comparison.folders == [two + "/b", two + "/a"])
    // What is marked stays so when it is folded away.
    _ = screen.navigate(.left, &surroundings)
    #expect(
      names(screen)
        == ["one", "- two", "  b", "  a"].filter { !$0.hasPrefix(" ") }
        .map { $0.replacing("-", with: "+") })
    #expect(screen.current.map { screen.list.arrangement.text(.name, of: $0) } == "+ two")
    #expect(screen.list.comparedFolders.count == 2)
  }

  /// So it does in the tree, below the run and before those that come from it.
  @Test func runsUnfoldInTheTree() throws {
    let folder = try folder()
    var child = manifest("child")
    child.parent = RunManifest.Parent(run: "two", iteration: 1)
    try makeFolder(folder("runs/child"))
    try AtomicFile.write(JSONFile.text(child), to: folder("runs/child/run.json"))
    var (screen, surroundings) = try screen(folder)
    _ = screen.perform("tree", &surroundings)
    func cells() -> [String] {
      var frame = Frame(size: surroundings.size, look: surroundings.appearance)
      screen.draw(in: frame.grid.bounds, of: &frame, surroundings)
      return frame.grid.text.split(separator: "\n").dropFirst(2).prefix(screen.list.visible.count)
        .map {
          String($0.drop { $0 == " " }.prefix { $0 != "✓" }).trimmed
        }
    }
    #expect(cells() == ["one", "+ two", "└─child"])
    screen.list.selected = folder("runs/two")
    _ = screen.navigate(.right, &surroundings)
    #expect(cells() == ["one", "- two", "├─b", "├─a", "└─child"])
    // From a region back to its run; then the branch is folded, and unfolded before the regions.
    _ = screen.navigate(.down, &surroundings)
    #expect(screen.obstacle(to: "delete")?.contains("region") == true)
    _ = screen.navigate(.left, &surroundings)
    #expect(cells() == ["one", "+ two", "└─child"])
    _ = screen.navigate(.left, &surroundings)
    #expect(cells() == ["one", "+ two"])
    _ = screen.navigate(.right, &surroundings)
    #expect(cells() == ["one", "+ two", "└─child"])
    _ = screen.navigate(.right, &surroundings)
    _ = screen.navigate(.left, &surroundings)
    #expect(screen.current?.entry.name == "two")
  }

  /// A marked run of several regions stands for all of them, beside a run of one.
  @Test func aRunStandsForItsRegions() throws {
    let folder = try folder()
    var (screen, surroundings) = try screen(folder)
    _ = screen.perform("mark-all", &surroundings)
    #expect(screen.list.comparedFolders.map { FilePath.name(of: $0) } == ["one", "b", "a"])
    #expect(screen.obstacle(to: "compare") == nil)
    screen.list.arrangement.marked = [folder("runs/one")]
    #expect(screen.obstacle(to: "compare")?.contains("two to four runs or regions") == true)
  }

  /// Regions are named with their runs, and parameters of regions are among those that differ.
  @Test func regionsAreNamedWithTheirRun() throws {
    let folder = try folder()
    #expect(RunSnapshot(folder: folder("runs/two/regions/a")).name == "two a")
    #expect(RunSnapshot(folder: folder("runs/two")).name == "two")
    var screen = CompareScreen(folders: ["/r/x", "/r/y"])
    var surroundings = Surroundings(folder: "/r")
    for (name, deviation) in [("x", "3"), ("y", "5")] {
      var snapshot = SampleRuns.snapshot(name: name, status: .finished)
      snapshot.folder = "/r/\(name)"
      snapshot.job = SampleRuns.regionJob()
      try snapshot.job?.set("region.body.prior.rotation_sd", to: deviation)
      _ = screen.receive(.run(snapshot), &surroundings)
    }
    #expect(screen.comparison.parameters.map(\.key).contains("region.body.prior.rotation_sd"))
    var frame = Frame(size: Size(width: 120, height: 40), look: surroundings.appearance)
    screen.focus = .parameters
    screen.isZoomed = true
    screen.draw(in: frame.grid.bounds, of: &frame, surroundings)
    #expect(frame.grid.text.contains("body.prior.rotation_sd"))
  }
}
