import Ground
import Testing

@testable import Runs

/// Refinements that are handed to a scheduler, here one of the test's own.
@Suite struct BatchTests {
  /// A set with a lane `fake`, whose scheduler keeps the numbers of its jobs in a file.
  private func set(template: String = "{command}") throws -> (SmallDataSet, environment: [String]) {
    let set = try SmallDataSet()
    try makeFolder(set("config/fulcrum/lanes"))
    try set.write(
      """
      title = "Fake"
      threads = 1
      submit = "cp {script} \(set("taken.sh")) && echo 7 > \(set("numbers")) && echo Job 7 taken"
      cancel = "sed -i /^{number}$/d \(set("numbers"))"
      query = "cat \(set("numbers"))"
      template = "\(template)"
      """, to: "config/fulcrum/lanes/fake.toml")
    return (set, ["XDG_CONFIG_HOME=\(set("config"))"])
  }

  private func submit(_ set: SmallDataSet, _ environment: [String]) throws -> RunFolder {
    let run = try ProgramRun(
      ["run", "job.toml", "--lane", "fake", "--output", "out"], in: set.path,
      environment: environment)
    try #require(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("Handed over as Fake job 7."))
    return RunFolder(set("out"))
  }

  @Test func aRunThatWaitsIsBegunByItsScript() throws {
    let (set, environment) = try set()
    let folder = try submit(set, environment)
    #expect(try folder.manifest().status == .queued)
    let list = try ProgramRun(["list", "."], in: set.path, environment: environment)
    #expect(list.output.contains("queued 7"))
    #expect(!RunQueue.look(at: folder, lanesIn: set("config/fulcrum")))
    let line = try BatchJob.shell("sh \(set("taken.sh"))")
    #expect(line.status == 0, "\(line.output)")
    #expect(try folder.manifest().status == .finished)
    // The same as one that was begun here.
    let here = try ProgramRun(
      ["run", "job.toml", "--threads", "1", "--output", "here"], in: set.path)
    #expect(here.status == 0, "\(here.errors)")
    #expect(try set.bytes("out/final/map.mrc") == set.bytes("here/final/map.mrc"))
  }

  @Test func aRunThatWaitsIsTakenOutAndKept() throws {
    let (set, environment) = try set()
    let folder = try submit(set, environment)
    // A job would look for it in vain.
    #expect(throws: Problem.self) { try folder.remove() }
    #expect(throws: Problem.self) { try folder.rename(to: "other") }
    try RunQueue.cancel(folder, lanesIn: set("config/fulcrum"))
    #expect(try set.bytes("numbers").isEmpty)
    #expect(try folder.manifest().status == .stopped)
    #expect(try folder.manifest().message == "Fake job 7 was cancelled in the queue")
    #expect(throws: Problem.self) { try RunQueue.cancel(folder, lanesIn: set("config/fulcrum")) }
    #expect(try folder.remove().isEmpty)
  }

  @Test func aJobThatIsGoneIsTold() throws {
    let (set, environment) = try set()
    let folder = try submit(set, environment)
    // A scheduler that does not answer says nothing.
    try set.write("", to: "other")
    _ = try BatchJob.shell("mv \(set("numbers")) \(set("aside"))")
    #expect(!RunQueue.look(at: folder, lanesIn: set("config/fulcrum")))
    try set.write("70\n17\n", to: "numbers")
    #expect(RunQueue.look(at: folder, lanesIn: set("config/fulcrum")))
    #expect(try folder.manifest().status == .stopped)
    #expect(try folder.manifest().message == "Fake job 7 is gone from the queue")
  }

  /// A folder may be anybody's: what its queue.json says is never a command, nor an option of one.
  @Test(arguments: ["; touch x", "$(touch x)", "--all", "", "4711 4712"])
  func aFolderSaysNoCommands(number: String) throws {
    let (set, environment) = try set()
    let folder = try submit(set, environment)
    try set.write(
      "{\"lane\": \"fake\", \"laneTitle\": \"Fake\", \"number\": \"\(number)\"}",
      to: "out/queue.json")
    #expect(folder.batchJob() == nil)
    #expect(!RunQueue.look(at: folder, lanesIn: set("config/fulcrum")))
    try set.write(
      "{\"lane\": \"../lanes/fake\", \"laneTitle\": \"Fake\", \"number\": \"8\"}",
      to: "out/queue.json")
    #expect(throws: Problem.self) {
      try RunQueue.cancel(folder, lanesIn: set("config/fulcrum"))
    }
    #expect(try folder.manifest().status == .queued)
  }

  @Test func aSchedulerThatRefusesLeavesNothing() throws {
    let (set, environment) = try set()
    try set.write(
      "submit = \"echo no such partition; exit 3\"", to: "config/fulcrum/lanes/fake.toml")
    let run = try ProgramRun(
      ["run", "job.toml", "--lane", "fake", "--output", "out"], in: set.path,
      environment: environment)
    #expect(run.status == 1)
    #expect(run.errors.contains("no such partition"))
    #expect(!set.names().contains { $0.hasPrefix("out") })
  }

  @Test func aPrintedScriptRunsAndGoesOn() throws {
    let (set, environment) = try set()
    let arguments = ["run", "job.toml", "--output", "out", "--set", "refinement.extra_passes=1"]
    let printed = try ProgramRun(
      arguments + ["--script", "fake"], in: set.path, environment: environment)
    #expect(printed.status == 0, "\(printed.errors)")
    #expect(!set.names().contains { $0.hasPrefix("out") })
    try set.write(printed.output, to: "script.sh")
    // A stop asked for in the folder before the second start ends it at once.
    let first = try BatchJob.shell("cd / && sh \(set("script.sh"))")
    #expect(first.status == 0, "\(first.output)")
    let folder = RunFolder(set("out"))
    #expect(try folder.job().values["refinement.extra_passes"]?.text == "1")
    let again = try BatchJob.shell("cd / && sh \(set("script.sh"))")
    #expect(again.status == 2 && again.output.contains("the run has finished"))
  }
}
