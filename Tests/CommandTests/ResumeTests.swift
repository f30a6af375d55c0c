import EMFiles
import Glibc
import Ground
import Particles
import Refinement
import Testing

@testable import Runs
@testable import fulcrum

/// Runs that are killed or stopped, and resumed.
struct ResumeTests {
  private let job = ["set/set.toml", "--threads", "2", "--save-every", "0"]
  private let limit = ["--set", "refinement.maximum_iterations=3"]
  /// A run that does not end by itself within a test.
  private let endless = [
    "--set", "refinement.extra_passes=100", "--set", "refinement.maximum_iterations=1000",
  ]

  /// Starts a run and waits for some words of its output.
  private func started(
    _ arguments: [String], in set: SmallDataSet, until words: String
  ) throws -> StartedProgram {
    let program = try StartedProgram(arguments, in: set.path)
    for _ in 0..<1200 where !(try program.outputSoFar().contains(words)) { usleep(25_000) }
    return program
  }

  private func expectSameResults(_ set: SmallDataSet, _ a: String, _ b: String) throws {
    let names = set.names().filter { $0.hasPrefix(a + "/final/") }.map { FilePath.name(of: $0) }
    #expect(names.count == 15)
    for name in names where name != "summary.json" && name != "metrics.json" {
      #expect(try set.bytes(a + "/final/" + name) == set.bytes(b + "/final/" + name), "\(name)")
    }
    let (first, second) = (RunFolder(set(a)), RunFolder(set(b)))
    func metrics(_ folder: RunFolder) -> [IterationMetrics] {
      (folder.metrics() + [folder.finalMetrics()].compactMap(\.self)).map {
        var metrics = $0
        (metrics.seconds, metrics.cpuSeconds) = ([:], 0)
        return metrics
      }
    }
    #expect(metrics(first) == metrics(second) && first.finalMetrics() != nil)
    #expect(try first.summary().verdict == second.summary().verdict)
  }

  @Test func aKilledRunEndsAsOneThatWasNot() throws {
    let set = try SmallDataSet.simulated()
    let whole = try ProgramRun(["run"] + job + limit + ["--output", "whole"], in: set.path)
    #expect(whole.status == 0, "\(whole.errors)")
    for (index, words) in ["Preparation", "Iteration 1: Aligning", "Iteration 2: "].enumerated() {
      let output = "run\(index)"
      let program = try started(
        ["run"] + job + limit + ["--output", output], in: set, until: words)
      kill(program.processID, SIGKILL)
      #expect(try program.wait().status == -SIGKILL)
      let folder = RunFolder(set(output))
      #expect(folder.status(of: try folder.manifest()) == .interrupted)
      let resumed = try ProgramRun(["resume", output], in: set.path)
      #expect(resumed.status == 0, "\(resumed.errors)")
      #expect(resumed.output.contains("Resumed at iteration"))
      try expectSameResults(set, "whole", output)
      #expect(folder.events().events.contains { $0.kind == .resumed })
      #expect(!set.names().contains { $0.hasSuffix(".part") || $0.hasSuffix("/lock") })
    }
    let again = try ProgramRun(["resume", "run0"], in: set.path)
    #expect(again.status == 2 && again.errors.contains("has finished"))
  }

  /// SIGTERM and the signals of schedulers end a run with 143, and what a hang-up does is nothing.
  @Test(arguments: [SIGTERM, SIGUSR1, SIGUSR2]) func signalsSaveAndEnd(signal: Int32) throws {
    let set = try SmallDataSet.simulated()
    let program = try started(
      ["run"] + job + endless + ["--output", "run"], in: set, until: "Iteration 2: Aligning")
    kill(program.processID, SIGHUP)
    usleep(200_000)
    #expect(kill(program.processID, 0) == 0)
    let before = WallClock.now
    kill(program.processID, signal)
    let run = try program.wait()
    #expect(run.status == 143, "\(run.output) \(run.errors)")
    // Five seconds are promised; machines under tests are slow.
    #expect(WallClock.now - before < 20)
    #expect(run.output.contains("fulcrum resume"))
    #expect(try RunFolder(set("run")).manifest().status == .stopped)
  }

  /// Another program and other instructions go on, and say that the last digits may differ.
  @Test func otherProgramsAndProcessorsAreNamed() throws {
    let set = try SmallDataSet.simulated()
    let first = try ProgramRun(
      ["run"] + job + endless + ["--output", "run", "--time-limit", "2s"], in: set.path)
    #expect(first.status == 143, "\(first.output) \(first.errors)")
    let again = ["resume", "run", "--time-limit", "1s"]
    #expect(try !ProgramRun(again, in: set.path).output.contains("Until now"))
    let folder = RunFolder(set("run"))
    var manifest = try folder.manifest()
    #expect(manifest.instructions == Machine.instructions)
    manifest.instructions = "AltiVec"
    manifest.commit = "0123abcd"
    try folder.write(manifest, to: folder.manifestPath)
    let resumed = try ProgramRun(again, in: set.path)
    #expect(resumed.status == 143, "\(resumed.output) \(resumed.errors)")
    #expect(resumed.output.contains("computed with AltiVec, here with \(Machine.instructions)"))
    #expect(resumed.output.contains("Until now the run was fulcrum \(programVersion) (0123abcd)'s"))
    #expect(try folder.manifest().instructions == Machine.instructions)
  }

  @Test func aTimeLimitSavesAndEnds() throws {
    let set = try SmallDataSet.simulated()
    let run = try ProgramRun(
      ["run"] + job + endless + ["--output", "run", "--time-limit", "3s"], in: set.path)
    #expect(run.status == 143, "\(run.output) \(run.errors)")
    #expect(run.output.contains("time limit"))
    let manifest = try RunFolder(set("run")).manifest()
    #expect(manifest.status == .stopped && manifest.message.contains("time limit"))
  }

  @Test func oneProgramAtATime() throws {
    let set = try SmallDataSet.simulated()
    let program = try started(
      ["run"] + job + endless + ["--output", "run"], in: set, until: "Iteration 1: Aligning")
    let second = try ProgramRun(["resume", "run"], in: set.path)
    #expect(second.status == 2)
    #expect(second.errors.contains("process \(program.processID) on "), "\(second.errors)")
    kill(program.processID, SIGKILL)
    _ = try program.wait()
  }

  /// A changed stack, an edited job, another run's checkpoint.
  @Test func whatDoesNotBelongIsRefused() throws {
    let set = try SmallDataSet.simulated()
    let run = try started(
      ["run"] + job + endless + ["--output", "run"], in: set, until: "Iteration 2: Aligning")
    kill(run.processID, SIGTERM)
    _ = try run.wait()
    func refused(_ words: String) throws {
      let resumed = try ProgramRun(["resume", "run"], in: set.path)
      #expect(resumed.status == 2, "\(resumed.output)")
      #expect(resumed.errors.contains(words), "\(resumed.errors)")
      #expect(!set.names().contains("run/lock"))
    }
    let stack = try set.bytes("set/particles.mrcs")
    try set.write(Array(stack.dropLast(2)), to: "set/particles.mrcs")
    try refused("particles.mrcs")
    try set.write(stack, to: "set/particles.mrcs")
    try refused("--ignore-times")
    let state = try set.bytes("run/checkpoint/state.bin")
    var other = state
    other[40] ^= 1
    try set.write(other, to: "run/checkpoint/state.bin")
    let damaged = try ProgramRun(["resume", "run", "--ignore-times"], in: set.path)
    #expect(damaged.status == 2 && damaged.errors.contains("damaged"), "\(damaged.errors)")
    try set.write(state, to: "run/checkpoint/state.bin")
    let limited = try ProgramRun(
      ["resume", "run", "--ignore-times", "--time-limit", "1s"], in: set.path)
    #expect(limited.status == 143, "\(limited.errors)")
  }

  /// Of a result group, the files that it names are looked at too.
  @Test func aChangedFileOfAGroupIsRefused() throws {
    let set = try SmallDataSet.simulated()
    let star = try ParticleFile.read(path: set("set/start.star"), projectDirectory: set("set"))
    try star.write(as: .cs, to: set("set/start.cs"))
    try set.write(
      """
      group: {type: particle}
      results:
        alignments3D: {metafile: '>start.cs', num_items: 60}
        blob: {metafile: '>start.cs', num_items: 60}
      """, to: "set/start.csg")
    let run = try ProgramRun(
      ["run"] + job + endless + [
        "--set", "input.particles=set/start.csg", "--project-dir", "set", "--output", "run",
        "--time-limit", "2s",
      ], in: set.path)
    #expect(run.status == 143, "\(run.output) \(run.errors)")
    let records = try set.bytes("set/start.cs")
    try set.write(records, to: "set/start.cs")
    let touched = try ProgramRun(["resume", "run"], in: set.path)
    #expect(touched.status == 2 && touched.errors.contains("start.cs: it was written to since"))
    try set.write(records + [0], to: "set/start.cs")
    let longer = try ProgramRun(["resume", "run", "--ignore-times"], in: set.path)
    #expect(longer.status == 2 && longer.errors.contains("start.cs: it had \(records.count) bytes"))
    try set.write(records, to: "set/start.cs")
    let resumed = try ProgramRun(
      ["resume", "run", "--ignore-times", "--time-limit", "1s"], in: set.path)
    #expect(resumed.status == 143, "\(resumed.errors)")
  }

  @Test(arguments: [
    ("90m", 5400.0), ("11h50m", 42_600), ("1d2h", 93_600), ("45s", 45), ("11:50:00", 42_600),
    ("30:00", 1800), ("90", 5400), ("1-02:00:00", 93_600), ("1-2", 93_600), ("1.5h", 5400),
  ])
  func limitsAreUnderstood(text: String, seconds: Double) {
    #expect(TimeLimit(argument: text)?.seconds == seconds)
  }

  @Test(arguments: ["", "h", "5x", "1m2h", "1:2:3:4", "-5", "0", "1e9", "nan", "1h1h", "::"])
  func otherTextsAreNoLimits(text: String) { #expect(TimeLimit(argument: text) == nil) }
}
