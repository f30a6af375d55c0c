import FoundationEssentials
import Glibc
import Ground
import Surface
import Synchronization
import TestSupport
import Testing
import Tools

@testable import Console
@testable import Jobs
@testable import Runs

/// Tools by keys alone, and how they are started and stopped.
struct ToolTests {
  private func results() -> Stage { Stage(.results) }

  private func asked(_ stage: inout Stage) -> ToolWork? {
    stage.takeEffects().compactMap { if case .work(.runTool(let work)) = $0 { work } else { nil } }
      .first
  }

  // MARK: By keys

  @Test func aLineIsFilledInChangedAndRun() throws {
    var stage = results()
    stage.play("T \"post\" Enter")
    #expect(stage.text.contains("fulcrum post runs/body/final/half_map_a.mrc"))
    _ = stage.takeEffects()
    stage.play("\" --b-factor '-90'\" Enter")
    let work = try #require(asked(&stage))
    #expect(
      work.words == [
        "fulcrum", "post", "runs/body/final/half_map_a.mrc", "runs/body/final/half_map_b.mrc",
        "--mask", "runs/body/final/mask_fsc.mrc", "-o", "body_post", "--b-factor", "-90",
      ])
    #expect(work.output == "body_post")
  }

  /// Names of files may hold anything: what is filled in is what the words were.
  @Test func namesAreQuoted() throws {
    var surroundings = Surroundings(folder: "/data/it's mine")
    surroundings.commandFolder = "/data"
    let source = ToolSource(
      folder: "/data/it's mine/runs/a b", job: SampleRuns.job(), surroundings)
    for offer in source.offers {
      let line = offer.words.map(shellQuoted).joined(separator: " ")
      #expect(shellWords(line) == offer.words)
    }
    let words = source.select("rlnMicrographName ~ 'a b'")
    #expect(words[2] == "it's mine/runs/a b" && words[3] == "rlnMicrographName ~ 'a b'")
    #expect(ToolWork.output(of: words) == "it's mine/a b_kept.star")
  }

  @Test(arguments: [
    ("fulcrum post 'a", "left open"), ("rm -r runs", "no tool"),
    ("fulcrum run job.toml", "no tool"),
    ("fulcrum", "no tool"), ("fulcrum expand p.star -o q.star --symmetry ", "point group"),
    ("fulcrum post a b -o /tmp", "exists already"),
    ("fulcrum post a b --output=/tmp", "exists already"),
  ])
  func whatIsWrongIsToldInTheField(_ line: String, _ words: String) {
    var stage = results()
    stage.play("T Enter Ctrl-U")
    stage.take(.paste(line))
    stage.play("Enter")
    #expect(stage.text.contains(words), "\(stage.text)")
    #expect(asked(&stage) == nil)
    // It is kept, to be mended.
    #expect(stage.text.contains(line.trimmed.suffix(12)))
  }

  @Test func whatIsThereMayBeReplacedByForce() {
    #expect(ToolLine.objection(to: "fulcrum post a b -o /tmp --force") == nil)
  }

  @Test func toolsNeedAFinishedRun() {
    var stage = Stage(.live)
    stage.play("T")
    #expect(stage.text.contains("Tools work on what a finished run has made"))
    stage.play("W")
    #expect(stage.text.contains("of a run that has finished"))
    var runs = Stage(.runs)
    runs.play("T")
    #expect(runs.text.contains("head has not finished"))
  }

  @Test func markedRunsAreComposed() throws {
    var stage = Stage(.composition)
    stage.play("Enter")
    let work = try #require(asked(&stage))
    #expect(
      work.words == [
        "fulcrum", "compose", "runs/head-wide", "runs/body", "-o", "head-wide-body.mrc",
      ])
  }

  /// Of a run with regions, those are composed and each is worked on.
  @Test func regionsAreOfferedEach() throws {
    var job = SampleRuns.job()
    job[Parameter.input.mask] = nil
    for name in ["head", "body"] {
      try job.set(assignment: "region.\(name).mask=\(name).mrc", typedIn: "/data")
    }
    try job.set(assignment: "region.body.symmetry=C2", typedIn: "/data")
    let source = ToolSource(folder: "/data/runs/x", job: job, Surroundings(folder: "/data"))
    let offers = source.offers
    func words(_ id: String) -> [String]? { offers.first { $0.id == id }?.words }
    #expect(
      words("compose") == [
        "fulcrum", "compose", "runs/x/regions/head", "runs/x/regions/body", "-o", "x.mrc",
      ])
    #expect(words("motion") == ["fulcrum", "motion", "runs/x", "-o", "x_motion"])
    #expect(
      words("orient head") == [
        "fulcrum", "orient", "runs/x/regions/head", "-o", "x_head_views.svg",
      ])
    let expand = try #require(words("expand body"))
    #expect(expand.suffix(2) == ["--symmetry", "C2"])
    #expect(expand[2] == "runs/x/final/body/particles.star")
    #expect(Set(offers.map(\.id)).count == offers.count)
  }

  // MARK: While it works, and after

  private func work(_ output: String = "", ending: ToolWork.Ending? = nil) -> ToolWork {
    var work = ToolWork(words: ["fulcrum", "post", "a.mrc", "b.mrc", "-o", "made"])
    work.read(Array(output.utf8)[...])
    if let ending { work.end(ending) }
    return work
  }

  @Test func itsProgressStandsInTheTitle() {
    var stage = results()
    stage.tell(.tool(work("progress: 45% Sharpening\nprogress: 46% Sharp")))
    #expect(stage.text.split(separator: "\n")[0].contains("post 45%"))
    stage.play("T")
    #expect(stage.text.contains("Stop fulcrum post: Sharpening, 45%"))
    _ = stage.takeEffects()
    stage.play("Enter")
    #expect(stage.takeEffects().contains { if case .work(.stopTool) = $0 { true } else { false } })
    // Another one waits.
    stage.play("T \"expand\" Enter")
    #expect(stage.text.contains("fulcrum post is at work"))
    stage.play("Ctrl-Q")
    #expect(stage.text.contains("Leave and stop fulcrum post?"))
  }

  @Test func itsEndIsTold() {
    var stage = results()
    stage.tell(.tool(work("3.20 Å\n", ending: .done)))
    #expect(stage.text.contains("fulcrum post is done: made"))
    stage.play("T Enter")
    #expect(
      stage.text.contains("3.20 Å") && stage.text.contains("fulcrum post a.mrc b.mrc -o made"))
  }

  @Test func whatWentWrongIsToldAsAProblem() {
    var stage = results()
    stage.tell(
      .tool(
        work(
          "error: a.mrc is no map\n  Give a map.\nerror: b.mrc is none\n  Give one.\n",
          ending: .failed(status: 2))))
    #expect(stage.text.contains("✗ a.mrc is no map (and 1 more: T)"))
    #expect(stage.text.contains("Give a map."))
    // The line as it was, to be mended.
    stage.play("T Enter")
    #expect(stage.text.contains("fulcrum post a.mrc b.mrc -o made"))
  }

  @Test func whatAPictureIsMadeOfIsKept() {
    var stage = results()
    stage.tell(.tool(work("a    b\n  ··  ··\n", ending: .done)))
    stage.play("T Enter")
    #expect(stage.text.contains("a    b") && stage.text.contains("  ··  ··"))
  }

  // MARK: Choosing particles

  @Test func keptParticlesBecomeAJob() throws {
    var stage = Stage(.choice)
    #expect(stage.text.contains("1,203 of 2,500 particles, half-sets of 600 and 603."))
    stage.play("Enter")
    var work = try #require(asked(&stage))
    #expect(work.words[3] == "turned > 10 and half = A")
    work.read(Array("kept 1,203, half-sets of 600 and 603, rejected 1,297\n".utf8)[...])
    work.end(.done)
    // What is open stays: the offer would take its keys.
    var busy = stage
    busy.play("/ \"y\"")
    busy.tell(.tool(work))
    #expect(!busy.text.contains("A new job from the kept particles?"))
    stage.tell(.tool(work))
    #expect(stage.text.contains("A new job from the kept particles?"))
    #expect(stage.text.contains("kept 1,203"))
    stage.play("y")
    let next = stage.takeEffects().contains {
      if case .read(.continuationWith("body_kept.star", let folder)) = $0 {
        folder.hasSuffix("/body")
      } else {
        false
      }
    }
    #expect(next)
  }

  @Test func whatIsWrongWithAnExpressionIsToldWhereItIs() {
    var stage = results()
    stage.play("W \"turned > \" Enter")
    #expect(stage.text.contains("ends too early"))
    stage.play("Ctrl-U Enter")
    #expect(stage.text.contains("there is no expression"))
  }

  // MARK: As a child

  private final class Told: Sendable {
    private let works = Mutex<[ToolWork]>([])
    func add(_ work: ToolWork) { works.withLock { $0.append(work) } }
    func wait(for isRight: (ToolWork) -> Bool) -> ToolWork? {
      for _ in 0..<3000 {
        if let work = works.withLock({ $0.first(where: isRight) }) { return work }
        usleep(10_000)
      }
      return nil
    }
  }

  /// A shell in place of the program.
  private func start(_ script: String, output: String = "", in room: ToolRoom) throws -> Told {
    let told = Told()
    try room.start(ToolWork(words: ["fulcrum", "-c", script, "-o", output])) { told.add($0) }
    return told
  }

  @Test func aToolIsReadAsItWorks() throws {
    let room = ToolRoom(program: "/bin/sh")
    let told = try start(
      "echo one; echo \"$FULCRUM_PROGRESS\"; echo 'progress: 50% Half' >&2; echo two; exit 3",
      in: room)
    let end = try #require(told.wait { !$0.isAtWork })
    #expect(end.lines == ["one", "lines", "two"])
    #expect(end.progress == ProgressLine("Half", 0.5))
    #expect(end.ending == .failed(status: 3))
  }

  @Test func aToolIsStoppedWithAllItStarted() throws {
    let folder = try TemporaryFolder()
    let room = ToolRoom(program: "/bin/sh")
    let output = folder("made")
    let told = try start(
      "mkdir \(folder(".made")).$$.part; echo begun > \(folder(".made")).$$.part/x; echo ready; sleep 60",
      output: output, in: room)
    _ = try #require(told.wait { $0.lines == ["ready"] })
    #expect(throws: Problem.self) { try start("true", in: room) }
    room.stop()
    #expect(try #require(told.wait { !$0.isAtWork }).ending == .stopped)
    #expect(FilePlace.names(in: folder(""), limit: 10).isEmpty)
    // The next one begins.
    #expect(try start("true", in: room).wait { $0.ending == .done } != nil)
  }

  @Test(arguments: [("Reading", 0.0), ("Aligning a b", 0.45), ("", 1)])
  func progressGoesThroughALine(_ step: String, _ fraction: Double) {
    #expect(ProgressLine(ProgressLine(step, fraction).text) == ProgressLine(step, fraction))
    #expect(ProgressLine("progress: 101% x") == nil && ProgressLine("45% x") == nil)
  }
}
