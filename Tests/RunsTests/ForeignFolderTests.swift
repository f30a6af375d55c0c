import CryoEM
import Glibc
import Ground
import Jobs
import TestSupport
import Testing

@testable import Runs

/// A run folder as a stranger may send it: with links to what is the user's.
struct ForeignFolderTests {
  /// A run that was stopped, and a folder with files of the user.
  private struct Trap {
    let temporary: TemporaryFolder
    let folder: RunFolder

    init() throws {
      temporary = try TemporaryFolder()
      let writer = try RunWriter(
        creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run"))
      writer.take(.iteration(.example(0)))
      writer.take(.iteration(.example(1)))
      writer.end(.stopped, message: "")
      folder = writer.folder
      try makeFolder(temporary("mine"))
      for name in ["profile", "map.mrc", "metrics.json", "half_map_a.mrc", "state.bin"] {
        try temporary.write("mine", to: "mine/" + name)
      }
    }

    /// Puts a link to one of the user's files, or to their folder, in the place of one of the run's.
    func link(_ name: String, to target: String) throws {
      let path = folder.path + "/" + name
      _ = try? RunFolder(temporary.path).place(path).remove()
      if symlink(temporary(target), path) != 0 {
        #expect(rename(path, path + ".away") == 0)
        #expect(symlink(temporary(target), path) == 0)
      }
    }

    func expectUntouched(sourceLocation: SourceLocation = #_sourceLocation) throws {
      let names = temporary.names("mine")
      #expect(
        names == ["half_map_a.mrc", "map.mrc", "metrics.json", "profile", "state.bin"],
        sourceLocation: sourceLocation)
      for name in names {
        #expect(try temporary.text("mine/" + name) == "mine", sourceLocation: sourceLocation)
      }
    }
  }

  @Test func everyLinkIsNamedBeforeARunIsResumed() throws {
    let trap = try Trap()
    for name in ["events.jsonl", "inputs.json", "checkpoint/state.bin", "control/parameters.toml"] {
      try trap.link(name, to: "mine/profile")
    }
    for name in ["final", "iterations/001"] { try trap.link(name, to: "mine") }
    let problems = #expect(throws: Problems.self) { _ = try RunSession(resuming: trap.folder.path) }
    let named = problems?.all.map(\.what) ?? []
    for name in [
      "events.jsonl", "inputs.json", "checkpoint/state.bin", "control/parameters.toml", "final",
      "iterations/001",
    ] {
      #expect(
        named.contains { $0.hasPrefix(trap.folder.path + "/\(name) is a symbolic link") }, "\(name)"
      )
    }
    #expect(named.count == 6)
    try trap.expectUntouched()
  }

  /// Also where the link comes after that look, as in a folder that others may write to.
  @Test func nothingIsWrittenThroughALink() throws {
    let trap = try Trap()
    let lock = try RunLock(trap.folder)
    let writer = try RunWriter(
      resuming: trap.folder, lock: lock, manifest: try trap.folder.manifest(), patience: 0)
    for name in ["final", "iterations/001"] { try trap.link(name, to: "mine") }
    for name in ["run.json", "note.txt", "job.toml", "inputs.json"] {
      try trap.link(name, to: "mine/profile")
    }
    let map = Volume(size: 4, pixelSize: 2)
    writer.writeMaps(a: map, b: map, mask: map, iteration: 1, keep: 1)
    #expect(writer.failure?.what.contains("iterations/001 is a symbolic link") == true)
    #expect(throws: Problem.self) { try trap.folder.make(trap.folder.finalPath) }
    #expect(throws: Problem.self) { try trap.folder.write("x", to: trap.folder.summaryPath) }
    try trap.folder.setNote("a note")
    try trap.folder.write("x", to: trap.folder.inputsPath)
    writer.heartbeat()
    #expect(trap.folder.note() == "a note")
    #expect(trap.folder.holds(trap.folder.manifestPath) && !trap.folder.holds(trap.folder.jobPath))
    #expect(throws: Problem.self) { _ = try trap.folder.job() }
    // The old maps of a linked folder are not tidied away.
    for iteration in 2...3 {
      writer.writeMaps(a: map, b: map, mask: map, iteration: iteration, keep: 1)
    }
    try trap.expectUntouched()
  }

  @Test func eventsAreNotAddedToAnotherFile() throws {
    let trap = try Trap()
    try trap.link("events.jsonl", to: "mine/profile")
    #expect(throws: Problem.self) { _ = try EventLog(trap.folder) }
    #expect(trap.folder.events().events.isEmpty)
    // A second name of a file is no link that could be seen: the run goes on with a copy.
    unlink(trap.folder.eventsPath)
    #expect(link(trap.temporary("mine/profile"), trap.folder.eventsPath) == 0)
    try EventLog(trap.folder).append(RunEvent(.log, "one"))
    #expect(try trap.temporary.text("run/events.jsonl").hasPrefix("mine\n{"))
    // A pipe would keep whoever opens it waiting.
    unlink(trap.folder.eventsPath)
    #expect(mkfifo(trap.folder.eventsPath, 0o600) == 0)
    #expect(throws: Problem.self) { _ = try EventLog(trap.folder) }
    try trap.expectUntouched()
  }

  @Test func theCommandAtTheEndPrintsIntoAFileOfItsOwn() throws {
    let trap = try Trap()
    try trap.link("control/at-end.txt", to: "mine/profile")
    try #require(EndCommand("echo from outside")).run(for: trap.folder)
    #expect(try trap.temporary.text("run/control/at-end.txt") == "from outside\n")
    #expect(trap.folder.strayRequests().isEmpty)
    try trap.link("control", to: "mine")
    #expect(throws: Problem.self) {
      try #require(EndCommand("echo from outside")).run(for: trap.folder)
    }
    try trap.expectUntouched()
  }

  @Test func deletingFollowsNoLinkAndTakesTheNamesOfARunAlone() throws {
    let trap = try Trap()
    try trap.link("final", to: "mine")
    try trap.link("iterations/001", to: "mine")
    try trap.link("checkpoint", to: "mine")
    try trap.temporary.write("mine", to: "run/iterations/000/.map.mrc.swp.part")
    try trap.temporary.write("", to: "run/iterations/000/.metrics.json.12.3.part")
    try makeFolder(trap.temporary("run/iterations/1"))
    try trap.temporary.write("mine", to: "run/iterations/1/metrics.json")
    let left = try trap.folder.remove()
    #expect(
      left.map(FilePath.name(of:)) == ["checkpoint", "checkpoint.away", "final", "iterations"])
    #expect(trap.temporary.names("run/iterations") == ["000", "001", "001.away", "1"])
    #expect(trap.temporary.names("run/iterations/000") == [".map.mrc.swp.part"])
    #expect(try trap.temporary.text("run/iterations/1/metrics.json") == "mine")
    try trap.expectUntouched()
  }

  @Test func filesOfTheUserInFinalStay() throws {
    let trap = try Trap()
    try trap.folder.make(trap.folder.finalPath)
    for name in ["map.mrc", "summary.json", "my_segmentation.mrc", "paper.tsv"] {
      try trap.temporary.write("", to: "run/final/" + name)
    }
    #expect(try trap.folder.remove().map(FilePath.name(of:)) == ["final"])
    #expect(trap.temporary.names("run/final") == ["my_segmentation.mrc", "paper.tsv"])
  }

  /// Anybody may leave any number of files in control/.
  @Test func straysAreNamedUpToABound() throws {
    let temporary = try TemporaryFolder()
    let writer = try RunWriter(
      creating: temporary("run"), job: Job(), manifest: RunManifest(name: "run"))
    for number in 0..<300 { try temporary.write("", to: "run/control/stray\(number)") }
    let monitor = RunMonitor(of: writer, interval: 1000) { _ in [] }
    monitor.stop()
    let warnings = writer.folder.events().events.filter { $0.kind == .warning }
    #expect(warnings.count == 20)
  }
}
