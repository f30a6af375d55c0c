import Ground
import Jobs
import Report
import TestSupport
import Testing

@testable import Runs

/// Runs that were never made: what lists know of them is enough to find and to order them.
enum MadeUpRuns {
  static func run(
    _ name: String, _ assignments: [String] = [], status: RunStatus = .finished,
    resolution: Double? = nil, limit: Double = 0, note: String = "",
    parent: RunManifest.Parent? = nil, group: RunManifest.Group? = nil
  ) throws -> KnownRun {
    var job = Job(name: name, folder: "/data")
    for assignment in ["prior.enabled=true"] + assignments {
      try job.set(assignment: assignment, typedIn: "/data")
    }
    var manifest = RunManifest(
      name: name, particles: 500, boxSize: 64, pixelSize: 2, threads: 1, parent: parent, at: 1000)
    (manifest.status, manifest.resolution, manifest.group) = (status, resolution, group)
    manifest.identifier = "id-" + name
    let summary = resolution.map {
      RunSummary(
        converged: true, iterations: 5, resolutionBefore: 9, resolutionAfter: $0,
        resolutionAtHalf: $0 + 1, medianRotation: 4, medianShift: 1, shareAtLimit: limit,
        particles: 500, skipped: 0, bFactor: 0, fulcrum: [0, 0, 0], seconds: 60, cpuSeconds: 60,
        verdict: "")
    }
    let entry = RunCatalogue.Entry(
      folder: RunFolder("/data/runs/" + name), manifest: manifest, status: status, note: note,
      problem: nil)
    return KnownRun(entry: entry, job: job, summary: status == .finished ? summary : nil)
  }
}

struct RunFilterTests {
  private func runs() throws -> [KnownRun] {
    [
      try MadeUpRuns.run(
        "narrow",
        ["prior.rotation_sd=3", "input.mask=/a/head.mrc", "region.head.prior.rotation_sd=8"],
        resolution: 3.6, limit: 0.31),
      try MadeUpRuns.run(
        "wide", ["prior.rotation_sd=10", "input.mask=/b/head.mrc"], resolution: 3.2,
        note: "looks well #good #new."),
      try MadeUpRuns.run(
        "plain", ["prior.enabled=false", "mask.type=dynamic"], resolution: 3.9, note: "#new-mask"),
      try MadeUpRuns.run("going", ["prior.rotation_sd=10"], status: .running),
    ]
  }

  /// Each against the names that one finds by reading the table of runs above.
  @Test(arguments: [
    ("prior.rotation_sd > 5 & Å < 3.5", ["wide"]),
    ("rotation_sd > 5", ["wide", "plain", "going"]),
    ("resolution < 3.7 and limit > 30", ["narrow"]),
    ("A >= 3.6 | status = running", ["narrow", "plain", "going"]),
    ("#good", ["wide"]), ("#new", ["wide"]),
    ("not #new and status != running", ["narrow", "plain"]),
    ("prior.enabled and not #good", ["narrow", "going"]),
    ("mask.type = dynamic", ["plain"]), ("mask.type in (static)", ["narrow", "wide", "going"]),
    ("input.mask = 'head.mrc'", ["narrow", "wide"]), ("note ~ 'well'", ["wide"]),
    ("name ~ '^[np]'", ["narrow", "plain"]), ("start - Å > 5.3", ["narrow", "wide"]),
    // Of what is not known no comparison is true but !=.
    ("Å < 100", ["narrow", "wide", "plain"]), ("Å != 3.9", ["narrow", "wide", "going"]),
    ("count(status) = 3", ["narrow", "wide", "plain"]), ("converged", ["narrow", "wide", "plain"]),
    ("region.head.prior.rotation_sd > 5", ["narrow"]),
  ])
  func conditionsKeep(_ text: String, _ names: [String]) throws {
    let runs = try runs()
    let isKept = try RunFilter(text).keeps(runs)
    #expect(zip(runs, isKept).filter(\.1).map(\.0.name) == names)
  }

  @Test(arguments: [
    ("Å < 3 & rotaton_sd > 5", 9, "“rotaton_sd”"), ("Å <", 4, "ends too early"),
    ("prior.enabled > 3", 1, "prior.enabled is true or false"),
    ("status > 3", 1, "status is running"),
    ("note > 3", 1, "a text"), ("Å = '3'", 1, "is a number"), ("(Å < 3", 7, "“)” is missing"),
    ("Å < 3 & enabled", 9, "may be prior.enabled or nonuniform.enabled"),
  ])
  func errorsNameColumnAndPlace(_ text: String, _ place: Int, _ what: String) {
    do {
      _ = try RunFilter(text)
      Issue.record("\(text) was taken")
    } catch {
      #expect(error.what.hasPrefix("character \(place) of the expression"), "\(error.what)")
      #expect(error.what.contains(what), "\(error.what)")
      #expect(!error.whatToDo.isEmpty)
    }
  }

  /// Words stay words; what compares is a condition, right or wrong.
  @Test func whatIsTypedIsReadAsItIsMeant() {
    for text in ["head", "t2 full", "mask", "note", "Å", "wide extents, as a control"] {
      guard case .words = RunFilter.reading(of: text) else {
        Issue.record("\(text) is no words")
        continue
      }
    }
    for text in ["Å <", "x > 3", "a & b"] {
      guard case .wrong = RunFilter.reading(of: text) else {
        Issue.record("\(text) is not wrong")
        continue
      }
    }
    guard case .condition = RunFilter.reading(of: "#good") else {
      Issue.record("a tag is a condition")
      return
    }
  }

  @Test func everyOfferedNameIsKnown() throws {
    for name in RunFilter.names {
      #expect(throws: Never.self) { try RunFilter("count(\(name)) > 0") }
    }
  }

  @Test func tagsStandInTheNote() {
    #expect(RunTags.tags(of: "#a well #b-c, #a # #d.\n#e") == ["a", "b-c", "d", "e"])
    #expect(RunTags.note("", tagged: "good, #new") == "#good #new")
    #expect(RunTags.note("a #old word", tagged: "new") == "a word #new")
    #expect(RunTags.note("a #old word\nmore #x", tagged: "x old") == "a #old word\nmore #x")
    #expect(RunTags.note("#a", tagged: "") == "")
    #expect(RunTags.objection(to: "a b-c") == nil)
    #expect(RunTags.objection(to: "a b/c")?.what.contains("b/c") == true)
  }
}

struct RunTreeTests {
  private func shown(_ runs: [KnownRun], folded: Set<String> = []) -> [String] {
    RunTree(runs).lines(folded: folded).map { line in
      line.guide(("+-", "`-", "| ")) + (line.run.map { runs[$0].name } ?? line.id)
    }
  }

  @Test func runsStandBelowThoseThatTheyComeFrom() throws {
    let runs = [
      try MadeUpRuns.run("other"),
      // As the paths of its inputs tell.
      try MadeUpRuns.run(
        "third",
        [
          "prior.rotation_sd=6",
          "input.particles=/data/runs/second/iterations/003/poses.star",
        ]),
      // As was recorded; the first run has another name by now.
      try MadeUpRuns.run(
        "again", ["prior.rotation_sd=10", "compute.threads=7"],
        parent: .init(run: "old name", iteration: 0, kind: .rerun, identifier: "id-first")),
      try MadeUpRuns.run(
        "second", ["prior.rotation_sd=6"], parent: .init(run: "first", iteration: 4)),
      try MadeUpRuns.run("first", ["prior.rotation_sd=6", "input.mask=/a/x.mrc"]),
      try MadeUpRuns.run("lone", parent: .init(run: "gone", iteration: 2)),
    ]
    let texts = shown(runs)
    #expect(texts == ["other", "first", "+-again", "`-second", "  `-third", "lone"])
    #expect(
      shown(runs, folded: ["/data/runs/second"])
        == ["other", "first", "+-again", "`-second", "lone"])
    let lines = RunTree(runs).lines()
    #expect(lines[2].changeText == "mask x.mrc → none, rotation_sd 6 → 10")
    #expect(lines[3].changeText == "mask x.mrc → none")
    #expect(lines[4].changeText == "")
    #expect(
      lines.map { $0.origin?.text ?? "" } == [
        "", "", "old name with changes", "continues first, iteration 4",
        "continues second, iteration 3", "continues gone, iteration 2",
      ])
    #expect(lines.map(\.root) == [0, 1, 1, 1, 1, 5])
  }

  @Test func changesOfRegionsAreNamed() throws {
    let masks = ["region.head.mask=/a/h.mrc", "region.body.mask=/a/b.mrc"]
    let runs = [
      try MadeUpRuns.run("first", masks),
      try MadeUpRuns.run(
        "again", masks + ["region.head.prior.rotation_sd=8"],
        parent: .init(run: "first", iteration: 0, kind: .rerun)),
    ]
    let changed = RunTree(runs).lines()[1].changes
    #expect(changed.map(\.key) == ["region.head.prior.rotation_sd"])
    #expect(changed.first?.after == "8")
  }

  @Test func aSweepHasALineOfItsOwn() throws {
    func group(_ number: Int) -> RunManifest.Group {
      .init(
        name: "s", number: number, count: 2,
        varied: [SweepValue(key: "prior.rotation_sd", value: "\(3 * number)")])
    }
    let first = RunManifest.Parent(run: "first", iteration: 0, kind: .rerun)
    let runs = [
      try MadeUpRuns.run("s-2", parent: first, group: group(2)),
      try MadeUpRuns.run("s-1", parent: first, group: group(1)),
      try MadeUpRuns.run("best", parent: .init(run: "s-2", iteration: 5)),
      try MadeUpRuns.run("first"),
    ]
    #expect(shown(runs) == ["first", "`-sweep:s", "  +-s-1", "  `-s-2", "    `-best"])
    #expect(shown(runs, folded: ["sweep:s"]) == ["first", "`-sweep:s"])
    #expect(RunTree(runs).lines()[2].changeText == "rotation_sd 3")
  }

  /// Files that say that runs come from each other, or from themselves, lose no run.
  @Test func circlesAreCut() throws {
    func group(_ number: Int) -> RunManifest.Group {
      .init(name: "s", number: number, count: 2, varied: [])
    }
    let runs = [
      try MadeUpRuns.run("a", parent: .init(run: "b", iteration: 1)),
      try MadeUpRuns.run("b", parent: .init(run: "c", iteration: 1)),
      try MadeUpRuns.run("c", parent: .init(run: "a", iteration: 1)),
      try MadeUpRuns.run("self", parent: .init(run: "self", iteration: 1)),
      try MadeUpRuns.run("s-1", parent: .init(run: "x", iteration: 1), group: group(1)),
      try MadeUpRuns.run("s-2", group: group(2)),
      try MadeUpRuns.run("x", parent: .init(run: "s-2", iteration: 1)),
    ]
    let names = RunTree(runs).lines().compactMap { $0.run.map { runs[$0].name } }
    #expect(names.sorted() == runs.map(\.name).sorted())
  }

  @Test(
    arguments: [
      ("/p/runs/a/iterations/012/poses.star", "/p/runs/a", 12, false),
      ("/p/runs/a/final/particles.cs", "/p/runs/a", nil, false),
      ("/p/runs/a/final/head/half_map_a.mrc", "/p/runs/a", nil, false),
      ("/p/runs/a/regions/head/iterations/003/poses.star", "/p/runs/a", 3, false),
      ("/p/runs/a/final/kept.star", "/p/runs/a", nil, true),
    ] as [(String, String, Int?, Bool)])
  func placesAreReadFromPaths(
    _ path: String, _ run: String, _ iteration: Int?, _ isSelection: Bool
  ) throws {
    let place = try #require(RunPlace(path))
    #expect(place.run == run)
    #expect(place.iteration == iteration)
    #expect(place.isSelection == isSelection)
    for other in ["/p/particles.star", "/final", "/p/iterations/x/poses.star"] {
      #expect(RunPlace(other) == nil)
    }
  }

  @Test func theJobOfARunFolderNamesItsRun() throws {
    let temporary = try TemporaryFolder()
    let run = try RunWriter(
      creating: temporary("runs/a"), job: Job(), manifest: RunManifest(name: "a")
    ).folder
    let parent = try #require(RunManifest.Parent(ofJobFile: run.jobPath))
    #expect(parent.run == "a")
    #expect(parent.kind == .rerun)
    #expect(try parent.identifier == run.manifest().identifier)
    #expect(RunManifest.Parent(ofJobFile: run.path + "/other.toml") == nil)
    // What older versions wrote has neither kind nor identifier.
    let old = JSONFile.value(OldParent.self, of: Array(#"{"run":"b","iteration":3}"#.utf8))
    #expect(old.map { RunOrigin($0.parent).text } == "continues b, iteration 3")
  }

  private struct OldParent: OutsideValue {
    var parent: RunManifest.Parent
    var impossible: String? { nil }
    init(from decoder: any Decoder) throws { parent = try RunManifest.Parent(from: decoder) }
  }
}
