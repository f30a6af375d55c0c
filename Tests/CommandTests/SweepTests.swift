import FoundationEssentials
import Glibc
import Ground
import Jobs
import Runs
import Testing

@testable import fulcrum

/// Sweeps by the program.
struct SweepTests {
  private let few = ["--set", "refinement.maximum_iterations=2"]
  private let two = ["sweep", "set/set.toml", "--vary", "prior.rotation_sd=4,8"]

  private func expectSameFiles(_ set: SmallDataSet, _ a: String, _ b: String) throws {
    for name in ["map.mrc", "half_map_a.mrc", "map_sharp.mrc", "particles.star", "fsc.tsv"] {
      #expect(try set.bytes(a + "/final/" + name) == set.bytes(b + "/final/" + name), "\(name)")
    }
  }

  private func waitForAnIteration(of folder: RunFolder) {
    for _ in 0..<12_000 {
      if folder.iterations().contains(where: { $0 > 0 }) { return }
      usleep(10_000)
    }
  }

  /// A whole sweep waits in the queue, its runs behind each other; the same again queues what was taken out.
  @Test func aSweepWaitsInTheQueue() throws {
    let set = try SmallDataSet.simulated()
    #expect(try ProgramRun(["queue", "stop"], in: set.path).status == 0)
    let added = try ProgramRun(two + few + ["--queue"], in: set.path)
    #expect(
      added.status == 0 && added.output.contains("Sweep set-sweep: 2 runs of 2 wait"), "\(added)")
    let queue = LocalQueue(in: set.path)
    #expect(queue.members().map(\.name) == ["set-sweep-1", "set-sweep-2"])
    #expect(queue.members().map { $0.manifest.group?.number } == [1, 2])
    #expect(try ProgramRun(["queue", "remove", "set-sweep-1"], in: set.path).status == 0)
    let again = try ProgramRun(two + few + ["--queue"], in: set.path)
    #expect(again.status == 0, "\(again.errors)")
    #expect(queue.members().map(\.name) == ["set-sweep-2", "set-sweep-1"])
    let moved = try ProgramRun(["queue", "move", "set-sweep-1", "1"], in: set.path)
    #expect(moved.status == 0 && moved.output.contains("number 1"), "\(moved.errors)")
    #expect(queue.members().map(\.name) == ["set-sweep-1", "set-sweep-2"])
    let search = try ProgramRun(two + ["--queue", "--search", "1"], in: set.path)
    #expect(search.status == 2 && search.errors.contains("--search"))
    let started = try ProgramRun(["queue", "start", "--slots", "2"], in: set.path)
    #expect(started.status == 0 && started.output.contains("2 runs at a time"), "\(started.output)")
    for _ in 0..<12_000 where queue.worker() != .none { usleep(10_000) }
    let table = try ProgramRun(["list", "--group", "set-sweep"], in: set.path)
    #expect(
      table.output.contains("2 of 2 finished") || !table.output.contains("queued"), "\(table)")
    #expect(
      try queue.members().isEmpty
        && RunFolder(set("runs/set-sweep-2")).manifest().status == .finished)
  }

  @Test func aSweepIsItsRunsAndATable() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      two + few + [
        "--vary", "refinement.subtract_outside=true,false", "--jobs", "2", "--tsv", "out.tsv",
      ],
      in: set.path)
    #expect(run.status == 0, "\(run.errors)")
    let folders = (1...4).map { RunFolder(set("runs/set-sweep-\($0)")) }
    for (folder, (deviation, subtracts)) in zip(
      folders, [("4", "true"), ("4", "false"), ("8", "true"), ("8", "false")])
    {
      let group = try #require(try folder.manifest().group)
      #expect(group.varied.map(\.value) == [deviation, subtracts] && group.count == 4)
      #expect(try folder.manifest().status == .finished)
      let job = try folder.job()
      #expect(job["prior.rotation_sd"]?.text == deviation)
      #expect(job["refinement.subtract_outside"]?.text == subtracts)
      let resolution = Format.fixed(try folder.summary().resolutionAfter, 2)
      #expect(
        run.output.split(separator: "\n").contains {
          $0.hasPrefix(folder.name) && $0.contains(resolution)
        })
    }
    // Each is what a run alone with these values is, to the byte.
    let alone = try ProgramRun(
      [
        "run", "set/set.toml", "--set", "prior.rotation_sd=8", "--set",
        "refinement.subtract_outside=true",
        "--output", "alone",
      ] + few, in: set.path)
    #expect(alone.status == 0, "\(alone.errors)")
    try expectSameFiles(set, "runs/set-sweep-3", "alone")

    let rows = try String(contentsOfFile: set("out.tsv"), encoding: .utf8).split(separator: "\n")
    #expect(rows.count == 5 && rows[0].contains("prior.rotation_sd\trefinement.subtract_outside"))
    let list = try ProgramRun(["list", "--group", "set-sweep"], in: set.path)
    let table = try ProgramRun(["sweep", "--table", "--name", "set-sweep"], in: set.path)
    #expect(list.status == 0 && list.output == table.output)
    #expect(run.output.hasSuffix(table.output))

    // The same again finds everything done; another sweep of the job gets another name.
    let before = try folders.map { try set.bytes("runs/\($0.name)/run.json") }
    let again = try ProgramRun(
      two + few + ["--vary", "refinement.subtract_outside=true,false"], in: set.path)
    #expect(again.status == 0 && again.output.contains("4 there already"), "\(again.output)")
    #expect(try folders.map { try set.bytes("runs/\($0.name)/run.json") } == before)
    let other = try ProgramRun(
      ["sweep", "set/set.toml", "--vary", "prior.rotation_sd=5"] + few, in: set.path)
    #expect(other.status == 0 && RunFolder(set("runs/set-sweep2-1")).exists, "\(other.errors)")
    let inTheWay = try ProgramRun(
      ["sweep", "set/set.toml", "--vary", "prior.rotation_sd=5", "--name", "set-sweep"],
      in: set.path)
    #expect(inTheWay.status == 2 && inTheWay.errors.contains("in the way"), "\(inTheWay.errors)")
  }

  @Test func aKilledSweepGoesOn() throws {
    let set = try SmallDataSet.simulated()
    let limit = [
      "--set", "refinement.maximum_iterations=40", "--set", "refinement.extra_passes=20",
    ]
    let whole = try ProgramRun(two + limit + ["--name", "whole"], in: set.path)
    #expect(whole.status == 0, "\(whole.errors)")
    let program = try StartedProgram(two + limit + ["--name", "torn"], in: set.path)
    let second = RunFolder(set("runs/torn-2"))
    waitForAnIteration(of: second)
    // Both at once, as when the machine stops.
    let child = try second.manifest().processID
    kill(program.processID, SIGKILL)
    kill(child, SIGKILL)
    #expect(try program.wait().status == -SIGKILL)
    // It is nobody's child any more: that it is gone has to be looked for.
    for _ in 0..<1000 where second.status(of: try second.manifest()) != .interrupted {
      usleep(10_000)
    }
    #expect(second.status(of: try second.manifest()) == .interrupted)
    let first = try set.bytes("runs/torn-1/run.json")
    let resumed = try ProgramRun(two + limit + ["--name", "torn"], in: set.path)
    #expect(resumed.status == 0, "\(resumed.errors)")
    #expect(try set.bytes("runs/torn-1/run.json") == first)
    for number in 1...2 { try expectSameFiles(set, "runs/torn-\(number)", "runs/whole-\(number)") }
  }

  @Test func aStoppedSweepSavesAndGoesOn() throws {
    let set = try SmallDataSet.simulated()
    let endless = [
      "--set", "refinement.extra_passes=100", "--set", "refinement.maximum_iterations=1000",
    ]
    let program = try StartedProgram(two + endless, in: set.path)
    let first = RunFolder(set("runs/set-sweep-1"))
    waitForAnIteration(of: first)
    kill(program.processID, SIGTERM)
    let run = try program.wait()
    #expect(run.status == 143, "\(run.output) \(run.errors)")
    #expect(try first.manifest().status == .stopped)
    #expect(try RunFolder(set("runs/set-sweep-2")).manifest().status == .queued)
  }

  @Test func aSearchEndsWithTheBestOnAll() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      [
        "sweep", "set/set.toml", "--vary", "prior.rotation_sd=2,6,12", "--search", "1", "--name",
        "s",
        "--set", "input.fraction=1", "--json",
      ] + few, in: set.path)
    // A tenth of sixty particles is too few: all of it is told before anything is made.
    #expect(run.status == 2 && run.errors.contains("input.fraction larger"), "\(run.errors)")
    #expect(!RunFolder(set("runs/s-1")).exists)
    let larger = try SmallDataSet(count: 120)
    let done = try ProgramRun(
      ["sweep", "job.toml", "--vary", "prior.rotation_sd=2,6,12", "--search", "1", "--name", "s"]
        + few,
      in: larger.path)
    #expect(done.status == 0, "\(done.errors)")
    let outcomes = (1...4).compactMap { SweepOutcome(RunFolder(larger("runs/s-\($0)"))) }
    #expect(
      outcomes.map(\.round) == [1, 1, 1, 2] && outcomes.map(\.particles) == [12, 12, 12, 120])
    let best = try #require(
      outcomes[..<3].min { ($0.resolution ?? .infinity) < ($1.resolution ?? .infinity) })
    #expect(outcomes[3].varied == best.varied)
  }

  @Test func everythingWrongIsToldBeforeAnythingStarts() throws {
    let set = try SmallDataSet()
    let before = set.names()
    let run = try ProgramRun(
      [
        "sweep", "job.toml", "--vary", "prior.rotatoin_sd=1,2", "--vary", "prior.shift_sd=1,many",
        "--vary", "input.mask=mask.mrc,none.mrc", "--particles", "0%",
      ], in: set.path)
    #expect(run.status == 2)
    for words in ["prior.rotatoin_sd", "prior.rotation_sd", "many", "input.fraction"] {
      #expect(run.errors.contains(words), "\(words): \(run.errors)")
    }
    let missing = try ProgramRun(
      ["sweep", "job.toml", "--vary", "input.mask=mask.mrc,none.mrc,gone.mrc"], in: set.path)
    #expect(missing.status == 2 && missing.problems.count == 2, "\(missing.errors)")
    #expect(missing.errors.contains("none.mrc") && missing.errors.contains("gone.mrc"))
    #expect(set.names() == before)
    #expect(try ProgramRun(["sweep", "--table", "--name", "x"], in: set.path).status == 2)
    #expect(
      try ProgramRun(["sweep", "job.toml"], in: set.path).errors.contains("nothing is varied"))
  }
}
