import EMFiles
import FoundationEssentials
import Testing

struct CommandLineTests {
  static let commands =
    [
      "run", "sweep", "queue", "check", "resume", "watch", "list", "report", "view", "new",
      "simulate",
      "fsc", "mpi",
    ] + tools
  static let tools = [
    "convert", "select", "expand", "mask", "frame", "compose", "subtract", "reconstruct", "post",
    "orient", "motion",
  ]

  @Test(arguments: [[]] + commands.map { [$0] })
  func helpFitsAScreen(command: [String]) throws {
    let run = try ProgramRun(command + ["--help"], in: "/tmp")
    #expect(run.status == 0)
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    // The prompt needs a line, too; the first page lists all commands and what all screens take, and
    // the tools under a heading.
    let most = command.isEmpty ? 41 + Self.tools.count : 23
    #expect(lines.count <= most, "\(lines.count) lines")
    #expect(run.output.contains("Example: fulcrum ") || command.isEmpty)
    #expect(lines.allSatisfy { $0.count <= 80 }, "\(run.output)")
    #expect(run.output.contains("USAGE: fulcrum"))
  }

  @Test func theVersionIsTold() throws {
    let run = try ProgramRun(["--version"], in: "/tmp")
    #expect(run.status == 0)
    #expect(run.output.hasPrefix("fulcrum 0."))
  }

  @Test(arguments: [
    ["bogus"], ["list", "--bogus"], ["watch"], ["fsc", "one.mrc"], ["run", "a", "b"],
    ["simulate", "x", "--count", "many"], ["simulate", "x", "--box", "33"],
  ])
  func aWrongCommandLineIsTwoLines(arguments: [String]) throws {
    let run = try ProgramRun(arguments, in: "/tmp")
    #expect(run.status == 2)
    #expect(run.output.isEmpty)
    let lines = run.errors.split(separator: "\n")
    #expect(lines.count == 2, "\(run.errors)")
    #expect(lines.first?.hasPrefix("error: ") == true)
  }

  @Test func aNewJobAsksForItsInput() throws {
    let set = try SmallDataSet()
    let new = try ProgramRun(
      ["new", "fresh.toml", "--set", "search.rotation_extent=7"], in: set.path)
    #expect(new.status == 0)
    let text = try String(contentsOfFile: set("fresh.toml"), encoding: .utf8)
    #expect(text.contains("rotation_extent = 7.0"))
    #expect(try ProgramRun(["new", "fresh.toml"], in: set.path).status == 2)
    let check = try ProgramRun(["check", "fresh.toml"], in: set.path)
    #expect(check.status == 2)
    #expect(check.problems.count == 3)
    let filled = try ProgramRun(
      [
        "check", "fresh.toml", "--set", "input.particles=start.star", "--set",
        "input.map=map.mrc", "--set", "input.mask=mask.mrc",
      ], in: set.path)
    #expect(filled.status == 0, "\(filled.errors)")
  }

  @Test func aFolderWithoutRunsSaysWhatToDo() throws {
    let set = try SmallDataSet()
    #expect(try ProgramRun(["list"], in: set.path).output.contains("fulcrum run"))
    #expect(try ProgramRun(["watch", "nowhere"], in: set.path).status == 2)
    #expect(try ProgramRun(["resume", "nowhere"], in: set.path).status == 2)
  }

  @Test func theFSCOfTwoMapsIsATable() throws {
    let set = try SmallDataSet()
    let map = set.simulation.map(of: set.simulation.phantom.large)
    try set.write(map, to: "a.mrc")
    try set.write(map.map { 2 * $0 + 1 }, to: "b.mrc")
    let same = try ProgramRun(["fsc", "a.mrc", "b.mrc", "--mask", "mask.mrc"], in: set.path)
    #expect(same.status == 0, "\(same.errors)")
    let rows = same.output.split(separator: "\n").filter { $0.first?.isNumber == true }
    #expect(rows.count == 16)
    // A map correlates with itself, scaled, at every frequency.
    for row in rows.dropFirst() {
      let cells = row.split(separator: "\t").compactMap { Double($0) }
      #expect(cells.count == 8)
      #expect(abs(cells[3] - 1) < 1e-4, "\(row)")
    }
    let other = try ProgramRun(["fsc", "a.mrc", "particles.mrcs"], in: set.path)
    #expect(other.status == 2)
    #expect(other.errors.contains("particles.mrcs"))
  }
}
