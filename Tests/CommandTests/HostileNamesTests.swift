import CryoEM
import EMFiles
import FoundationEssentials
import Glibc
import Jobs
import Runs
import Testing

/// Names and notes with escape sequences in them: whatever the program prints of them, a terminal is not
/// told anything.
struct HostileNamesTests {
  private let evil = "x\u{1B}[2J\u{1B}]0;owned\u{07}\u{9B}31m\u{202E}y"

  private func expectHarmless(
    _ run: ProgramRun, shows word: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let text = run.output + run.errors
    #expect(text.contains(word), "\(word) is not in: \(text)", sourceLocation: sourceLocation)
    for scalar in text.unicodeScalars {
      let isCommand =
        scalar.value < 0x20 && scalar != "\n" && scalar != "\t"
        || (0x7F..<0xA0).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
      #expect(
        !isCommand, "\(scalar.value) in: \(text.debugDescription)", sourceLocation: sourceLocation)
    }
  }

  @Test func inAParticleFile() throws {
    let set = try SmallDataSet()
    let good = try String(contentsOfFile: set("start.star"), encoding: .utf8)
    for (old, new) in [
      ("particles.mrcs", evil + ".mrcs"), ("group1", evil), ("_rlnAngleRot", "_rln" + evil),
      ("300.000000", evil),
    ] {
      try set.write(good.replacing(old, with: new), to: "start.star")
      let run = try ProgramRun(["check", "job.toml"], in: set.path)
      if old != "group1" { #expect(run.status == 2) }
      expectHarmless(run, shows: "start.star")
    }
    let name = "x\u{9B}2J\u{202E}y"
    try set.write(good.replacing("group1 300.000000", with: name + " 1e9"), to: "start.star")
    expectHarmless(try ProgramRun(["check", "job.toml"], in: set.path), shows: "voltage")
  }

  @Test func inAJobAndItsPath() throws {
    let set = try SmallDataSet()
    try set.append("\n[\"\(evil.debugEscaped)\"]\n\"\(evil.debugEscaped)\" = 1\n", to: "job.toml")
    expectHarmless(try ProgramRun(["check", "job.toml"], in: set.path), shows: "no such parameter")
    expectHarmless(
      try ProgramRun(["check", evil + ".toml"], in: set.path), shows: ".toml")
    expectHarmless(
      try ProgramRun(["check", "job.toml", "--set", evil], in: set.path), shows: "--set")
    expectHarmless(try ProgramRun(["\(evil)"], in: set.path), shows: "error")
  }

  @Test func inARunFolder() throws {
    let set = try SmallDataSet()
    let run = RunFolder(set("runs/" + evil))
    let manifest = RunManifest(name: evil, particles: 5)
    let writer = try RunWriter(creating: run.path, job: Job(), manifest: manifest)
    writer.note(.log, evil + "\nerror: not the program's line")
    try run.setNote(evil + "\nsecond line")
    writer.end(.finished, message: evil)
    let list = try ProgramRun(["list"], in: set.path)
    expectHarmless(list, shows: "finished")
    // A line for the header and one for the run.
    #expect(list.output.split(separator: "\n").count == 2, "\(list.output)")
    let watch = try ProgramRun(["watch", "runs/" + evil, "--plain"], in: set.path)
    expectHarmless(watch, shows: "not the program's line")
    #expect(watch.problems.isEmpty && !watch.output.contains("\nerror:"))
    try set.write("{\"\(evil.debugEscaped)\": 1}", to: "runs/" + evil + "/run.json")
    expectHarmless(try ProgramRun(["list"], in: set.path), shows: "damaged")
  }

  /// Whatever a job names is opened as data: nothing hangs on a pipe, nothing is read from a device.
  @Test(arguments: ["start.star", "map.mrc", "mask.mrc", "particles.mrcs", "job.toml"])
  func pipesAndDevicesAreRefused(name: String) throws {
    let set = try SmallDataSet()
    try FileManager.default.removeItem(atPath: set(name))
    #expect(mkfifo(set(name), 0o600) == 0)
    let pipe = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(pipe.status == 2 && pipe.errors.contains("named pipe"), "\(pipe.errors)")
    try FileManager.default.removeItem(atPath: set(name))
    #expect(symlink("/dev/zero", set(name)) == 0)
    let device = try ProgramRun(["check", "job.toml"], in: set.path)
    #expect(device.status == 2 && device.errors.contains("device"), "\(device.errors)")
  }

  /// A stack that is cut while the refinement runs ends it with its name and what to do, not with a
  /// crash.
  @Test func aStackThatIsCutMeanwhile() throws {
    let set = try SmallDataSet(count: 60)
    let started = try StartedProgram(
      [
        "run", "job.toml", "--set", "refinement.extra_passes=100", "--set",
        "refinement.maximum_iterations=1000", "--output", "run",
      ], in: set.path)
    for _ in 0..<1200 where !(try started.outputSoFar().contains("Iteration 1: Aligning")) {
      usleep(50_000)
    }
    #expect(truncate(set("particles.mrcs"), 5000) == 0)
    try RunFolder(set("run")).request(.stopAfterIteration)
    let run = try started.wait()
    #expect(run.status == 1, "\(run.output) \(run.errors)")
    #expect(run.errors.contains("particles.mrcs, image"), "\(run.errors)")
    #expect(run.errors.contains("input.bad_images"))
    #expect(try RunFolder(set("run")).manifest().status == .failed)
  }
}

extension String {
  /// The text for a string of TOML or JSON.
  fileprivate var debugEscaped: String {
    unicodeScalars.map { scalar in
      scalar.value < 0x20 || scalar.value > 0x7E
        ? "\\u" + String(repeating: "0", count: 4 - String(scalar.value, radix: 16).count)
          + String(scalar.value, radix: 16) : String(scalar)
    }.joined()
  }
}
