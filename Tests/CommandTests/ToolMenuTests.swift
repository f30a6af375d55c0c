import FoundationEssentials
import Glibc
import Ground
import Jobs
import Runs
import Synchronization
import Testing

@testable import Console
@testable import fulcrum

/// What the screens fill in for tools, run for real: the same as by the command line.
struct ToolMenuTests {
  /// A finished run of a job in another folder than its particles, and what tools see of it.
  private func finishedRun() throws -> (set: SmallDataSet, source: ToolSource) {
    let set = try SmallDataSet(count: 60)
    try FileManager.default.createDirectory(
      atPath: set("jobs"), withIntermediateDirectories: true)
    let job = try String(contentsOfFile: set("job.toml"), encoding: .utf8)
    try set.write(job.replacing("= \"", with: "= \"../"), to: "jobs/body.toml")
    let run = try ProgramRun(
      [
        "run", "jobs/body.toml", "--output", "runs/body", "--set",
        "refinement.maximum_iterations=1",
      ], in: set.path)
    try #require(run.status == 0, "\(run.errors)")
    let folder = RunFolder(set("runs/body"))
    var surroundings = Surroundings(folder: set.path)
    surroundings.commandFolder = FilePath.currentFolder
    return (
      set, ToolSource(folder: folder.path, job: try folder.job(), surroundings)
    )
  }

  /// Starts a tool as the screens do, and waits for it.
  private func run(_ words: [String]) throws -> ToolWork {
    let last = Mutex<ToolWork?>(nil)
    try ToolRoom(program: StartedProgram.programPath()).start(ToolWork(words: words)) { work in
      last.withLock { $0 = work }
    }
    for _ in 0..<6000 {
      if let work = last.withLock({ $0 }), !work.isAtWork { return work }
      usleep(10_000)
    }
    throw CancellationError()
  }

  /// The files that a command has made, by their names, and their bytes; they are gone then.
  private func taken(_ words: [String]) throws -> [String: Data] {
    var names: [String] = []
    for option in ["-o", "--rejected"] {
      guard let place = words.firstIndex(of: option) else { continue }
      let output = words[place + 1]
      let inside = FilePlace.names(in: output)
      names += inside.isEmpty ? [output, output + ".toml"] : inside.map { output + "/" + $0 }
    }
    var files: [String: Data] = [:]
    for name in names {
      files[name] = try Data(contentsOf: URL(fileURLWithPath: name))
      try FileManager.default.removeItem(atPath: name)
    }
    if let output = ToolWork.output(of: words) { rmdir(output) }
    return files
  }

  /// Every tool of the menu works on a run as it is filled in, and makes what the same line makes in a
  /// shell, to the byte.
  @Test func theMenuMakesWhatTheCommandLineMakes() throws {
    let (set, source) = try finishedRun()
    var lines = source.offers.map(\.words)
    lines[lines.count - 1].append("C2")
    lines.append(source.select("row > 20"))
    for words in lines {
      let shown = words.map(shellQuoted).joined(separator: " ")
      #expect(ToolLine.objection(to: shown) == nil)
      let work = try run(words)
      #expect(work.ending == .done, "\(words) \(work.lines)")
      let made = try taken(words)
      #expect(made.count > 1, "\(words)")
      // Pictures are drawn with what the language has.
      let language = ChildProcess.ownEnvironment.filter { $0.hasPrefix("L") }
      let byHand = try ProgramRun(
        Array(words.dropFirst()), in: FilePath.currentFolder, environment: language)
      #expect(byHand.status == 0, "\(byHand.errors)")
      let printed = (byHand.output + byHand.errors).split(separator: "\n").map(String.init)
      #expect(Set(printed) == Set(work.lines.filter { !$0.isEmpty }), "\(words)")
      let again = try taken(words)
      #expect(again.keys.sorted() == made.keys.sorted())
      for (name, bytes) in made where again[name] != bytes { Issue.record("\(name) differs") }
    }
    _ = set
  }

  /// Whoever goes on from a run finds its images where they were found, beside the particles.
  @Test func theRunRecordsWhereItsImagesAre() throws {
    let (set, _) = try finishedRun()
    let (job, _) = try Continuation.job(of: set("runs/body"), iteration: 1)
    #expect(job[Parameter.input.projectFolder] == set.path)
    try set.write(job.toml(), to: "next.toml")
    let check = try ProgramRun(["check", "next.toml"], in: set.path)
    #expect(check.status == 0, "\(check.errors)")
  }
}
