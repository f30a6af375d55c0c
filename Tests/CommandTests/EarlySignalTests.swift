import EMFiles
import Glibc
import Refinement
import Runs
import Testing

/// Signals and limits that come before the engine has started.
struct EarlySignalTests {
  /// A data set whose particle file takes a while to look at.
  private func large() throws -> SmallDataSet {
    let set = try SmallDataSet()
    let lines = String(decoding: try set.bytes("start.star"), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    let rows = lines.filter { $0.contains("@particles.mrcs") }.joined(separator: "\n") + "\n"
    let head = lines.prefix { !$0.contains("@particles.mrcs") }.joined(separator: "\n") + "\n"
    try set.write(head + String(repeating: rows, count: 10_000), to: "start.star")
    return set
  }

  /// Starts the program and waits until it catches SIGTERM itself.
  private func listening(_ arguments: [String], in set: SmallDataSet) throws -> StartedProgram {
    let program = try StartedProgram(arguments, in: set.path)
    let path = "/proc/\(program.processID)/status"
    for _ in 0..<20_000 {
      let caught = Self.text(of: path).split(separator: "\n").first { $0.hasPrefix("SigCgt:") }
      let signals = caught?.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } ?? 0
      if signals & 1 << UInt64(SIGTERM - 1) != 0 { break }
      usleep(500)
    }
    return program
  }

  private static func text(of path: String) -> String {
    guard let file = fopen(path, "r") else { return "" }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 8192)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes.prefix(count), as: UTF8.self)
  }

  @Test(arguments: [(SIGTERM, 143), (SIGINT, 130), (SIGUSR1, 143)] as [(Int32, Int32)])
  func thePreflightEndsAtOnceAndLeavesNothing(signal: Int32, status: Int32) throws {
    let set = try large()
    let before = set.names()
    let program = try listening(["run", "job.toml", "--output", "run"], in: set)
    let sent = WallClock.now
    kill(program.processID, signal)
    let run = try program.wait()
    #expect(run.status == status, "\(run.output) \(run.errors)")
    #expect(WallClock.now - sent < 5)
    #expect(
      run.output.contains("before the refinement began; nothing was written"), "\(run.output)")
    #expect(run.errors.isEmpty)
    #expect(set.names() == before)
  }

  /// Whenever the signal comes, there is a run that can be resumed or none.
  @Test func aRunFolderIsWholeOrNotThere() throws {
    let set = try SmallDataSet()
    let before = Set(set.names())
    let endless = [
      "--set", "refinement.extra_passes=100", "--set", "refinement.maximum_iterations=1000",
    ]
    for delay in [0, 5, 10, 20, 40, 60, 80, 100, 150, 200] as [UInt32] {
      let program = try listening(
        ["run", "job.toml", "--output", "run"] + endless, in: set)
      usleep(delay * 1000)
      kill(program.processID, SIGTERM)
      let run = try program.wait()
      #expect(run.status == 143, "after \(delay) ms: \(run.output) \(run.errors)")
      let folder = RunFolder(set("run"))
      #expect(folder.exists == run.output.contains("fulcrum resume"), "\(run.output)")
      if folder.exists {
        #expect(try folder.manifest().status == .stopped)
        #expect(folder.holder() == nil)
        #expect(try folder.remove().isEmpty)
      }
      #expect(Set(set.names()) == before)
    }
  }

  @Test func aTimeLimitHoldsForThePreflight() throws {
    let set = try large()
    let before = set.names()
    let run = try ProgramRun(
      ["run", "job.toml", "--output", "run", "--time-limit", "0.01s"], in: set.path)
    #expect(run.status == 143)
    #expect(run.output.hasPrefix("Stopped at its time limit before the refinement began"))
    #expect(set.names() == before)
  }

  /// A run that was to be resumed stays as it was, and nobody's.
  @Test func resumingEndsAtOnceAndLeavesTheRunAsItWas() throws {
    let set = try large()
    let first = try StartedProgram(
      ["run", "job.toml", "--output", "run", "--threads", "1"], in: set.path)
    for _ in 0..<2400 where !(try first.outputSoFar().contains("Preparation")) { usleep(25_000) }
    kill(first.processID, SIGTERM)
    let run = try first.wait()
    try #require(run.output.contains("fulcrum resume"), "\(run.output) \(run.errors)")
    let files = ["run/run.json", "run/events.jsonl"]
    let before = try files.map { try set.bytes($0) }
    let program = try listening(["resume", "run"], in: set)
    usleep(20_000)
    kill(program.processID, SIGTERM)
    let resumed = try program.wait()
    #expect(resumed.status == 143)
    #expect(
      resumed.output == "Stopped by SIGTERM before the refinement went on; the run is as it was.\n")
    #expect(try files.map { try set.bytes($0) } == before)
    #expect(!set.names().contains("run/lock"))
  }
}
