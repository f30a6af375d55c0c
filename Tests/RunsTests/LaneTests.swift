import Ground
import TestSupport
import Testing

@testable import Runs

/// Files that describe schedulers, and the scripts that are made of them.
@Suite struct LaneTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func lane(_ text: String) throws -> Lane {
    let path = folder("lanes/test.toml")
    try makeFolder(folder("lanes"))
    try AtomicFile.write(text, to: path)
    return try Lane(path: path)
  }

  @Test func whatAFileLeavesOutIsAsInSlurm() throws {
    let lane = try lane("title = \"Big\"\nnodes = 4\nthreads = 32\ntime = \"2:00:00\"\n")
    #expect(lane.name == "test" && lane.title == "Big")
    #expect(lane.request.rankCount == 4 && lane.request.threads == 32)
    #expect(lane.request.time == "2:00:00" && lane.request.nodes == 4)
    #expect(lane.submit == Lane.slurm.submit && lane.template == Lane.slurm.template)
  }

  @Test(
    arguments: [
      ("nodes = 0", "line 1: nodes"), ("ranks = \"two\"", "line 1: ranks"),
      ("title = \"x\"\ncancel = \"qdel {id}\"", "line 2: cancel has a hole {id}"),
      ("template = \"{job}\"", "has a hole {job}"), ("submit = 3", "submit is no text"),
      ("sumbit = \"qsub\"", "sumbit is nothing"), ("title = \"x", "not valid TOML"),
    ])
  func whatIsWrongIsToldWithItsPlace(_ text: String, _ words: String) throws {
    do {
      _ = try lane(text)
      Issue.record("accepted: \(text)")
    } catch let problem as Problem {
      #expect(problem.what.contains(words), "\(problem.what)")
      #expect(problem.what.hasPrefix(folder("lanes/test.toml")) && !problem.whatToDo.isEmpty)
    }
  }

  @Test func holesAreFilledAndOtherBracketsStay() {
    let text = "a {name} ${name} {\\} {Name} {} { name } {{name}} $( { {time}"
    let holes = Holes(text)
    #expect(holes.names == ["name", "name", "time"])
    #expect(
      holes.filled(["name": "X"]) == "a X ${name} {\\} {Name} {} { name } {X} $( { ")
  }

  @Test func theScriptOfSlurmAsksForWhatIsRequested() {
    var request = BatchRequest()
    (request.nodes, request.ranks, request.threads, request.time) = (2, 3, 8, "11:50:00")
    let script = request.script(
      Lane.slurm.template, name: "my run; rm", memory: 3 << 30, command: "fulcrum resume x",
      log: "/r/queue.log")
    for line in [
      "#SBATCH --job-name=myrunrm", "#SBATCH --nodes=2", "#SBATCH --ntasks=3",
      "#SBATCH --cpus-per-task=8", "#SBATCH --time=11:50:00", "#SBATCH --signal=USR1@120",
      // Two ranks on one of the nodes, and a megabyte that is begun.
      "#SBATCH --requeue", "#SBATCH --mem=6145M", "#SBATCH --output=/r/queue.log",
    ] { #expect(script.contains(line + "\n"), "\(line) is not in \(script)") }
    #expect(script.hasPrefix("#!/bin/bash\n") && script.contains("fulcrum resume x\n"))
    #expect(!script.contains("{"))
  }

  @Test(
    arguments: [
      ("4711", "4711"), ("4711;cluster", "4711"), ("Submitted batch job 4711", "4711"),
      ("4711.server.org", "4711.server.org"), ("Job <4711> is submitted to queue <long>.", "4711"),
      ("job-4711 queued", "job-4711"), ("4711[].head", "4711[].head"),
    ])
  func theNumberIsFoundInWhatSubmitCommandsPrint(_ output: String, _ number: String) {
    #expect(BatchJob.number(in: output) == number)
  }

  @Test func noNumberIsNone() {
    #expect(BatchJob.number(in: "error: invalid partition") == nil)
    #expect(BatchJob.number(in: "") == nil)
  }

  @Test func aLaneThatIsNotThereNamesThoseThatAre() throws {
    _ = try lane("title = \"x\"")
    do {
      _ = try Lane.named("pbs", in: folder(""))
      Issue.record("found")
    } catch { #expect(error.whatToDo.contains("slurm, test")) }
    #expect(try Lane.named("slurm", in: folder("")) == .slurm)
    let all = Lane.all(in: folder(""), hasSlurm: true)
    #expect(all.lanes.map(\.name) == ["slurm", "test"] && all.problems.isEmpty)
    #expect(Lane.all(in: nil, hasSlurm: false).lanes.isEmpty)
  }
}
