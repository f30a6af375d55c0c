import EMFiles
import TestSupport
import Testing

@testable import Jobs
@testable import Runs

struct RunCatalogueTests {
  @Test func runsAreListedNewestFirstAndDamagedOnesToo() throws {
    let temporary = try TemporaryFolder()
    for (index, name) in ["old", "new"].enumerated() {
      let writer = try RunWriter(
        creating: temporary("runs/" + name), job: Job(name: name),
        manifest: RunManifest(name: name, at: Double(1000 + index)))
      try writer.folder.setNote("note of \(name)")
    }
    _ = try RunWriter(
      creating: temporary("runs/broken"), job: Job(), manifest: RunManifest(name: "broken"))
    try temporary.write("{", to: "runs/broken/run.json")
    try temporary.write("not a run", to: "runs/readme.txt")
    let entries = RunCatalogue.runs(in: temporary.path)
    #expect(entries.map(\.name) == ["new", "old", "broken"])
    #expect(entries.map(\.note) == ["note of new", "note of old", ""])
    #expect(entries.last?.problem?.what.contains("run.json") == true)
    #expect(entries.last?.manifest == nil)
    #expect(RunCatalogue.runs(in: temporary("runs")).map(\.name) == entries.map(\.name))
    #expect(RunCatalogue.runs(in: temporary("runs/old")).map(\.name) == ["old"])
    #expect(RunCatalogue.runs(in: temporary("nowhere")).isEmpty)
  }

  @Test func theFirstFreeNameIsFound() throws {
    let temporary = try TemporaryFolder()
    #expect(RunCatalogue.freeFolder(named: "a", in: temporary.path) == temporary("runs/a"))
    for _ in 0..<3 {
      _ = try RunWriter(
        creating: RunCatalogue.freeFolder(named: "a", in: temporary.path), job: Job(),
        manifest: RunManifest(name: "a"))
    }
    #expect(temporary.names("runs") == ["a", "a-2", "a-3"])
  }
}
